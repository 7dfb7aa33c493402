"""What a rule says, as data: a few node kinds, and what is known of a node before any household is seen.

`infer` derives type, bounds and "may it be unknown" from the inputs' own; `fold` replaces what is already
decided by a constant. The SQL writer lives on both: bounds choose the integer width, and what is always known
needs no NULL guard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from doudi.engine.vocabulary import BOOL, INT, MAX_PERSONS, TEXT, Value


@dataclass(frozen=True, slots=True)
class Const:
    """A literal."""

    value: int | bool | str
    line: int = field(default=0, compare=False)

    def __eq__(self, other: object) -> bool:
        # 1 == True in Python; two rules that differ only in that must not share a hidden column.
        return type(other) is Const and type(other.value) is type(self.value) and other.value == self.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, a value or another rule."""

    name: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Op:
    """A word of the vocabulary applied to arguments."""

    op: str
    args: tuple[Node, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Agg:
    """A household figure over its persons: total, count, any_of, all_of, largest, smallest."""

    how: str
    body: Node
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class At:
    """A law value at another place and date."""

    param: str
    place: Node
    on: Node
    line: int = field(default=0, compare=False)


Node = Const | Name | Op | Agg | At


class TypeMismatch(Exception):
    """A word applied to the wrong kind of thing; the program adds file and line."""


@dataclass(frozen=True, slots=True)
class Info:
    """What is known of a node: its type, the bounds of an INT (a BOOL is 0..1), whether it may be unknown.

    `text` is the value of a TEXT known to be constant.
    """

    type: str
    lo: int = 0
    hi: int = 1
    nullable: bool = True
    text: str | None = None

    @property
    def const(self) -> int | bool | str | None:
        """The value, when every household has the same one; otherwise None."""
        if self.nullable:
            return None
        if self.type == TEXT:
            return self.text
        if self.lo != self.hi:
            return None
        return self.lo if self.type == INT else bool(self.lo)


def info_of(value: int | bool | str) -> Info:
    """The Info of a known constant."""
    if isinstance(value, str):
        return Info(TEXT, nullable=False, text=value)
    return Info(BOOL if isinstance(value, bool) else INT, int(value), int(value), False)


def info_over(kind: str, values: Sequence[Value]) -> Info:
    """The Info of a column that holds exactly these values."""
    present = [value for value in values if value is not None]
    nullable = len(present) < len(values)
    if kind == TEXT:
        return Info(TEXT, nullable=nullable, text=str(present[0]) if len(set(present)) == 1 else None)
    numbers = [int(value) for value in present] or [0]
    return Info(kind, min(numbers), max(numbers), nullable)


def names(node: Node) -> Iterator[str]:
    """Every name a node reads, aggregates and lookups included."""
    match node:
        case Name(name):
            yield name
        case Op(_, args):
            for arg in args:
                yield from names(arg)
        case Agg(_, body):
            yield from names(body)
        case At(_, place, on):
            yield from names(place)
            yield from names(on)


def aggregates(node: Node) -> Iterator[Agg]:
    """Every aggregate of a node, the outermost where one stands inside another."""
    match node:
        case Agg():
            yield node
        case Op(_, args):
            for arg in args:
                yield from aggregates(arg)
        case At(_, place, on):
            yield from aggregates(place)
            yield from aggregates(on)


def put(node: Node, given: Mapping[str, Node]) -> Node:
    """The node with each name replaced by what is given for it. KeyError for a name without."""
    match node:
        case Name(name):
            return given[name]
        case Op(_, args):
            return replace(node, args=tuple(put(arg, given) for arg in args))
        case Agg(_, body):
            return replace(node, body=put(body, given))
        case At(_, place, on):
            return replace(node, place=put(place, given), on=put(on, given))
    return node


Span = tuple[int, int]


def _corners(of: Callable[[int, int], int], a: Info, b: Info) -> Span:
    found = [of(x, y) for x, y in product((a.lo, a.hi), (b.lo, b.hi))]
    return min(found), max(found)


def _divided(n: Info, d: Info) -> Span:
    whole = [x // y for x, y in product((n.lo, n.hi), (max(d.lo, 1), max(d.hi, 1)))]
    # Rounding up or to the nearest may exceed the floor by one, never more.
    return min(whole), max(whole) + 1


def _months(a: Info, b: Info) -> Span:
    # 99: the month part of an int that is no date after all must widen the bounds, not break them.
    first, last = a.lo // 10000 * 12, a.hi // 10000 * 12 + 99
    return b.lo // 10000 * 12 - last - 1, b.hi // 10000 * 12 + 99 - first


def _compared(op: str, a: Info, b: Info) -> Span:
    always, never = {
        "lt": (a.hi < b.lo, a.lo >= b.hi),
        "le": (a.hi <= b.lo, a.lo > b.hi),
        "gt": (a.lo > b.hi, a.hi <= b.lo),
        "ge": (a.lo >= b.hi, a.hi < b.lo),
        "eq": (a.lo == a.hi == b.lo == b.hi, a.hi < b.lo or a.lo > b.hi),
        "ne": (a.hi < b.lo or a.lo > b.hi, a.lo == a.hi == b.lo == b.hi),
    }[op]
    return int(always), int(not never)


ORDER = ("lt", "le", "gt", "ge")
COMPARE = (*ORDER, "eq", "ne")
NEUTRAL = {"add": 0, "sub": 0, "mul": 1}
DIVIDE = ("div_round", "div_up", "div_down")
_STRICT = ("not", "is_in", "add", "sub", "mul", "neg", "hi", "lo", "years", "month_diff")
"""Besides comparisons, the words that are unknown only where one of their arguments is."""


def infer(op: str, args: Sequence[Info]) -> Info:
    """The Info of `op(args)`. Raises TypeMismatch when the word does not take these types."""
    a, b = args[0], args[-1]
    unknown = any(arg.nullable for arg in args)
    if op in COMPARE:
        _want(op, args, INT if op in ORDER else a.type)
        if a.type == TEXT:
            same = a.text is not None and b.text is not None
            span = (int((a.text == b.text) == (op == "eq")),) * 2 if same else (0, 1)
        else:
            span = _compared(op, a, b)
        return Info(BOOL, *span, unknown)
    if op in ("and", "or"):
        _want(op, args, BOOL)
        low, high = [arg.lo for arg in args], [arg.hi for arg in args]
        decided = any(arg.const is (op == "or") for arg in args)
        span = (min(low), min(high)) if op == "and" else (max(low), max(high))
        return Info(BOOL, *span, unknown and not decided)
    if op == "not":
        _want(op, args, BOOL)
        return Info(BOOL, 1 - a.hi, 1 - a.lo, unknown)
    if op == "where":
        _want(op, args[:1], BOOL)
        _want(op, args[2:], args[1].type)
        if a.const is not None:
            return args[1] if a.const else b
        return replace(joined(args[1:]), nullable=unknown)
    if op == "known":
        return Info(BOOL, 0 if unknown else 1, 1, False)
    if op == "is_in":
        _want(op, args, a.type)
        hit = a.text is not None and any(a.text == arg.text for arg in args[1:])
        decided = a.const is not None and a.type == TEXT
        return Info(BOOL, int(decided and hit), int(not decided or hit), unknown)
    if op in ("first_false", "reason"):
        return replace(joined(args[1::2]), nullable=True)
    if op == "at":
        _want("value_at's place", args[1:2], TEXT)
        _want("value_at's day", args[3:], INT)
        return b
    if op in ("names", "listed"):
        return Info(TEXT, nullable=False)
    _want(op, args, INT)
    return Info(INT, *_arithmetic(op, args), unknown or (op in DIVIDE and b.lo <= 0))


def _arithmetic(op: str, args: Sequence[Info]) -> Span:
    a, b = args[0], args[-1]
    match op:
        case "add":
            return a.lo + b.lo, a.hi + b.hi
        case "sub":
            return a.lo - b.hi, a.hi - b.lo
        case "mul":
            return _corners(lambda x, y: x * y, a, b)
        case "neg":
            return -a.hi, -a.lo
        case "hi":
            return max(arg.lo for arg in args), max(arg.hi for arg in args)
        case "lo":
            return min(arg.lo for arg in args), min(arg.hi for arg in args)
        case "years":
            return (b.lo - a.hi) // 10000, (b.hi - a.lo) // 10000
        case "month_diff":
            return _months(a, b)
        case _:
            return _divided(a, b)


def infer_aggregate(how: str, body: Info) -> Info:
    """The Info of an aggregate over 0 to MAX_PERSONS persons."""
    _want(how, [body], INT if how in ("total", "largest", "smallest") else BOOL)
    match how:
        case "total":
            return Info(INT, min(0, body.lo * MAX_PERSONS), max(0, body.hi * MAX_PERSONS), body.nullable)
        case "count":
            return Info(INT, 0, body.hi * MAX_PERSONS, body.nullable)
        case "any_of":
            return Info(BOOL, 0, body.hi, body.nullable)
        case "all_of":
            return Info(BOOL, body.lo, 1, body.nullable)
        case _:
            return Info(INT, body.lo, body.hi)


def joined(infos: Sequence[Info]) -> Info:
    """The Info of a column that is any one of these."""
    texts = {info.text for info in infos}
    return Info(
        infos[0].type,
        min(info.lo for info in infos),
        max(info.hi for info in infos),
        any(info.nullable for info in infos),
        texts.pop() if len(texts) == 1 else None,
    )


def _want(op: str, args: Sequence[Info], kind: str) -> None:
    for arg in args:
        if arg.type != kind:
            raise TypeMismatch(f"{op} wants {kind}, got {arg.type}")


def fold(node: Node, known: Mapping[str, Info], same: Mapping[str, str] | None = None) -> tuple[Node, Info]:
    """The node with everything `known` already decides written as a constant, and its Info.

    `same` maps a name to another that stands for the same figure. Aggregates and lookups have been lifted to
    columns of their own before this is called.
    """
    if isinstance(node, Const):
        return node, info_of(node.value)
    if isinstance(node, Name):
        info = known[node.name]
        name = (same or {}).get(node.name, node.name)
        return (Name(name) if info.const is None else Const(info.const)), info
    assert isinstance(node, Op)
    folded = [fold(arg, known, same) for arg in node.args]
    args = tuple(arg[0] for arg in folded)
    info = infer(node.op, [arg[1] for arg in folded])
    if info.nullable and not doubtful(Op(node.op, args), lambda name: known[name].nullable):
        info = replace(info, nullable=False)
    if info.const is not None:
        return Const(info.const), info
    if node.op == "where" and folded[0][1].const is not None:
        return folded[1 if folded[0][1].const else 2]
    if node.op == "first_false":
        return _first_open(folded)
    if node.op in ("and", "or"):
        args = tuple(arg for arg, about in folded if about.const is None)
        return (args[0] if len(args) == 1 else Op(node.op, args)), info
    if node.op in NEUTRAL and args[1] == Const(NEUTRAL[node.op]):
        return args[0], info
    if node.op == "add" and args[0] == Const(0):
        return args[1], info
    return Op(node.op, args), info


def _first_open(folded: Sequence[tuple[Node, Info]]) -> tuple[Node, Info]:
    """A first_false without the tests that always hold and what stands behind one that never does."""
    pairs = list(zip(folded[::2], folded[1::2], strict=True))
    kept = [pair for pair in pairs if pair[0][1].const is not True] or pairs[:1]
    never = next((at for at, (test, _) in enumerate(kept) if test[1].const is False), len(kept))
    kept = kept[: never + 1]
    if never == 0:
        return kept[0][1]
    args = tuple(part[0] for pair in kept for part in pair)
    return Op("first_false", args), replace(joined([code[1] for _, code in kept]), nullable=True)


def decided(verdict: Node, reason: str, infos: Mapping[str, Info]) -> Node:
    """A verdict where its reason is at hand: refused with one, else what may still be unknown decides.

    Half the work of asking every condition once more.
    """
    if not (isinstance(verdict, Op) and verdict.op == "and"):
        return verdict
    rest = (arg for arg in verdict.args if doubtful(arg, lambda name: infos[name].nullable))
    return Op("where", (Op("known", (Name(reason),)), Const(False), Op("and", (Const(True), *rest))))


def doubtful(node: Node, unknown: Callable[[str], bool], sure: frozenset[str] = frozenset()) -> bool:
    """Whether a node may be unknown, though what stands in `sure` is not. `unknown`: which names may be.

    `known(x) and x > 0` never is: where x is unknown, its first half is False.
    """
    match node:
        case Const():
            return False
        case Name(name):
            return name not in sure and unknown(name)
        case Op("known"):
            return False
        case Op("and" | "or" as op, args):
            sure = sure.union(*(_sure_if(op == "and", arg) for arg in args))
            return any(doubtful(arg, unknown, sure) for arg in args)
        case Op("where", (test, met, missed)):
            return (
                doubtful(test, unknown, sure)
                or doubtful(met, unknown, sure | _sure_if(True, test))
                or doubtful(missed, unknown, sure | _sure_if(False, test))
            )
        case Op(op, (_, Const(divisor))) if op in DIVIDE and not isinstance(divisor, str) and divisor <= 0:
            return True
        case Op(op, args) if op in (*COMPARE, *_STRICT) or (op in DIVIDE and isinstance(args[1], Const)):
            return any(doubtful(arg, unknown, sure) for arg in args)
    return True


def _sure_if(met: bool, test: Node) -> frozenset[str]:
    """The names that are known when a test is met, or when it is not."""
    match test:
        case Op("known", (Name(name),)) if met:
            return frozenset([name])
        case Op("not", (other,)):
            return _sure_if(not met, other)
        case Op("and" | "or" as op, args) if (op == "and") == met:
            return frozenset().union(*(_sure_if(met, arg) for arg in args))
    return frozenset()
