"""Each rule of the house sees its violation: one thing planted in a copy, and the rule names it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.health import law_rules, money_rules, project_rules, size_rules
from tests.health.test_health import RULES
from tests.health.tree import ROOT

Rule = Callable[[Path], list[str]]


class Plant(NamedTuple):
    """`text` goes to the end of the file `where` (made if absent), or behind its first `after`.

    The rule must then tell of `told`, and must not have told of it before.
    """

    rule: Rule
    where: str
    text: str
    told: str
    after: str = ""


GLOSSARY_ROW = "| 试验救助 | `probe_aid` | a scheme made up by a test | `trial_aid` |\n"
LONG_BODY = "\n".join(f"    x{n} = {n}" for n in range(70))

PLANTS = [
    Plant(size_rules.budgets_hold, "doudi/attic/__init__.py", "x = 1\n", "doudi/attic has no budget"),
    Plant(size_rules.budgets_hold, "doudi/kernel/bulk.py", "x = 1\n" * 600, "doudi/kernel has"),
    Plant(
        size_rules.files_are_short,
        "doudi/kernel/bulk.py",
        "# told at length\n" * 401,
        "doudi/kernel/bulk.py has 401",
    ),
    Plant(
        size_rules.functions_are_short, "doudi/kernel/bulk.py", f"def long():\n{LONG_BODY}\n", "long has 71"
    ),
    Plant(size_rules.modules_are_named_for_what_they_hold, "doudi/kernel/utils.py", "", "is named utils"),
    Plant(size_rules.modules_are_named_for_what_they_hold, "doudi/law/common/x.py", "", "is named common"),
    Plant(
        size_rules.imports_stand_at_the_top, "doudi/kernel/late.py", "def f():\n    import json\n", "inside f"
    ),
    Plant(
        size_rules.room_readmes_are_short, "doudi/kernel/README.md", "line\n" * 41, "doudi/kernel/README.md"
    ),
    Plant(money_rules.no_float_near_money, "doudi/kernel/rate.py", "rate = 0.5\n", "float 0.5"),
    Plant(money_rules.no_float_near_money, "doudi/law/rate.py", "x = float('1')\n", "calls float"),
    Plant(
        money_rules.no_float_near_money,
        "doudi/engine/rate.py",
        "def f(a, b):\n    return a / b\n",
        "divides with /",
    ),
    Plant(
        money_rules.no_float_near_money, "doudi/benefit/rate.py", "def f(a):\n    a /= 2\n", "divides with /"
    ),
    Plant(
        law_rules.no_scheme_is_named_outside_the_law,
        "doudi/kernel/who.py",
        "x = 'probe_aid'\n",
        "scheme probe_aid",
    ),
    Plant(
        law_rules.no_scheme_is_named_outside_the_law,
        "doudi/cli/who.py",
        "probe_aid_amount = 1\n",
        "probe_aid",
    ),
    Plant(
        law_rules.no_scheme_is_named_outside_the_law,
        "doudi/desk/who/page.html",
        "{% if scheme == 'probe_aid' %}",
        "probe_aid",
    ),
    Plant(
        law_rules.values_say_where_they_come_from,
        "doudi/law/values/x.toml",
        "[[a]]\nvalue = '1'\n",
        "`cites`",
    ),
    Plant(
        law_rules.values_say_where_they_come_from,
        "doudi/law/values/x.toml",
        "[[a]]\nvalue = '1'\n",
        "`reviewed`",
    ),
    Plant(
        law_rules.values_say_where_they_come_from,
        "doudi/law/values/x.toml",
        "[[a]]\nvalue = '1'\n",
        "`status`",
    ),
    Plant(
        law_rules.values_say_where_they_come_from, "doudi/law/values/x.toml", "[[a]]\ncites = '1'\n", "`hole`"
    ),
    Plant(
        law_rules.one_term_one_identifier,
        "GLOSSARY.md",
        "| 低保 | `subsistence` | | |\n",
        "低保 two identifiers",
    ),
    Plant(
        law_rules.one_term_one_identifier,
        "doudi/law/facts/x.toml",
        "[a]\nlabel = '试验'\n[b]\nlabel = '试验'\n",
        "several identifiers: a, b",
    ),
    Plant(
        law_rules.one_term_one_identifier, "doudi/law/facts/x.toml", "[a]\nlabel = 'A'\n", "no Chinese label"
    ),
    Plant(
        law_rules.one_term_one_identifier,
        "doudi/law/facts/x.toml",
        "[a]\nlabel = '试验救助'\n",
        "is `probe_aid`",
    ),
    Plant(law_rules.law_speaks_the_glossary, "doudi/law/schemes/unheard/__init__.py", "", "schemes/unheard"),
    Plant(
        law_rules.law_speaks_the_glossary,
        "doudi/law/odd.py",
        "def trial_aid_top(): ...\n",
        "never `trial_aid`",
    ),
    Plant(
        project_rules.dependencies_say_why,
        "pyproject.toml",
        '\n[dependency-groups]\nx = [\n    "left-pad>=1",\n]\n',
        "left-pad",
    ),
    Plant(
        project_rules.dependencies_are_used,
        "pyproject.toml",
        '\n    "left-pad>=1",',
        "asks for left-pad",
        after="dependencies = [",
    ),
    Plant(
        project_rules.locks_match_the_project,
        "pyproject.toml",
        '\n    "left-pad>=1",',
        "lacks left-pad",
        after="dependencies = [",
    ),
    Plant(
        project_rules.locks_match_the_project,
        "requirements.lock",
        "0.",
        "the project wants",
        after="duckdb==",
    ),
    Plant(
        project_rules.locks_match_the_project,
        "requirements.lock",
        "--index-url https://x\n",
        "tells an address",
    ),
    Plant(
        project_rules.locks_match_the_project, "requirements.lock", "left-pad==1.0\n", "left-pad has no hash"
    ),
    Plant(
        project_rules.the_project_speaks_of_itself_alone, "docs/x.md", "as issue" + " 12 asks", "docs/x.md:1"
    ),
    Plant(
        project_rules.the_project_speaks_of_itself_alone,
        "doudi/x.py",
        "# see .." + "/shared/y",
        "doudi/x.py:1",
    ),
    Plant(
        project_rules.decisions_are_one_page, "docs/adr/9999-gap.md", "## Context\n", "should have the number"
    ),
    Plant(
        project_rules.decisions_are_one_page, "docs/adr/9999-gap.md", "## Context\n", "no section Decision"
    ),
    Plant(
        project_rules.every_command_exists,
        "doudi/cli/main.py",
        "\nCOMMANDS['probe'] = Command('doudi.cli.probe', '', LAW)\n",
        "doudi probe",
    ),
    Plant(
        project_rules.tests_can_fail,
        "tests/health/test_x.py",
        "import pytest\npytest.sk" + "ip()\n",
        "uses sk" + "ip",
    ),
    Plant(
        project_rules.tests_can_fail,
        "tests/health/test_x.py",
        "def test_x():\n    assert True\n",
        "a constant",
    ),
    Plant(
        project_rules.no_second_way_in, "doudi/office/admin.py", "from django.contrib import admin\n", "admin"
    ),
    Plant(
        project_rules.no_second_way_in,
        "doudi/office/x.py",
        "from django.db.models import signals\n",
        "signals",
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it stands, without vendored files, and with one invented scheme and its glossary row."""
    root = tmp_path_factory.mktemp("tree")
    unwanted = shutil.ignore_patterns("__pycache__", "vendor", "static", "node_modules")
    for folder in ("doudi", "docs", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=unwanted)
    locks = [path.name for path in ROOT.glob("*.lock")]
    for name in ["pyproject.toml", "GLOSSARY.md", ".importlinter", *locks]:
        shutil.copy(ROOT / name, root / name)
    (root / "doudi/law/schemes/probe_aid").mkdir(parents=True)
    with (root / "GLOSSARY.md").open("a", encoding="utf-8") as file:
        file.write(GLOSSARY_ROW)
    return root


def test_every_rule_has_a_planted_violation() -> None:
    assert {plant.rule for plant in PLANTS} == set(RULES)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.rule.__name__}: {plant.told}")
def test_the_rule_sees_what_is_planted(copy: Path, plant: Plant) -> None:
    where = copy / plant.where
    before = where.read_text("utf-8") if where.exists() else None
    assert not [told for told in plant.rule(copy) if plant.told in told], "told before anything was planted"
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(planted(before or "", plant), "utf-8")
    try:
        assert [told for told in plant.rule(copy) if plant.told in told], plant.rule(copy)
    finally:
        if before is None:
            where.unlink()
            _drop_empty(where.parent, copy)
        else:
            where.write_text(before, "utf-8")


def planted(before: str, plant: Plant) -> str:
    """The file's text with the violation in it."""
    if not plant.after:
        return before + plant.text
    head, found, tail = before.partition(plant.after)
    assert found, f"{plant.where} no longer holds {plant.after!r}"
    return head + found + plant.text + tail


def _drop_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
