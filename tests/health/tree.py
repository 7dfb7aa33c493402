"""How the health rules read the project: files, syntax trees, code lines. A rule is `rule(root) -> [str]`."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The code of the product and of what ships beside it. Tests are code too, but may hold longer tables.
CODE = ("doudi", "demo", "bench")
STONES = ("kernel", "engine", "law")

_NOT_OURS = {"__pycache__", "node_modules", "out", "var", "build", "dist"}


def files(root: Path, *tops: str, suffixes: tuple[str, ...] = (".py",)) -> Iterator[Path]:
    """Files with one of the suffixes under the named top folders (all of the project when none is named)."""
    for start in [root / top for top in tops] or [root]:
        for path in sorted(start.rglob("*")):
            parts = path.relative_to(root).parts
            if any(part in _NOT_OURS or (part.startswith(".") and part != ".ci") for part in parts):
                continue
            if path.suffix in suffixes and path.is_file():
                yield path


def code_files(root: Path, *tops: str) -> Iterator[Path]:
    """Python files that are neither tests nor migrations."""
    for path in files(root, *(tops or CODE)):
        if not is_test(path) and "migrations" not in path.parts:
            yield path


def is_test(path: Path) -> bool:
    """Tests stand under tests/ or beside the screen they test."""
    return path.name.startswith("test_") or path.name == "conftest.py" or "tests" in path.parts


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, read once per version of the file."""
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _version: int) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def docstring_lines(tree: ast.AST) -> set[int]:
    """Line numbers taken by the docstrings of a module, its classes and functions."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def code_lines(path: Path) -> int:
    """Lines that hold code: not blank, not comment, not docstring."""
    skipped = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docstring_lines(parsed(path)))


def at(root: Path, path: Path, line: int = 0) -> str:
    """`folder/file.py:12`, the way editors open it."""
    where = path.relative_to(root).as_posix()
    return f"{where}:{line}" if line else where
