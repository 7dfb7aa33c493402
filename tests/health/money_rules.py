"""Money is integer fen, no float where an amount is computed: the last fen never depends on the machine."""

import ast
from pathlib import Path

from tests.health.tree import STONES, at, code_files, parsed

# Rooms that add up or pay amounts, beside the stones that compute them.
MONEY_ROOMS = ("assessment", "decision", "benefit")

# `folder / name` joins paths and divides nothing. A text, or a name ending like one of these, makes one.
_PATH_NAMES = ("path", "root", "folder", "dir", "here", "home", "base", "values", "parent")


def no_float_near_money(root: Path) -> list[str]:
    """No float literal, no `float(...)`, no `/` in kernel, engine, law and the rooms that handle money."""
    problems = []
    for path in code_files(root, *(f"doudi/{part}" for part in (*STONES, *MONEY_ROOMS))):
        tree = parsed(path)
        joins = _path_joins(tree)
        for node in ast.walk(tree):
            what = _float(node, joins)
            if what:
                problems.append(f"{at(root, path, node.lineno)} {what}")
    return problems


def _float(node: ast.AST, joins: set[int]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return f"holds the float {node.value}: write fen, or per mille, as an integer"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return "calls float(...): parse amounts with doudi.kernel.money"
    divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    if divides and id(node) not in joins:
        return "divides with /: name the rounding (div_half_up, div_up, //); join paths with joinpath"
    return None


def _path_joins(tree: ast.AST) -> set[int]:
    """The `/` nodes that join paths: a text or something named like a folder stands in the chain."""
    joins: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and id(node) not in joins:
            chain, operands = [node], [node.right]
            while isinstance(chain[-1].left, ast.BinOp) and isinstance(chain[-1].left.op, ast.Div):
                chain.append(chain[-1].left)
                operands.append(chain[-1].right)
            operands.append(chain[-1].left)
            if any(_is_pathlike(operand) for operand in operands):
                joins.update(id(link) for link in chain)
    return joins


def _is_pathlike(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in ("Path", "files", "resolve", "home", "cwd")
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().endswith(_PATH_NAMES)
        case _:
            return False


RULES = (no_float_near_money,)
