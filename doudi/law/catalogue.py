"""Rows of the catalogues (programmes, indicators, duties, words) as every one of them is read: dated,
placed, cited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml
from doudi.law.procedures import citation

ROOT = Path(__file__).parent
_ALWAYS = frozenset({"region", "from", "cites"})
_ALSO = frozenset({"until", "until_status", "places", "trace", "note", "status"})


@dataclass(frozen=True)
class Row:
    """What every catalogue row says: where and when it holds, on what document, and which requirement it
    answers.

    `region` is a code ("" is the nation), days are [from_, until). `places`: the townships of a pilot, where
    the region's document speaks of no other. `until_status`: "default" where no document names the last day.
    """

    region: str
    from_: date
    until: date | None
    cites: str
    trace: tuple[str, ...]
    note: str
    status: str
    places: tuple[str, ...] = ()
    until_status: str = "statutory"

    def holds(self, place: str, on: date) -> bool:
        """True at a place on a day."""
        return any(place.startswith(one) for one in self.places or (self.region,)) and self._in_force(on)

    def counts_at(self, place: str, on: date) -> bool:
        """True where it holds, and for the county that reports on the townships where it does."""
        above = place.startswith(self.region) and any(one.startswith(place) for one in self.places)
        return self.holds(place, on) or (above and self._in_force(on))

    def _in_force(self, on: date) -> bool:
        return self.from_ <= on and (self.until is None or on < self.until)


def read(
    path: Path, array: str, *, needs: Collection[str], may: Collection[str] = ()
) -> Iterator[tuple[Row, Mapping[str, Any]]]:
    """(what every row says, what this kind of row says) for each table of `array` in a file.

    `[defaults]` fills in what a row leaves out. Raises BadDeclaration naming file and row.
    """
    shown = "/".join(path.parts[-2:])
    tables = read_toml(path, shown)
    defaults = tables.get("defaults", {})
    for number, table in enumerate(tables.get(array, ()), 1):
        row = {**defaults, **table}
        problem = _problem(row, needs, may)
        if problem:
            raise BadDeclaration(problem, file=shown, table=array, entry=number)
        trace = row.get("trace", ())
        common = Row(
            region=row["region"], from_=row["from"], until=row.get("until"), cites=row["cites"],
            trace=(trace,) if isinstance(trace, str) else tuple(trace), note=row.get("note", ""),
            status=row.get("status", "statutory"), places=tuple(row.get("places", ())),
            until_status=row.get("until_status", "statutory"),
        )  # fmt: skip
        yield common, {key: value for key, value in row.items() if key not in _ALWAYS | _ALSO}


def _problem(row: Mapping[str, Any], needs: Collection[str], may: Collection[str]) -> str:
    if missing := (_ALWAYS | set(needs)) - set(row):
        return f"缺少：{'、'.join(sorted(missing))}"
    if odd := set(row) - _ALWAYS - _ALSO - set(needs) - set(may):
        return f"不认识的键：{'、'.join(sorted(odd))}"
    if row.get("until") is not None and row["until"] <= row["from"]:
        return f"until {row['until']} 不晚于 from {row['from']}"
    if outside := [place for place in row.get("places", ()) if not place.startswith(row["region"])]:
        return f"places 不在 {row['region']} 之内：{'、'.join(outside)}"
    try:
        citation(row["cites"])
    except KeyError:
        return f"documents.toml 里没有“{row['cites']}”所引的文件"
    return ""


@dataclass(frozen=True)
class Department:
    """A department by its code, and every name the documents print for it."""

    code: str
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """One duty clause: who leads (牵头单位), who is responsible with it (责任单位), who answers for all
    (责任主体).
    """

    row: Row
    id: str
    task: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    principal: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """What a term is called at a place and time."""

    row: Row
    term: str
    label: str


@cache
def departments() -> Mapping[str, Department]:
    """Every department by code. Raises LawTextError."""
    rows = read_toml(ROOT / "duties.toml", "duties.toml")["departments"]
    return {code: Department(code, row["label"], tuple(row["names"])) for code, row in rows.items()}


@cache
def duties() -> tuple[Duty, ...]:
    """Every duty clause, in document order. Raises LawTextError."""
    found = read(ROOT / "duties.toml", "duty", needs=("id", "task", "lead"), may=("responsible", "principal"))
    return tuple(
        Duty(
            row, own["id"], own["task"], tuple(own["lead"]), tuple(own.get("responsible", ())),
            tuple(own.get("principal", ())),
        )
        for row, own in found
    )  # fmt: skip


@cache
def words() -> tuple[Word, ...]:
    """Every dated label of the display vocabulary. Raises LawTextError."""
    found = read(ROOT / "vocabulary.toml", "word", needs=("term", "label"))
    return one_word_a_day(Word(row, own["term"], own["label"]) for row, own in found)


def one_word_a_day(found: Iterable[Word]) -> tuple[Word, ...]:
    """The words, where no region calls a term two things on one day. Raises BadDeclaration."""
    rows = tuple(found)
    for left, right in pairwise(sorted(rows, key=lambda word: (word.term, word.row.region, word.row.from_))):
        same = (left.term, left.row.region) == (right.term, right.row.region)
        if same and (left.row.until is None or right.row.from_ < left.row.until):
            problem = f"“{left.label}”与“{right.label}”在 {right.row.from_} 重叠，请给前一条写上 until"
            raise BadDeclaration(problem, file="vocabulary.toml", table="word")
    return rows


def called(term: str, place: str, on: date) -> str:
    """What a term is called at a place on a day: the closest region's own word before the nation's. Raises
    KeyError.
    """
    found = [word for word in words() if word.term == term and word.row.holds(place, on)]
    if not found:
        raise KeyError(term)
    return max(found, key=lambda word: len(word.row.region)).label
