"""What keeps the project honest about itself: its dependencies, locks, decisions, commands and tests."""

import ast
import importlib.util
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.health.tree import at, files, parsed

MAX_DIRECT_DEPENDENCIES = 25
TEXTS = (".py", ".md", ".toml", ".html", ".css", ".js", ".lock", ".sh", ".txt", ".yml", "")

# Words about the making of the project instead of the project. In pieces, so that this file passes its rule.
_FOREIGN = re.compile(
    "|".join(
        ("[.][.]/" + "shared", "/work" + "/", r"\bissue" + r" #?\d", r"\bseed" + r" 00\d", "brief" + r"[.]md")
    ),
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|://|\s@\s")


def dependencies_say_why(root: Path) -> list[str]:
    """Every requirement in pyproject.toml carries a comment; fewer than 25 are needed to run."""
    problems = []
    inside = False
    for number, line in enumerate((root / "pyproject.toml").read_text("utf-8").splitlines(), start=1):
        if line.startswith("["):
            inside = line in ("[project]", "[project.optional-dependencies]", "[dependency-groups]")
        elif inside and re.match(r'\s+"', line) and not re.search(r'",?\s+#\s*\S', line):
            problems.append(f"pyproject.toml:{number} {line.strip()} does not say why it is there")
    direct = len(_project(root)["dependencies"])
    if direct >= MAX_DIRECT_DEPENDENCIES:
        problems.append(
            f"pyproject.toml has {direct} direct dependencies, fewer than {MAX_DIRECT_DEPENDENCIES} allowed"
        )
    return problems


def dependencies_are_used(root: Path) -> list[str]:
    """What is needed to run is imported in doudi, or named as a text (a driver, a middleware, a server)."""
    words: set[str] = set()
    for path in files(root, "doudi"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                words.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                words.add(node.module.split(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value.split(".")[0])
    problems = []
    for requirement in map(Requirement, _project(root)["dependencies"]):
        names = {canonicalize_name(requirement.name)}
        names.update(
            module for module, owners in packages_distributions().items() if requirement.name in owners
        )
        if not names & words:
            problems.append(f"pyproject.toml asks for {requirement.name}, which nothing in doudi uses")
    return problems


def locks_match_the_project(root: Path) -> list[str]:
    """Every requirement is locked at a version it allows, with hashes; no lock tells an address."""
    problems = []
    for lock, wanted in _locks(root).items():
        text = (root / lock).read_text("utf-8")
        problems += [
            f"{lock}:{number} tells an address: {line.strip()}"
            for number, line in enumerate(text.splitlines(), start=1)
            if _ADDRESS.search(line)
        ]
        blocks = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)((?:.*\\\n)*.*)", text, flags=re.MULTILINE)
        problems += [f"{lock} {name} has no hash" for name, _, rest in blocks if "--hash=sha256:" not in rest]
        locked = {canonicalize_name(name): version for name, version, _ in blocks}
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            if version is None:
                problems.append(f"{lock} lacks {requirement.name}: run `make lock`")
            elif not requirement.specifier.contains(version, prereleases=True):
                problems.append(
                    f"{lock} has {requirement.name} {version}, the project wants {requirement.specifier}"
                )
    return problems


def _locks(root: Path) -> dict[str, list[str]]:
    """Lock file -> what it must hold: all to run and develop in one, each further extra alone."""
    project = _project(root)
    extras: dict[str, list[str]] = dict(project["optional-dependencies"])
    main = [*project["dependencies"], *extras.pop("check"), *extras.pop("dev")]
    return {"requirements.lock": main} | {
        f"requirements-{extra}.lock": more for extra, more in extras.items()
    }


def _project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def the_project_speaks_of_itself_alone(root: Path) -> list[str]:
    """No text points to what a reader of this repository cannot open."""
    problems = []
    for path in files(root, suffixes=TEXTS):
        if "vendor" in path.parts:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            found = _FOREIGN.search(line)
            if found:
                problems.append(f"{at(root, path, number)} says {found.group(0)!r}")
    return problems


def decisions_are_one_page(root: Path) -> list[str]:
    """docs/adr/NNNN-title.md are numbered without gap and have context, decision and consequences."""
    problems = []
    for expected, path in enumerate(sorted((root / "docs" / "adr").glob("[0-9]*.md")), start=1):
        text = path.read_text("utf-8")
        if int(path.name.split("-")[0]) != expected:
            problems.append(f"{at(root, path)} should have the number {expected:04d}")
        problems += [
            f"{at(root, path)} has no section {part}"
            for part in ("Context", "Decision", "Consequences")
            if f"## {part}" not in text
        ]
        if len(text.splitlines()) > 60:
            problems.append(f"{at(root, path)} is longer than a page (60 lines)")
    return problems


def every_command_exists(root: Path) -> list[str]:
    """Each row of the command table in doudi/cli/main.py has its module, with add_arguments and run."""
    spec = importlib.util.spec_from_file_location("command_table", root / "doudi" / "cli" / "main.py")
    assert spec
    assert spec.loader
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    problems = []
    for name, row in table.COMMANDS.items():
        path = root.joinpath(*row.module.split(".")).with_suffix(".py")
        if not path.exists():
            problems.append(f"doudi {name}: {at(root, path)} does not exist")
            continue
        defined = {node.name for node in parsed(path).body if isinstance(node, ast.FunctionDef)}
        problems += [
            f"{at(root, path)} defines no {verb}(...)" for verb in {"add_arguments", "run"} - defined
        ]
    return problems


_SKIPS = {"skip", "skipif", "skipIf", "skipUnless", "xfail", "importorskip", "skipTest", "SkipTest"}


def tests_can_fail(root: Path) -> list[str]:
    """No skipped test, no expected failure, no `assert True`."""
    problems = []
    for path in files(root, "tests", "doudi"):
        if not path.name.startswith("test_"):
            continue
        for node in ast.walk(parsed(path)):
            line = getattr(node, "lineno", 0)
            if isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                if name in _SKIPS:
                    problems.append(f"{at(root, path, line)} uses {name}")
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value:
                problems.append(f"{at(root, path, line)} asserts a constant")
    return problems


def no_second_way_in(root: Path) -> list[str]:
    """No Django admin as a desk (it knows no scope and no audit), no signals (effects unseen at the call)."""
    problems = []
    for path in files(root, "doudi"):
        for node in ast.walk(parsed(path)):
            modules: list[str] = []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
            elif isinstance(node, ast.Import):
                modules = [name.name for name in node.names]
            problems += [
                f"{at(root, path, getattr(node, 'lineno', 0))} imports {module}"
                for module in modules
                if re.match(r"django\.(contrib\.admin|dispatch|(db\.models|core)\.signals)\b", module)
            ]
    return problems


RULES = (
    dependencies_say_why,
    dependencies_are_used,
    locks_match_the_project,
    the_project_speaks_of_itself_alone,
    decisions_are_one_page,
    every_command_exists,
    tests_can_fail,
    no_second_way_in,
)
