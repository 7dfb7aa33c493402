"""Temporal coverage: for every region and month the law claims to know, exactly one value applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from doudi.law.checks import ERROR, HOLE, Finding
from doudi.law.errors import BadDeclaration, MissingValue
from doudi.law.parameters import read_toml, ymd
from doudi.law.values import Found, Values

_FIELDS = {"about", "region", "areas", "from", "until", "parameters"}


@dataclass(frozen=True)
class Claim:
    """The law claims to know `parameters` at `region` over [from_, until), yyyymmdd."""

    about: str
    region: str
    areas: tuple[str, ...]
    from_: int
    until: int
    parameters: tuple[str, ...]


def load_claims(path: Path, values: Values) -> list[Claim]:
    """The claims of `claims.toml`, one per region. Raises BadDeclaration."""
    claims = []
    for number, row in enumerate(read_toml(path, path.name).get("claim", []), 1):
        problem = _problem(row, values)
        if problem:
            raise BadDeclaration(problem, file=path.name, table="claim", entry=number)
        regions = row["region"] if isinstance(row["region"], list) else [row["region"]]
        claims += [
            Claim(
                row["about"], region, tuple(row["areas"]), ymd(row["from"]), ymd(row["until"]),
                tuple(row["parameters"]),
            )
            for region in regions
        ]  # fmt: skip
    return claims


def _problem(row: dict[str, Any], values: Values) -> str:
    if set(row) != _FIELDS:
        return f"缺少或多了：{'、'.join(sorted(set(row) ^ _FIELDS))}"
    if not (isinstance(row["from"], date) and isinstance(row["until"], date) and row["from"] < row["until"]):
        return "from、until 应为日期，且 until 晚于 from"
    if unknown := [name for name in row["parameters"] if name not in values.parameters]:
        return f"没有声明过的参数：{'、'.join(unknown)}"
    return ""


def coverage(values: Values, claims: list[Claim]) -> list[Finding]:
    """A gap (error) for days nobody speaks about, a hole for days somebody has to fill in."""
    return [
        finding
        for claim in claims
        for name in claim.parameters
        for area in (claim.areas if values.parameters[name].by_area else ("",))
        for finding in _uncovered(values, claim, name, area)
    ]


def own_gaps(values: Values) -> list[Finding]:
    """Days between two entries of a user's file on which no figure is in force: a month forgotten (error).

    A hole of the law is no answer there: who fills it in spring and in summer forgot the days between.
    """
    found = []
    for (name, region, area), segments in values.segments.items():
        own = [segment for segment in segments if segment.entry.own]
        for before, after in pairwise(own):
            if before.until < after.from_:
                where = f"{after.entry.file} 第{after.entry.number}条"
                text = f"{values.parameters[name].label}在这两条之间没有数值，请补一条，或改前一条的 until"
                found += [
                    Finding(ERROR, name, region, area, start, end, text, where)
                    for start, end in _without_figure(values, name, region, area, before.until, after.from_)
                ]
    return found


def _without_figure(
    values: Values, name: str, region: str, area: str, first: int, last: int
) -> Iterator[tuple[int, int]]:
    """The stretches of [first, last) on which no entry gives a figure."""
    start = first
    for from_, until, answer in values.history(name, region, area):
        if isinstance(answer, Found) and start < until and from_ < last:
            if start < from_:
                yield start, from_
            start = max(start, until)
    if start < last:
        yield start, last


def _uncovered(values: Values, claim: Claim, name: str, area: str) -> Iterator[Finding]:
    answers = [
        (max(from_, claim.from_), min(until, claim.until), answer)
        for from_, until, answer in values.history(name, claim.region, area)
        if from_ < claim.until and claim.from_ < until
    ]
    covered = [(0, claim.from_), *((start, end) for start, end, _ in answers), (claim.until, 0)]
    for (_, end), (start, _) in pairwise(covered):
        if end < start:
            text = f"{values.parameters[name].label}没有数值，也没有写明由谁填写（{claim.about}）"
            yield Finding(ERROR, name, claim.region, area, end, start, text)
    for start, end, answer in answers:
        if isinstance(answer, MissingValue):
            yield Finding(HOLE, name, claim.region, area, start, end, answer.hint)


def holes(values: Values, *, region: str, on: int) -> list[Finding]:
    """What a county still has to fill in for a day: every parameter without a value there, by area type."""
    found = []
    for name, parameter in values.parameters.items():
        for area in ("URBAN", "RURAL") if parameter.by_area else ("",):
            if values.lookup(name, region, area, on) is None:
                hint = _hint(values, name, region, area, on)
                found.append(Finding(HOLE, name, region, area, on, None, hint))
    return found


def _hint(values: Values, name: str, region: str, area: str, on: int) -> str:
    answer: Found | str
    try:
        answer = values.explain(name, region, area, on)
    except MissingValue as missing:
        return missing.hint or "文件没有规定，当地也没有填写"
    return answer.shown
