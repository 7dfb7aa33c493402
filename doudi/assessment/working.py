"""How each figure of one household came about, and what an unclear answer waits for.

Both questions are asked of the rules' own tree with this household's figures put in, which leaves of a rule
only what mattered for this family. A family whose wages are declared is not asked for the minimum wage of a
work place, although the rule names it; and the working of an amount shows the branch taken, not the three
that were not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doudi.engine.ir import DIVIDE, Const, Name, Node, Op, names
from doudi.engine.program import AGGREGATE, FACT, LOOKUP, VALUE, Column, Program
from doudi.engine.scalar import Lookup, Trace
from doudi.engine.vocabulary import PERSON, Value
from doudi.engine.words import AGGREGATES, WORDS
from doudi.kernel.keeping import kept
from doudi.law.labels import Labels

Leaf = tuple[str, int | None]
"""What is lacking: (fact or `value:name`, the member it is about or None for the household)."""


_DECIDED_IN_PART = ("and", "or", "where", "known")


@dataclass(frozen=True, slots=True)
class Reads:
    """What a rule or a piece of one reads: `read` by every family (name, a person's?), `lifted` columns that
    stand for a part of their own, and of each `where` its test, what the test reads, and the two sides.
    """

    read: tuple[tuple[str, bool], ...]
    lifted: tuple[str, ...]
    forks: tuple[tuple[Node, Reads, Reads, Reads], ...]


@kept
def _reads(program: Program) -> dict[str, Reads]:
    """Figure -> what it reads: sorted out once, since most of a rule is read alike by every family."""
    return {
        name: Reads((), (), ()) if column.kind in (FACT, VALUE) else _reads_of(program, column.expr)
        for name, column in program.columns.items()
    }


def _reads_of(program: Program, node: Node) -> Reads:
    read: dict[tuple[str, bool], None] = {}
    lifted: dict[str, None] = {}
    forks: list[tuple[Node, Reads, Reads, Reads]] = []
    stack = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, Name):
            if at.name.startswith("_"):
                lifted[at.name] = None
            else:
                read[at.name, program.columns[at.name].entity == PERSON] = None
        elif isinstance(at, Op) and at.op == "where":
            test, then, other = (_reads_of(program, arg) for arg in at.args)
            forks.append((at.args[0], test, then, other))
        elif isinstance(at, Op):
            stack.extend(at.args)
    return Reads(tuple(read), tuple(lifted), tuple(forks))


def uses(node: Node, op: str) -> bool:
    """Whether an operation stands anywhere in a rule."""
    return isinstance(node, Op) and (node.op == op or any(uses(arg, op) for arg in node.args))


@dataclass
class Working:
    """One household's trace, asked why. `who`: the members' names; `labels`: how figures are called."""

    program: Program
    trace: Trace
    labels: Labels
    who: tuple[str, ...]
    _looked: Mapping[tuple[Value, ...], Lookup] = field(init=False)
    _reads: Mapping[str, Reads] = field(init=False)
    _worked: dict[Leaf, Value] = field(init=False, default_factory=dict)
    _used: dict[Leaf, tuple[Leaf, ...]] = field(init=False, default_factory=dict)
    _lacked: dict[Leaf, set[Leaf]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._reads = _reads(self.program)
        self._looked = {tuple(lookup[:4]): lookup for lookup in self.trace.lookups}

    # --- values ------------------------------------------------------------------------------------------

    def value(self, name: str, member: int | None = None) -> Value:
        """A figure of the household, or of one member; None when unknown. Lifted columns included."""
        row = self.trace.household if member is None else self.trace.persons[member]
        if name in row:
            return row[name]
        if not name.startswith("_"):
            return self.trace.household[name]
        if (name, member) not in self._worked:
            self._worked[name, member] = self._lifted(self.program.columns[name], member)
        return self._worked[name, member]

    def _lifted(self, column: Column, member: int | None) -> Value:
        """A column that stands for a part of rules; the trace does not hold it."""
        if column.kind == LOOKUP:
            found = self.lookup(column, member)
            return None if found is None else found.value
        if column.kind != AGGREGATE:
            return self.of(column.expr, member)
        parts = [self.of(column.expr, each) for each in range(len(self.who))]
        answer: Value = AGGREGATES[column.how](parts)
        return answer

    def lookup(self, column: Column, member: int | None) -> Lookup | None:
        """The law value a lookup column read; None when its place or date is unknown."""
        place, area, on = (self.of(part, member) for part in _place_and_day(column.expr))
        return self._looked.get((column.how, place, area, on))

    def of(self, node: Node, member: int | None) -> Value:
        """A part of a rule, worked out with this household's figures."""
        if isinstance(node, Name):
            return self.value(node.name, member)
        if isinstance(node, Op):
            answer: Value = WORDS[node.op](*[self.of(arg, member) for arg in node.args])
            return answer
        assert isinstance(node, Const)
        return node.value

    # --- what is lacking ---------------------------------------------------------------------------------

    def lacking(self, name: str, member: int | None = None) -> set[Leaf]:
        """The facts and law values that would have to become known for this unknown figure to be known."""
        column = self.program.columns[name]
        leaf = name, member if column.entity == PERSON else None
        if leaf not in self._lacked:  # asked of ten schemes that read the same figures
            self._lacked[leaf] = self._lacking(column, *leaf)
        return self._lacked[leaf]

    def _lacking(self, column: Column, name: str, member: int | None) -> set[Leaf]:
        if column.kind in (FACT, VALUE):
            return {(name if column.kind == FACT else f"value:{name}", member)}
        if column.kind == LOOKUP:
            # Either the law has no entry there and then, or the place or the day is not known.
            asked = {leaf for part in _place_and_day(column.expr) for leaf in self._lacking_in(part, member)}
            return asked or {(f"value:{column.how}", None)}
        rows = range(len(self.who)) if column.kind == AGGREGATE else (member,)
        return {leaf for row in rows for leaf in self._lacking_in(column.expr, row)}

    def _lacking_in(self, node: Node, member: int | None) -> Iterator[Leaf]:
        # A sum is unknown where a part is: to work it out first, part after part, would be work squared.
        strict = isinstance(node, Op) and node.op not in _DECIDED_IN_PART
        if not strict and self.of(node, member) is not None:
            return
        if isinstance(node, Name):
            yield from self.lacking(node.name, member)
        for arg in self._mattering(node, member):
            yield from self._lacking_in(arg, member)

    def _mattering(self, node: Node, member: int | None) -> tuple[Node, ...]:
        """The arguments that had a say: of a `where` whose test is known, the test and the side taken."""
        if not isinstance(node, Op):
            return ()
        answer = self.of(node.args[0], member) if node.op == "where" else None
        return node.args if answer is None else (node.args[0], node.args[1 if answer else 2])

    # --- what was used -----------------------------------------------------------------------------------

    def behind(
        self, roots: Iterable[Leaf], *, apart: frozenset[str] = frozenset()
    ) -> dict[Leaf, tuple[Leaf, ...]]:
        """Every figure that had a part in these ones, each with what it was worked out from.

        Branches a rule did not take for this family are left out, the tests that chose the branch are not.
        Law values read at another place appear as (`value:name`, member); names in `apart` are left out.
        """
        found: dict[Leaf, tuple[Leaf, ...]] = {}
        columns = self.program.columns
        stack = [(name, member if columns[name].entity == PERSON else None) for name, member in roots]
        while stack:
            leaf = stack.pop()
            if leaf not in found and leaf[0] not in apart:
                found[leaf] = self._uses_of(*leaf)
                stack.extend(found[leaf])
        return found

    def _uses_of(self, name: str, member: int | None) -> tuple[Leaf, ...]:
        found = self._used.get((name, member))
        if found is None:
            into: dict[Leaf, None] = {}
            if name in self._reads:  # not a law value read at another place
                self._use(self._reads[name], member, into)
            found = self._used[name, member] = tuple(into)
        return found

    def _use(self, reads: Reads, member: int | None, into: dict[Leaf, None]) -> None:
        for name, own in reads.read:
            into[name, member if own else None] = None
        for name in reads.lifted:
            self._use_lifted(name, member, into)
        for test, asked, then, other in reads.forks:
            answer = self.of(test, member)
            self._use(asked, member, into)
            if answer is not False:
                self._use(then, member, into)
            if answer is not True:
                self._use(other, member, into)

    def _use_lifted(self, name: str, member: int | None, into: dict[Leaf, None]) -> None:
        column = self.program.columns[name]
        if column.kind == LOOKUP:
            into[f"value:{column.how}", member] = None
        for each in range(len(self.who)) if column.kind == AGGREGATE else (member,):
            self._use(self._reads[name], each, into)

    # --- what it was worked out from ---------------------------------------------------------------------

    def formula(self, name: str, member: int | None = None) -> str:
        """The figure as arithmetic in Chinese labels and this family's numbers; empty when there is none."""
        if self.labels.unit(name) in ("bool", "code", "text"):
            return ""
        node, value = self._taken(self.program.columns[name].expr, member), self.value(name, member)
        if isinstance(node, Const) or not _is_arithmetic(node):
            return ""
        if self.labels.unit(name) == "permille":
            node = _without_thousands(node)
        said, itself = (_tight(one) for one in (self._say(node, member), self.labels.named(name, value)))
        return "" if said in ("0", itself) else said

    def said(self, node: Node, member: int | None) -> str:
        """A part of a rule as arithmetic in Chinese labels and this family's numbers."""
        return _tight(self._say(self._taken(node, member), member))

    def _taken(self, node: Node, member: int | None) -> Node:
        """The node as this family takes it: one branch of `where`, the largest of `hi`, least of `lo`."""
        if not isinstance(node, Op):
            return node
        if node.op == "where":
            answer = self.of(node.args[0], member)
            return node if answer is None else self._taken(node.args[1 if answer else 2], member)
        if node.op in ("hi", "lo"):
            values: list[Any] = [self.of(arg, member) for arg in node.args]
            best = max if node.op == "hi" else min
            return self._taken(node.args[0 if None in values else values.index(best(values))], member)
        return Op(node.op, tuple(self._taken(arg, member) for arg in node.args), node.line)

    def _say(self, node: Node, member: int | None) -> str:
        if isinstance(node, Const):
            return str(node.value)
        if isinstance(node, Name):
            return self._say_name(node.name, member)
        assert isinstance(node, Op)
        if node.op in ("add", "sub", "neg"):
            return self._say_sum(node, member)
        if node.op in DIVIDE:
            return self._say_quotient(node, member)
        say = [self._in_brackets(arg, member) for arg in node.args]
        return " × ".join(say) if node.op == "mul" else " 至 ".join(say)

    def _in_brackets(self, node: Node, member: int | None) -> str:
        text = self._say(node, member)
        return (
            f"（{text}）"
            if isinstance(node, Op) and node.op in ("add", "sub", "neg") and " " in text
            else text
        )

    def _say_quotient(self, node: Op, member: int | None) -> str:
        above, below = node.args
        if any(self.labels.unit(name) == "permille" for name in names(above) if not name.startswith("_")):
            # The law holds ratios in thousandths; an officer reads 1.5 倍 and wants no thousands around it.
            above, below = _without_thousands(above), _without_thousands(below)
        if below == Const(1):
            return self._say(above, member)
        divisor = self._say(below, member)
        return (
            f"{self._in_brackets(above, member)} ÷ {f'（{divisor}）' if isinstance(below, Op) else divisor}"
        )

    def _say_sum(self, node: Node, member: int | None) -> str:
        terms = [(sign, part) for sign, part in _terms(node, 1) if self.of(part, member) != 0]
        said = [(sign, self._in_brackets(part, member)) for sign, part in terms]
        text = "".join(f" {'+' if sign > 0 else '−'} {what}" for sign, what in said)
        return text.removeprefix(" + ") if text.startswith(" + ") else f"0{text}"

    def _say_name(self, name: str, member: int | None) -> str:
        column = self.program.columns[name]
        if column.kind == AGGREGATE:
            return self._say_aggregate(column)
        if column.kind == LOOKUP:
            found = self.lookup(column, member)
            if found is None:
                return self.labels.named(column.how, None)
            return self.labels.named(column.how, found.value, place=found.place, on=found.on)
        if name.startswith("_"):
            return self._say(self._taken(column.expr, member), member)
        return self.labels.named(name, self.value(name, member))

    def _say_aggregate(self, column: Column) -> str:
        parts = [(who, self.of(column.expr, at)) for at, who in enumerate(self.who)]
        if column.how in ("count", "any_of", "all_of"):
            return "、".join(
                who if value else f"{who}（待核实）" for who, value in parts if value is not False
            )
        if column.how in ("largest", "smallest"):
            # Whose it is, not everybody's: who is left out stands there with a figure of no account.
            best = AGGREGATES[column.how]([value for _, value in parts])
            parts = [(who, value) for who, value in parts if value == best]
            return "、".join(f"{who} {self.labels.amount(self._unit(column.expr), best)}" for who, _ in parts)
        unit = self._unit(column.expr)
        shown = [f"{who} {self.labels.amount(unit, value)}" for who, value in parts if value != 0]
        return " + ".join(shown) or "0"

    def _unit(self, node: Node) -> str:
        """The unit of the first amount a node reads, for the parts of a total."""
        found = (self.labels.unit(name) for name in names(node) if not name.startswith("_"))
        return next((unit for unit in found if unit not in ("bool", "code")), "")


def _tight(text: str) -> str:
    """Full-width brackets carry their own space."""
    return text.replace(" （", "（").replace("） ", "）")


def _is_arithmetic(node: Node) -> bool:
    if not isinstance(node, Op):
        return True
    known = node.op in ("add", "sub", "neg", "mul", "years", "month_diff", *DIVIDE)
    return known and all(_is_arithmetic(arg) for arg in node.args)


def _without_thousands(node: Node) -> Node:
    if isinstance(node, Const) and type(node.value) is int and node.value and node.value % 1000 == 0:
        return Const(node.value // 1000)
    if not isinstance(node, Op):
        return node
    args = tuple(_without_thousands(arg) for arg in node.args)
    if node.op == "mul" and Const(1) in args:
        return args[1] if args[0] == Const(1) else args[0]
    return Op(node.op, args, node.line)


def _terms(node: Node, sign: int) -> Iterator[tuple[int, Node]]:
    if isinstance(node, Op) and node.op in ("add", "sub"):
        yield from _terms(node.args[0], sign)
        yield from _terms(node.args[1], sign if node.op == "add" else -sign)
    elif isinstance(node, Op) and node.op == "neg":
        yield from _terms(node.args[0], -sign)
    else:
        yield sign, node


def _place_and_day(node: Node) -> tuple[Node, ...]:
    assert isinstance(node, Op)
    return node.args[-3:]
