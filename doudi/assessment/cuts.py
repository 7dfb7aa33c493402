"""Where a bound of the law cut an amount that is paid: what it would have been, the bound, its document.

A bound is a `lo` whose smaller side names a law value, on the way the amount was worked out: the annual cap
of temporary assistance, the medical cap, the ceiling of deductible employment cost, and any later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from doudi.assessment.working import Working, uses
from doudi.engine.ir import Name, Node, Op, names
from doudi.engine.program import AGGREGATE, RULE, VALUE, Program
from doudi.engine.vocabulary import PERSON
from doudi.kernel.keeping import kept


class Cut(NamedTuple):
    """One bound that held: of which figure, whose; what it would have been, the bound, what came of it.

    Texts with label and amount; `values`: the law values in the bound.
    """

    name: str
    member: int | None
    before: str
    bound: str
    after: str
    values: tuple[str, ...]


def cuts(working: Working, name: str, member: int | None) -> list[Cut]:
    """The cuts behind a figure, the last one first; none behind a figure that is not known."""
    seen: dict[tuple[str, int | None], list[Cut]] = {}
    bounded = _bounded(working.program)
    stack = [(name, member)]
    while stack:
        figure, whose = stack.pop()
        if figure not in bounded:
            continue
        column = working.program.columns[figure]
        at = figure, whose if column.entity == PERSON or column.kind == AGGREGATE else None
        if at in seen:
            continue
        found = list(_walk(working, column.expr, *at))
        seen[at] = [one for one in found if isinstance(one, Cut)]
        stack += [one for one in found if not isinstance(one, Cut)]
    return [cut for found in seen.values() for cut in found]


@kept
def _bounded(program: Program) -> frozenset[str]:
    """The figures with a bound in their own rule or in one of those they are made of."""
    found: set[str] = set()
    for name, column in program.columns.items():  # in the order they are worked out
        if column.kind in (RULE, AGGREGATE) and (
            uses(column.expr, "lo") or any(each in found for each in names(column.expr))
        ):
            found.add(name)
    return frozenset(found)


def _walk(
    working: Working, node: Node, name: str, member: int | None
) -> Iterator[Cut | tuple[str, int | None]]:
    """The cuts of one figure's rule, and the figures its amount was made of."""
    if isinstance(node, Name):
        column = working.program.columns[node.name]
        members = range(len(working.who)) if column.kind == AGGREGATE else (member,)
        yield from ((node.name, each) for each in members)
    elif isinstance(node, Op):
        parts: tuple[Node, ...] = node.args
        if node.op == "where":
            held = working.of(node.args[0], member)
            parts = () if held is None else (node.args[1 if held else 2],)
        elif node.op == "lo":
            least: Any = working.of(node, member)
            parts = tuple(arg for arg in node.args if least is not None and working.of(arg, member) == least)[
                :1
            ]
            if parts and parts[0] is not node.args[0] and (values := _values(working, parts[0])):
                yield _cut(working, node.args[0], parts[0], name, member, values)
        for part in parts:
            yield from _walk(working, part, name, member)


def _values(working: Working, node: Node) -> tuple[str, ...]:
    columns = working.program.columns
    return tuple(dict.fromkeys(one for one in names(node) if columns[one].kind == VALUE))


def _cut(
    working: Working, first: Node, bound: Node, name: str, member: int | None, values: tuple[str, ...]
) -> Cut:
    labels, unit = working.labels, working.labels.unit(name)
    said = working.said(bound, member)
    most = labels.amount(unit, working.of(bound, member))
    before = labels.amount(unit, working.of(first, member))
    label = labels.name(first.name) if isinstance(first, Name) else labels.name(name)
    return Cut(
        name,
        member,
        before=f"{label} {before}",
        bound=said if isinstance(bound, Name) else f"{said} = {most}",
        after=labels.shown(name, working.value(name, member)),
        values=values,
    )
