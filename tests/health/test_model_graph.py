"""Tables point upstream or home, and leave nothing behind on another room's table."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.health.model_graph import graph_problems, river
from tests.health.tree import ROOT

ORDER = ["decision", "assessment", "registry", "office"]


def table(part: str, *fields: Any) -> Any:
    """A stand-in for a model class of a room."""
    meta = SimpleNamespace(label=f"{part}.Table", get_fields=lambda: fields)
    return SimpleNamespace(__module__=f"doudi.{part}.models", _meta=meta)


def key(target: Any, *, hidden: bool) -> Any:
    """A stand-in for a foreign key."""
    remote = SimpleNamespace(hidden=hidden)
    return SimpleNamespace(
        name="key", is_relation=True, auto_created=False, related_model=target, remote_field=remote
    )


def test_it_works() -> None:
    assert graph_problems([table("decision", key(table("registry"), hidden=True))], ORDER) == []


def test_a_key_at_home_may_have_its_reverse() -> None:
    assert graph_problems([table("registry", key(table("registry"), hidden=False))], ORDER) == []


def test_a_key_downstream_is_named() -> None:
    (problem,) = graph_problems([table("registry", key(table("decision"), hidden=True))], ORDER)
    assert "registry.Table.key -> decision.Table points downstream" in problem


def test_a_reverse_accessor_on_another_room_is_named() -> None:
    (problem,) = graph_problems([table("decision", key(table("registry"), hidden=False))], ORDER)
    assert 'without related_name="+"' in problem


def test_the_order_is_the_one_the_import_contract_states() -> None:
    order = river()
    assert order.index("cli") < order.index("desk") < order.index("registry") < order.index("office")
    assert order[-3:] == ["law", "engine", "kernel"]


def test_the_tables_of_this_house(tmp_path: Path) -> None:
    environment = {**os.environ, "DOUDI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "doudi.settings.test"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.health.model_graph"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    count, *problems = run.stdout.strip().splitlines()
    assert int(count.split()[0]) > 0
    assert problems == []
