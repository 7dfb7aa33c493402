"""Who may get something, as an expression over facts, rules and scheme results in the vocabulary of the
rules.

A programme of another department is a row, not a rule of ours: it is asked of one family at a desk, after
the schemes have answered. Unknown stays unknown, as everywhere: `not known` grants nothing and refuses
nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Value = int | bool | str | None
Facts = Mapping[str, Value]

_COMPARE: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: int(a or 0) < int(b or 0),
    ast.LtE: lambda a, b: int(a or 0) <= int(b or 0),
    ast.Gt: lambda a, b: int(a or 0) > int(b or 0),
    ast.GtE: lambda a, b: int(a or 0) >= int(b or 0),
}
_AGGREGATES = ("any_of", "all_of")


class PredicateError(ValueError):
    """An expression outside the vocabulary; English, for who writes the row."""


@dataclass(frozen=True)
class Predicate:
    """A checked expression; `text` as written, with the groups it names."""

    text: str
    tree: ast.expr
    groups: Mapping[str, Predicate]

    @classmethod
    def parse(cls, text: str, groups: Mapping[str, Predicate] | None = None) -> Predicate:
        """Read an expression. Raises PredicateError."""
        try:
            tree = ast.parse(text, mode="eval").body
        except SyntaxError as problem:
            raise PredicateError(f"{text}: {problem.msg}") from None
        for node in ast.walk(tree):
            if not _allowed(node):
                raise PredicateError(f"{text}: {type(node).__name__} is not in the vocabulary")
        return cls(text, tree, groups or {})

    def names(self) -> frozenset[str]:
        """Every fact, rule and result it asks for, groups opened."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and id(node) not in called:
                inner = self.groups.get(node.id)
                found |= inner.names() if inner else {node.id}
        return frozenset(found)

    def holds(self, facts: Facts, persons: Sequence[Facts] = ()) -> bool | None:
        """Yes, no, or None when a fact it turns on is unknown.

        `facts` are the household's, for a person with the person's on top; `persons` only for any_of and
        all_of.
        """
        found = self._value(self.tree, facts, persons)
        return None if found is None else bool(found)

    def _value(self, node: ast.expr, facts: Facts, persons: Sequence[Facts]) -> Value:
        match node:
            case ast.Constant(value=int() | str() as constant):
                return constant
            case ast.Name(id=name):
                group = self.groups.get(name)
                return group.holds(facts, persons) if group else facts.get(name)
            case ast.UnaryOp(operand=inner):
                value = self._value(inner, facts, persons)
                return None if value is None else not value
            case ast.BoolOp(op=operator, values=parts):
                return _kleene([self._value(p, facts, persons) for p in parts], isinstance(operator, ast.Or))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                a, b = self._value(left, facts, persons), self._value(right, facts, persons)
                return None if a is None or b is None else _COMPARE[type(operator)](a, b)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args, facts, persons)
        raise PredicateError(self.text)

    def _call(self, name: str, args: list[ast.expr], facts: Facts, persons: Sequence[Facts]) -> Value:
        if name in _AGGREGATES:
            each = [self._value(args[0], {**facts, **person}, ()) for person in persons]
            return _kleene(each, name == "any_of")
        first, *others = [self._value(arg, facts, persons) for arg in args]
        return None if first is None else first in others


def _kleene(values: Sequence[Value], either: bool) -> bool | None:
    """or (either) / and of values that may be unknown: one that decides wins over any unknown."""
    if any(value is not None and bool(value) is either for value in values):
        return either
    return None if any(value is None for value in values) else not either


def _allowed(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return (name in _AGGREGATES and len(args) == 1) or (name == "is_in" and len(args) > 1)
        case ast.UnaryOp(op=operator):
            return isinstance(operator, ast.Not)
        case ast.Compare(ops=ops):
            return len(ops) == 1 and type(ops[0]) in _COMPARE
        case ast.Constant(value=value):
            return isinstance(value, int | str)
    plain = ast.Name | ast.BoolOp | ast.boolop | ast.unaryop | ast.cmpop | ast.expr_context
    return isinstance(node, plain)
