"""The import contracts see a planted violation of each kind: one copy of the package, one run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.health.tree import ROOT

# file -> the import planted in it. Files that exist get the line appended, others are made.
PLANTED = {
    "doudi/kernel/p1.py": "import doudi.engine.p0",  # a stone looks up
    "doudi/engine/p2.py": "import doudi.law.p0",  # the engine knows the law
    "doudi/registry/p3.py": "import doudi.assessment.p0",  # a room looks downstream
    "doudi/intake/p4.py": "import doudi.desk.p0",  # a room knows a door
    "doudi/desk/p5.py": "import doudi.portal.p0",  # a door knows another door
    "doudi/law/p6.py": "import doudi.engine.p0",  # the law knows an evaluator
    "doudi/registry/p7.py": "import doudi.law.schemes.p0",  # a room names a scheme
    "doudi/law/p8.py": "import django",
    "doudi/kernel/p9.py": "import urllib.request",
    "doudi/intake/p10.py": "import duckdb",
    "doudi/registry/p11.py": "import chinese_calendar",
    "doudi/desk/p12.py": "import doudi.registry.models",
}
TARGETS = [
    "doudi/engine/p0.py",
    "doudi/law/p0.py",
    "doudi/assessment/p0.py",
    "doudi/desk/p0.py",
    "doudi/portal/p0.py",
    "doudi/law/schemes/p0.py",
    "doudi/registry/models.py",
    "doudi/attic/__init__.py",  # a folder that no layer names
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says of the planted tree, with line breaks inside sentences taken out."""
    root = tmp_path_factory.mktemp("imports")
    shutil.copytree(ROOT / "doudi", root / "doudi", ignore=_all_but_python)
    shutil.copy(ROOT / ".importlinter", root)
    for target in [*TARGETS, *PLANTED]:
        path = root / target
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.relative_to(root).parents:
            if folder.parts:
                (root / folder / "__init__.py").touch()
        path.touch()
    for where, line in PLANTED.items():
        (root / where).write_text(line + "\n", "utf-8")
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return re.sub(r"\s+", " ", run.stdout)


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if (Path(folder) / name).is_file() and not name.endswith(".py")} | {
        "__pycache__"
    }


@pytest.mark.parametrize(("where", "line"), PLANTED.items(), ids=lambda value: value)
def test_the_contracts_see_the_planted_import(report: str, where: str, line: str) -> None:
    importer = where.removesuffix(".py").replace("/", ".")
    imported = line.removeprefix("import ").split(".request")[0]
    assert f"{importer} -> {imported} (l.1)" in report


def test_a_folder_that_no_layer_names_is_refused(report: str) -> None:
    assert re.search(r"attic", report)


def test_every_contract_is_broken_by_what_is_planted(report: str) -> None:
    names = re.findall(r"^name = (.+)$", (ROOT / ".importlinter").read_text("utf-8"), flags=re.MULTILINE)
    assert [name for name in names if f"{name} BROKEN" not in report] == []
