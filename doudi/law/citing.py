"""Citing a document by article: `DIBAO_2021.art("第十三条")` knows from when until when it may be quoted.

Names and dates come from `documents.toml`: rule, scheme and value never date the same document twice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from doudi.law.predicate import Facts, Predicate
from doudi.law.procedures import words
from doudi.law.spec import Cite

_TABLES = tomllib.loads(Path(__file__).with_name("documents.toml").read_text(encoding="utf-8"))["documents"]


@dataclass(frozen=True)
class Source:
    """A document of `documents.toml` by its name there, in force over [from_, until)."""

    name: str
    from_: date
    until: date | None

    def art(self, article: str, *, when: str = "") -> Cite:
        """One article of the document, quotable while the document is in force (and `when` holds)."""
        return Cite(f"{self.name} {article}".rstrip(), self.from_, self.until, when)


def source(name: str, until: date | None = None) -> Source:
    """The document of that name; `until` if it lapsed without being replaced. KeyError if unknown."""
    row = _TABLES[name]
    return Source(name, row["from"], row.get("until", until))


def quoted(*cites: Cite) -> str:
    """Several citations as one text, for a rule that holds over all their periods."""
    return "；".join(cite.text for cite in cites)


def cited(cites: Iterable[Cite], *, on: date, place: str, figures: Facts | None = None) -> str:
    """The citations that may be quoted on a day at a place (region code), joined; empty when there is none.

    `figures`: the family's, which say whether a citation with `when` is about it; without them it is not.
    """
    return "；".join(
        cite.text
        for cite in cites
        if cite.in_force(on) and _at_home(cite.text, place) and (not cite.when or _is_so(cite.when, figures))
    )


@lru_cache(maxsize=8192)
def _at_home(cite: str, place: str) -> bool:
    return words().quotable(cite, place)


def turned_on(cites: Iterable[Cite]) -> frozenset[str]:
    """The figures that say whether citations with `when` are about a family."""
    return frozenset(name for cite in cites if cite.when for name in _read(cite.when).names())


def _is_so(when: str, figures: Facts | None) -> bool:
    return figures is not None and bool(_read(when).holds(figures))


_read = lru_cache(Predicate.parse)


@lru_cache(maxsize=8192)
def applicable(cites: str, *, on: date, place: str) -> str:
    """What of a rule's citations may be quoted on a day at a place (region code), joined as they were.

    A rule holds over all periods and regions and cites every document behind it; a family in 2025 must not be
    shown the measures repealed in 2021, nor another county's plan. Citations of no registered document stay.
    """
    parts = [part for part in cites.split("；") if _governs(part, on) and words().quotable(part, place)]
    return "；".join(parts)


def _governs(cite: str, on: date) -> bool:
    names = [name for name in _TABLES if cite.startswith(name)]
    if not names:
        return True
    document = source(max(names, key=len))
    return document.from_ <= on and (document.until is None or on < document.until)


ASSISTANCE_ORDER = source("《社会救助暂行办法》（国务院令第649号）")
DIBAO_2012 = source("民发〔2012〕220号")
DIBAO_2021 = source("民发〔2021〕57号")
TEKUN_2016 = source("民发〔2016〕178号")
TEKUN_2021 = source("民发〔2021〕43号")
REFORM_2020 = source("《关于改革完善社会救助制度的意见》")
SAFETY_NET_2022 = source("民发〔2022〕83号")
LOW_INCOME_2023 = source("国办发〔2023〕39号")
RIGID_2024 = source("民发〔2024〕57号")
ORPHANS_2019 = source("民发〔2019〕62号")
DISABILITY_2015 = source("国发〔2015〕52号")
MONITORING_2021 = source("防止返贫监测和帮扶政策")

JIANGMEN_2016 = source("《“两线合一”构建立体化社保扶贫格局》（江门市）")
JIANGMEN_2018 = source("江府〔2018〕6号")
ANQIU_2020 = source("《织密扎牢民生兜底脱贫保障“安全网”》（安丘市）")
JIANGXI_2018 = source("赣发〔2018〕7号")
PANZHOU_2025 = source("盘州市两项政策衔接并轨试点工作方案（2025年9月12日）")

AGE_OF_YEARS = "《中华人民共和国民法典》第一千二百五十九条"
"""以上、以下、以内、届满 include the number; 不满、超过、以外 do not."""
DEFAULT = "系统默认，非法定"
UNWRITTEN_BEFORE_2021 = Cite(DEFAULT, date.min, DIBAO_2021.from_)
"""Before the measures of 2021 no national text knows edge families or dibao for one of their members."""
