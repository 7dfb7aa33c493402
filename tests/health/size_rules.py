"""What keeps it small: budgets by part, sizes of files and functions, names that say what a module holds."""

import ast
import tomllib
from pathlib import Path

from tests.health.tree import CODE, at, code_files, code_lines, docstring_lines, files, parsed

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_ROOM_README_LINES = 40

# Names for a pattern instead of for what is inside: everything fits, so everything goes in.
NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "managers",
    "manager",
    "common",
    "misc",
}


def budgets_hold(root: Path) -> list[str]:
    """Every part of the package has a budget of code lines in pyproject.toml and keeps it."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    budgets: dict[str, int] = settings["tool"]["doudi"]["budgets"]
    problems = []
    for part in sorted(
        path for path in (root / "doudi").iterdir() if path.is_dir() and path.name != "__pycache__"
    ):
        used = sum(code_lines(path) for path in code_files(root, f"doudi/{part.name}"))
        if part.name not in budgets:
            problems.append(f"doudi/{part.name} has no budget in pyproject.toml [tool.doudi.budgets]")
        elif used > budgets[part.name]:
            problems.append(
                f"doudi/{part.name} has {used} code lines, its budget is {budgets[part.name]}: "
                "make it smaller, or raise the budget with an ADR in the same change"
            )
    return problems


def files_are_short(root: Path) -> list[str]:
    """No file of more than 400 lines: a room that has grown too big."""
    problems = []
    for path in code_files(root):
        length = len(path.read_text("utf-8").splitlines())
        if length > MAX_FILE_LINES:
            problems.append(f"{at(root, path)} has {length} lines, at most {MAX_FILE_LINES}")
    return problems


def functions_are_short(root: Path) -> list[str]:
    """No function of more than 60 lines, its docstring not counted."""
    problems = []
    for path in code_files(root):
        tree = parsed(path)
        told = docstring_lines(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                span = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
                length = len(span - told)
                if length > MAX_FUNCTION_LINES:
                    problems.append(
                        f"{at(root, path, node.lineno)} {node.name} has {length} lines, "
                        f"at most {MAX_FUNCTION_LINES}"
                    )
    return problems


def modules_are_named_for_what_they_hold(root: Path) -> list[str]:
    """No utils, helpers, services, managers, common or misc, neither as file nor as folder."""
    problems = []
    for top in (*CODE, "tests"):
        for path in files(root, top):
            names = [*path.relative_to(root).parent.parts, path.stem]
            problems += [f"{at(root, path)} is named {name}" for name in names if name in NAMELESS]
    return problems


def imports_stand_at_the_top(root: Path) -> list[str]:
    """No import inside a function: it hides a cycle."""
    problems = []
    for path in files(root, *CODE, "tests"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                problems += [
                    f"{at(root, path, inner.lineno)} imports inside {node.name}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    return problems


def room_readmes_are_short(root: Path) -> list[str]:
    """A part's README is a page one reads: at most forty lines."""
    problems = []
    for path in sorted((root / "doudi").glob("*/README.md")):
        length = len(path.read_text("utf-8").splitlines())
        if length > MAX_ROOM_README_LINES:
            problems.append(f"{at(root, path)} has {length} lines, at most {MAX_ROOM_README_LINES}")
    return problems


RULES = (
    budgets_hold,
    files_are_short,
    functions_are_short,
    modules_are_named_for_what_they_hold,
    imports_stand_at_the_top,
    room_readmes_are_short,
)
