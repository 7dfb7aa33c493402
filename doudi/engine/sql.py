"""The rulebook as SQL: one subquery per dependency level, explicit widths, NULL never left to chance.

Hand SQL with lateral aliases makes DuckDB's planner expand every alias into every use; a level that reads the
level below stays linear. SUM, bool_or, greatest and least skip NULL, so an unknown wage would become 0: every
such word is guarded unless the data at hand is known to hold no NULL there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from doudi.engine.ir import DIVIDE, Const, Info, Name, Node, Op, doubtful, infer, info_of
from doudi.engine.reading import RuleError
from doudi.engine.vocabulary import BOOL, INT, Value

LIMITS = (2**31 - 1, 2**63 - 1, 10**38 - 1)
MOST_LISTED = 8
"""Up to so many names a missing list is an ENUM: each name doubles the texts it may stand for."""
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "<>"}
_INFIX = {"add": "+", "sub": "-", "mul": "*", **_COMPARE}
_EMPTY = {"total": "0", "count": "0", "any_of": "FALSE", "all_of": "TRUE"}


@dataclass(frozen=True)
class Dialect:
    """How one engine spells what SQL does not settle. `widths` are its integers of 32, 64 and 128 bits."""

    quote: str
    widths: tuple[str, str, str]
    text: str
    divide: str
    quotient: int | None
    enums: bool
    escapes: Mapping[str, str]

    def name(self, name: str) -> str:
        """A column name, quoted: `on` is a keyword."""
        return f"{self.quote}{name}{self.quote}"

    def literal(self, value: Value) -> str:
        """A constant as SQL."""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, str):
            return "'" + "".join(self.escapes.get(sign, sign) for sign in value) + "'"
        return "NULL" if value is None else str(value)

    def type(self, info: Info) -> str:
        """The column type that holds everything within the bounds."""
        return self.widths[width(info)] if info.type == INT else "BOOLEAN" if info.type == BOOL else self.text

    def enum(self, texts: Iterable[str]) -> str:
        """The type of a column of few texts (literals): a number with a dictionary, quick to write."""
        return f"ENUM({', '.join(dict.fromkeys(texts))})" if self.enums else self.text

    def output(self, info: Info) -> str:
        """The type of a result column: by declared bounds only, so that it never depends on the data."""
        if info.type != INT:
            return self.type(info)
        return self.widths[1] if max(-info.lo, info.hi) <= LIMITS[1] else "DECIMAL(38,0)"


DUCKDB = Dialect('"', ("INTEGER", "BIGINT", "HUGEINT"), "VARCHAR", "//", None, True, {"'": "''"})
# Spark's div answers BIGINT whatever it divides; in ANSI mode a quotient beyond it is an error.
SPARK = Dialect(
    "`", ("INT", "BIGINT", "DECIMAL(38,0)"), "STRING", "div", 1, False, {"'": "\\'", "\\": "\\\\"}
)


def width(info: Info) -> int:
    """0, 1 or 2: the narrowest of 32, 64 and 128 bits that holds the bounds; RuleError if none does."""
    for at, limit in enumerate(LIMITS):
        if -limit <= info.lo and info.hi <= limit:
            return at
    raise RuleError("a figure may exceed 38 digits with these facts and values: correct or bound them")


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of SQL: what is known of it, the integer width the engine gives it, its level."""

    sql: str
    info: Info
    width: int = 0
    level: int = 0
    atom: bool = True


class Layers:
    """Columns over a source relation, written level by level."""

    def __init__(self, dialect: Dialect, source: str, base: Mapping[str, tuple[str, Info]]) -> None:
        """`source` is what follows FROM; `base` maps a column to its SQL over the source and its Info."""
        self.dialect, self.source = dialect, source
        self.levels: list[dict[str, str]] = [{dialect.name(name): sql for name, (sql, _) in base.items()}]
        self.terms = {name: self._column(name, info, 1) for name, (_, info) in base.items()}
        self.written: dict[tuple[int, str], Term] = {}

    def _column(self, name: str, info: Info, level: int) -> Term:
        return Term(self.dialect.name(name), info, width(info) if info.type == INT else 0, level)

    def add(self, name: str, node: Node) -> Term:
        """Define a column; it may read every column defined before. Equal ones are written once."""
        term = self.emit(node)
        if not isinstance(node, Const):
            sql = term.sql
            if term.info.type == INT and term.width != width(term.info):
                sql = f"CAST({sql} AS {self.dialect.type(term.info)})"
            term = self._write(term.level, sql, self._column(name, term.info, term.level + 1))
        self.terms[name] = term
        return term

    def _write(self, level: int, sql: str, column: Term) -> Term:
        """The column of that level which holds `sql`: this new one, or the one that does already."""
        while len(self.levels) <= level:
            self.levels.append({})
        found = self.written.setdefault((level, sql), column)
        if found is column:
            self.levels[level][column.sql] = sql
        return found

    def select(self, keep: Iterable[str]) -> str:
        """SELECT of the named columns, constants included."""
        columns = [f"{self.terms[name].sql} AS {self.dialect.name(name)}" for name in keep]
        sql = self.source
        for at, level in enumerate(self.levels):
            stars = [] if at == 0 else ["*"]
            parts = stars + [f"{text} AS {name}" for name, text in level.items()]
            sql = f"(SELECT {', '.join(parts or ['1'])} FROM {sql}) AS l{at}"
        return f"SELECT {', '.join(columns)} FROM {sql}"

    def emit(self, node: Node) -> Term:
        """The node as SQL over the levels so far."""
        match node:
            case Const(value):
                info = info_of(value)
                return Term(self.dialect.literal(value), info, width(info))
            case Name(name):
                return self.terms[name]
            case Op("years" | "month_diff" as op, (a, b)):
                return self.emit(_years(a, b) if op == "years" else _months(a, b))
            case Op(op, args):
                term = self._op(op, [self.emit(arg) for arg in args])
                if term.info.nullable and not doubtful(node, lambda name: self.terms[name].info.nullable):
                    term = replace(term, info=replace(term.info, nullable=False))
                return term
        raise AssertionError(node)

    def atom(self, term: Term) -> Term:
        """The term as a bare column or literal, for words whose SQL repeats their arguments."""
        if term.atom:
            return term
        name = self.dialect.name(f"_t{sum(map(len, self.levels))}")
        return self._write(term.level, term.sql, replace(term, sql=name, level=term.level + 1, atom=True))

    def _op(self, op: str, terms: list[Term]) -> Term:
        info = infer(op, [term.info for term in terms])
        if op in DIVIDE:
            return self._division(op, *terms)
        if op in ("hi", "lo"):
            return reduce(lambda a, b: self._best(op, a, b), terms)
        if op == "where" and info.nullable:
            terms[0] = self.atom(terms[0])
        wide = max(term.width for term in terms)
        if op in ("add", "sub", "mul", "neg") and width(info) > wide:
            wide = width(info)
            terms[0] = self._cast(terms[0], wide)
        text = self._spelled(op, terms)
        return Term(text, info, wide if info.type == INT else 0, max(term.level for term in terms), False)

    def _cast(self, term: Term, wide: int) -> Term:
        return replace(term, sql=f"CAST({term.sql} AS {self.dialect.widths[wide]})", width=wide, atom=False)

    def _spelled(self, op: str, terms: list[Term]) -> str:
        args = [term.sql for term in terms]
        if op in _INFIX:
            return f"({args[0]} {_INFIX[op]} {args[1]})"
        match op:
            case "neg":
                return f"(-{args[0]})"
            case "not":
                return f"(NOT {args[0]})"
            case "and" | "or":
                # What may be unknown comes last: from there on DuckDB looks at every row's validity.
                ordered = sorted(terms, key=lambda term: term.info.nullable)
                return "(" + f" {op.upper()} ".join(term.sql for term in ordered) + ")"
            case "known":
                return f"({args[0]} IS NOT NULL)"
            case "is_in":
                return f"({args[0]} IN ({', '.join(args[1:])}))"
            case "where":
                other = f"WHEN NOT {args[0]} THEN" if terms[0].info.nullable else "ELSE"
                return f"(CASE WHEN {args[0]} THEN {args[1]} {other} {args[2]} END)"
            case "first_false" | "reason":
                kind = self.dialect.enum(args[1::2]) if op == "reason" else self.dialect.text
                cases = zip(args[::2], args[1::2], strict=True)
                said = (f"WHEN NOT {test} THEN CAST({code} AS {kind})" for test, code in cases)
                return f"(CASE {' '.join(said)} END)"
            case "listed":
                return self._listed(args[0], list(zip(args[1::2], args[2::2], strict=True)))
        raise AssertionError(op)

    def _listed(self, settled: str, pairs: Sequence[tuple[str, str]]) -> str:
        """The labels whose test holds, with commas between; nothing where the verdict is settled.

        A short one is picked by number from all it may say: texts cost four times as much to write.
        """
        if self.dialect.enums and len(pairs) <= MOST_LISTED:
            said, number = ["''"], ["0"]
            for test, label in pairs:
                number.append(f"CASE WHEN {test} THEN {len(said)} ELSE 0 END")
                said += [f"{text[:-1]},{label[1:]}".replace("',", "'", 1) for text in said]
            kind = self.dialect.enum(said)
            listed = f"CAST([{', '.join(said)}] AS {kind}[])[1 + {' + '.join(number)}]"
            return f"(CASE WHEN {settled} THEN CAST('' AS {kind}) ELSE {listed} END)"
        listed = ", ".join(f"CASE WHEN {test} THEN {label} END" for test, label in pairs)
        return f"(CASE WHEN {settled} THEN '' ELSE concat_ws(',', {listed}) END)"

    def _best(self, op: str, a: Term, b: Term) -> Term:
        """The larger or smaller of two. Not greatest(a, b): it skips NULL, and a CASE is faster anyway."""
        info = infer(op, [a.info, b.info])
        a, b = self.atom(a), self.atom(b)
        sign = "<" if op == "hi" else ">"
        if b.info.nullable:
            a, b = b, a
        text = f"CASE WHEN {a.sql} {sign} {b.sql} THEN {b.sql} ELSE {a.sql} END"
        if b.info.nullable:
            # With one side unknown the test is, and ELSE answers that side; with two it may be the other one.
            text = f"CASE WHEN {a.sql} {sign} {b.sql} THEN {b.sql} WHEN {b.sql} IS NOT NULL THEN {a.sql} END"
        return Term(f"({text})", info, max(a.width, b.width), max(a.level, b.level), False)

    def _division(self, op: str, n: Term, d: Term) -> Term:
        """Integer division truncates in SQL: the numerator is shifted first, to round as the word says."""
        info = infer(op, [n.info, d.info])
        n, d = self.atom(n), self.atom(d)
        if d.info.lo <= 0:
            clear = replace(d, sql=f"(CASE WHEN {d.sql} > 0 THEN {d.sql} END)", atom=False)
            d = self.atom(replace(clear, info=replace(d.info, lo=1, hi=max(1, d.info.hi), nullable=True)))
        reach = max(-n.info.lo, n.info.hi) + d.info.hi
        wide = max(n.width, d.width, width(Info(INT, -reach, reach)))
        n = self.atom(self._cast(n, wide)) if wide > n.width else n
        half = str(d.info.hi // 2) if d.info.const else f"{d.sql} {self.dialect.divide} 2"
        below, above = {
            "div_round": (f"{n.sql} - {half}", f"{n.sql} + {half}"),
            "div_down": (f"{n.sql} - {d.sql} + 1", n.sql),
            "div_up": (n.sql, f"{n.sql} + {d.sql} - 1"),
        }[op]
        shifted = above if n.info.lo >= 0 else f"CASE WHEN {n.sql} <= 0 THEN {below} ELSE {above} END"
        text = f"(({shifted}) {self.dialect.divide} {d.sql})"
        quotient = wide if self.dialect.quotient is None else self.dialect.quotient
        return Term(text, info, quotient, max(n.level, d.level), False)

    def aggregate(self, how: str, body: Term, info: Info) -> str:
        """The SQL aggregate of a column over a household's persons, unknown as soon as the word says so."""
        x = self.atom(body).sql
        partial = f"COUNT({x}) < COUNT(*)"
        match how:
            case "any_of" | "all_of":
                # Several times as fast as bool_or or counting; both skip what is unknown.
                hit = f"MAX({x})" if how == "any_of" else f"MIN({x})"
                if not info.nullable:
                    return hit
                decided = hit if how == "any_of" else f"NOT {hit}"
                return f"CASE WHEN {decided} OR NOT {partial} THEN {hit} END"
            case "count":
                text = f"COUNT(CASE WHEN {x} THEN 1 END)"
            case "total":
                # Of 32 bits SQL makes a sum of 64 by itself.
                wide = self.dialect.widths[max(1, width(info))]
                text = f"SUM({x})" if body.width == 0 else f"SUM(CAST({x} AS {wide}))"
            case _:
                text = f"{'MAX' if how == 'largest' else 'MIN'}({x})"
        text = f"CAST({text} AS {self.dialect.type(info)})"
        return f"CASE WHEN NOT {partial} THEN {text} END" if body.info.nullable else text


def filled(how: str, sql: str, counted: str, nullable: bool) -> str:
    """A joined aggregate column, with its answer for a household without persons, where nothing joined."""
    if how not in _EMPTY:
        return sql
    if nullable:
        return f"CASE WHEN {counted} IS NULL THEN {_EMPTY[how]} ELSE {sql} END"
    return f"COALESCE({sql}, {_EMPTY[how]})"


def _years(a: Node, b: Node) -> Node:
    return Op("div_down", (Op("sub", (b, a)), Const(10000)))


def _months(a: Node, b: Node) -> Node:
    def part(day: Node) -> tuple[Node, Node]:
        # 202503 - 2025 * 88 counts months: 100 a year less 88 makes 12.
        year, month = Op("div_down", (day, Const(10000))), Op("div_down", (day, Const(100)))
        index = Op("sub", (month, Op("mul", (year, Const(88)))))
        return index, Op("sub", (day, Op("mul", (month, Const(100)))))

    (start, first), (end, last) = part(a), part(b)
    short = Op("where", (Op("lt", (last, first)), Const(1), Const(0)))
    return Op("sub", (Op("sub", (end, start)), short))
