"""What the documents demand of the values themselves, and what is doubtful about them.

Each check is a function of the values that yields findings. The demands are switched by values of their own
(`orphan_above_tekun`, `poverty_line_equals_dibao` ...), so a county that adds a standard is held to what its
own documents say, wherever it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from doudi.engine.vocabulary import ContextRow
from doudi.kernel.money import div_up, format_yuan
from doudi.law.documents import quoted
from doudi.law.parameters import PER_MILLE
from doudi.law.texts import AREAS
from doudi.law.values import LAST_DAY, Found, Values

ERROR, WARNING, HOLE = "error", "warning", "hole"
KINDS = {ERROR: "错误", WARNING: "提醒", HOLE: "待填写"}
_TOLERANCE = 20
"""左右: two percentage points either side, in thousandths."""


@dataclass(frozen=True)
class Finding:
    """One thing found; `from_`, `until` yyyymmdd (exclusive, None open), `where` file and entry, if any."""

    kind: str
    parameter: str
    region: str
    area: str
    from_: int
    until: int | None
    text: str
    where: str = ""


def check(values: Values) -> list[Finding]:
    """Every finding of every check, errors first, then by region, day and parameter; without repetitions."""
    found = {finding for look in CHECKS for finding in look(values)}
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    return sorted(found, key=lambda f: (order[f.kind], f.region, f.from_, f.parameter, f.area, f.text))


def _compare(
    values: Values, names: tuple[str, ...], wrong: Callable[..., str | None], kind: str = ERROR
) -> Iterator[Finding]:
    """A finding wherever all `names` have a value and `wrong(*values)` says what is amiss."""
    by_area = any(values.parameters[name].by_area for name in names)
    for row in values.contexts(names):
        if None not in row.values and (by_area or row.area_type == AREAS[0]) and (text := wrong(*row.values)):
            yield _at(values, row, names, kind, text, row.area_type if by_area else "")


def _at(values: Values, row: ContextRow, names: tuple[str, ...], kind: str, text: str, area: str) -> Finding:
    """The finding, blamed on the entry that came last: a user's own, or the one that took effect latest."""
    entries = [values.explain(name, row.place, row.area_type, row.from_ymd).entry for name in names]
    entry = max(entries, key=lambda entry: (entry.own, entry.from_))
    until = None if row.until_ymd == LAST_DAY else row.until_ymd
    return Finding(
        kind, names[0], row.place, area, row.from_ymd, until, text, f"{entry.file} 第{entry.number}条"
    )


def tekun_follows_dibao(values: Values) -> Iterator[Finding]:
    """特困标准 at least so many times 低保标准 (赣发〔2018〕7号 五(一)2: 1.3)."""

    def wrong(tekun: int, dibao: int, ratio: int) -> str | None:
        if tekun * PER_MILLE >= dibao * ratio:
            return None
        least = format_yuan(div_up(dibao * ratio, PER_MILLE))
        times = values.parameters["tekun_min_ratio"].show(ratio)
        low, line = format_yuan(tekun), format_yuan(dibao)
        return f"特困标准 {low} 元低于低保标准 {line} 元的 {times}，至少应为 {least} 元"

    yield from _compare(values, ("tekun_standard", "dibao_standard", "tekun_min_ratio"), wrong)


def orphans_stand_above_tekun(values: Values) -> Iterator[Finding]:
    """孤儿标准略高于特困标准, strictly (赣发〔2018〕7号 五(一)2)."""

    def wrong(orphan: int, tekun: int, demanded: bool) -> str | None:
        if not demanded or orphan > tekun:
            return None
        return f"孤儿标准 {format_yuan(orphan)} 元没有高于特困标准 {format_yuan(tekun)} 元"

    for name in ("orphan_scattered_standard", "orphan_institution_standard"):
        yield from _compare(values, (name, "tekun_standard", "orphan_above_tekun"), wrong)


def nursing_reaches_its_share(values: Values) -> Iterator[Finding]:
    """照料护理费 at least so much of the minimum wage where a document says so (赣发〔2018〕7号 五(一)2)."""

    def low_ratio(share: int, floor: int) -> str | None:
        if share >= floor:
            return None
        return f"照料护理费占最低工资 {_percent(share)}，不得低于 {_percent(floor)}"

    def low_amount(amount: int, wage: int, floor: int) -> str | None:
        if amount * PER_MILLE >= wage * floor:
            return None
        least = format_yuan(div_up(wage * floor, PER_MILLE))
        return f"照料护理费 {format_yuan(amount)} 元低于最低工资的 {_percent(floor)}，至少应为 {least} 元"

    for grade in ("full", "partial"):
        floor = f"tekun_nursing_{grade}_least"
        yield from _compare(values, (f"tekun_nursing_{grade}_ratio", floor), low_ratio)
        yield from _compare(values, (f"tekun_nursing_{grade}_amount", "minimum_wage", floor), low_amount)


def urban_equals_rural(values: Values) -> Iterator[Finding]:
    """城乡低保标准一体化: one figure for both (江府〔2018〕6号 二(一)1)."""
    names = ("dibao_standard", "dibao_urban_equals_rural")
    for row in values.contexts(names):
        mine, demanded = row.values
        rural = values.lookup("dibao_standard", row.place, "RURAL", row.from_ymd)
        if row.area_type == "URBAN" and demanded and mine is not None and rural is not None and mine != rural:
            figures = f"城镇低保标准 {format_yuan(int(mine))} 元与农村 {format_yuan(int(rural))} 元"
            text = f"{figures}不同，当地文件要求一体化"
            yield _at(values, row, names, ERROR, text, "")


def poverty_line_equals_dibao(values: Values) -> Iterator[Finding]:
    """扶贫线 equals 低保标准 where a document unites them (江府〔2018〕6号 二(一)1; 赣发〔2018〕7号 四)."""

    def wrong(line: int, dibao: int, demanded: bool) -> str | None:
        if not demanded or line == dibao:
            return None
        return f"扶贫线 {format_yuan(line)} 元与低保标准 {format_yuan(dibao)} 元不同，当地文件要求两线合一"

    yield from _compare(values, ("poverty_line", "dibao_standard", "poverty_line_equals_dibao"), wrong)


def yearly_growth_in_band(values: Values) -> Iterator[Finding]:
    """每年10%左右, 每年9%左右: a rise two points off is worth a look (赣发〔2018〕7号 五(一)1); so is a fall
    anywhere (江府〔2018〕6号 二(一)1: 2018年后扶贫标准与低保标准同步提高).
    """
    for older, newer in _raises(values, "dibao_standard"):
        low = _number(values, "dibao_growth_low", newer)
        high = _number(values, "dibao_growth_high", newer)
        if low is not None and high is not None:
            yield from _outside_band(older, newer, low, high)
        elif newer.value < older.value:  # type: ignore[operator]
            yield _about(
                newer, WARNING, f"{newer.parameter.label}由 {older.shown} 降为 {newer.shown}，请核对文件"
            )
    for older, newer in _raises(values, "avg_top_up_target"):
        aim = _number(values, "top_up_growth_target", newer)
        if aim is not None:
            yield from _outside_band(older, newer, aim - _TOLERANCE, aim + _TOLERANCE)


def funds_never_shrink(values: Values) -> Iterator[Finding]:
    """各项投入只增不减: no yearly budget below the one before (赣发〔2018〕7号 六(四))."""
    for name in (name for name in values.parameters if name.startswith("fund_")):
        for older, newer in _raises(values, name):
            if newer.value < older.value and _number(values, "funds_never_lower", newer):  # type: ignore[operator]
                yield _about(newer, ERROR, f"{newer.parameter.label} {newer.shown}，少于此前的 {older.shown}")


def grace_keeps_to_the_policy(values: Values) -> Iterator[Finding]:
    """A grace period longer than 原则上不超过6个月 needs a reason (民发〔2022〕83号 一(三))."""

    def wrong(months: int, policy: int) -> str | None:
        if policy == 0 or months <= policy:
            return None
        return f"渐退期 {months} 个月超过国家原则上限 {policy} 个月"

    for name in ("grace_months", "grace_months_disabled"):
        yield from _compare(values, (name, "grace_policy_months"), wrong, WARNING)


def income_counts_over_twelve_months(values: Values) -> Iterator[Finding]:
    """申请前12个月 (盘州试点方案 二(一)六): the months are gathered before any value is read."""

    def wrong(months: int) -> str | None:
        return None if months == 12 else f"收入按申请前12个月归集，不能改为 {months} 个月"

    yield from _compare(values, ("income_window_months",), wrong)


_WORDS = {"least": "不得低于", "most": "不得超过"}


def own_values_keep_the_documents_bounds(values: Values) -> Iterator[Finding]:
    """不低于10%, 1至2年: a county may not go beyond a document's bound, and is told of differences."""
    shipped = replace(values, entries=tuple(entry for entry in values.entries if not entry.own))
    for entry in (entry for entry in values.entries if entry.own):
        for area, value in entry.values.items():
            for start, end, bound in shipped.history(entry.parameter, entry.region, area):
                first, last = max(start, entry.from_), min(end, entry.until or LAST_DAY)
                if isinstance(bound, Found) and first < last and (said := _against(bound, value)):
                    kind, words = said
                    text = f"{values.parameters[entry.parameter].show(value)}，{words}"
                    where = f"{entry.file} 第{entry.number}条"
                    until = None if last == LAST_DAY else last
                    yield Finding(kind, entry.parameter, entry.region, area, first, until, text, where)


def _against(bound: Found, value: Any) -> tuple[str, str] | None:
    """(kind, what the document says) where a county's value is not what the document gives; else None."""
    parameter, limit = bound.parameter, bound.value
    if bound.entry.range:
        low, high = bound.entry.range
        if low <= value <= high:
            return None
        return ERROR, f"文件规定 {parameter.show(low)} 至 {parameter.show(high)}（{bound.entry.cites}）"
    if bound.entry.status != "statutory" or value == limit:
        return None
    # A limit of nothing (no extension, no float) bounds nobody: it is a fact about the document's silence.
    beyond = limit and ((parameter.document == "least" and value < limit)
                        or (parameter.document == "most" and value > limit))  # fmt: skip
    word = "为" if not beyond or parameter.type == "bool" else _WORDS[parameter.document]
    return ERROR if beyond else WARNING, f"文件规定{word} {bound.shown}（{bound.entry.cites}）"


def an_extended_limit_is_longer(values: Values) -> Iterator[Finding]:
    """The extended total is a total, never shorter than the ordinary one."""

    def wrong(extended: int, total: int) -> str | None:
        if extended == 0 or extended >= total:
            return None
        return f"延长后的总时限 {extended} 个工作日短于原时限 {total} 个工作日"

    for step in ("recognition", "tekun", "rigid"):
        yield from _compare(values, (f"{step}_extended_days", f"{step}_total_days"), wrong)


def documents_were_in_force(values: Values) -> Iterator[Finding]:
    """Every cited document is registered, and had begun and not ended on the days the entry speaks."""
    for segments in values.segments.values():
        for segment in segments:
            entry = segment.entry
            for document in quoted(entry.cites, values.documents):
                text = ""
                if document is None:
                    text = f"引用的“{entry.cites}”没有登记；请在 documents 中写明文件、施行日和来源"
                elif segment.from_ < document.from_:
                    text = f"生效日早于所引文件的施行日（{document.name}，{document.from_}）"
                elif document.until is not None and segment.until > document.until:
                    text = f"所引文件已于 {document.until} 停止施行（{document.name}），这一条仍在沿用"
                if text:
                    until = None if segment.until == LAST_DAY else segment.until
                    where = f"{entry.file} 第{entry.number}条"
                    area = "" if len(entry.areas) > 1 else entry.areas[0]
                    yield Finding(
                        WARNING, entry.parameter, entry.region, area, segment.from_, until, text, where
                    )


def doubts_are_shown(values: Values) -> Iterator[Finding]:
    """What an entry's `flag` says: a published figure that looks wrong, a rule that has run out."""
    for entry in values.entries:
        if entry.flag:
            where = f"{entry.file} 第{entry.number}条"
            yield Finding(
                WARNING, entry.parameter, entry.region, "", entry.from_, entry.until, entry.flag, where
            )


CHECKS: tuple[Callable[[Values], Iterator[Finding]], ...] = (
    tekun_follows_dibao,
    orphans_stand_above_tekun,
    nursing_reaches_its_share,
    urban_equals_rural,
    poverty_line_equals_dibao,
    yearly_growth_in_band,
    funds_never_shrink,
    grace_keeps_to_the_policy,
    income_counts_over_twelve_months,
    own_values_keep_the_documents_bounds,
    an_extended_limit_is_longer,
    documents_were_in_force,
    doubts_are_shown,
)


def _raises(values: Values, name: str) -> Iterator[tuple[Found, Found]]:
    """(older, newer) for each change of a parameter at the regions that set it themselves."""
    for parameter, region, area in values.segments:
        if parameter == name:
            answers = [answer for _, _, answer in values.history(name, region, area)]
            for older, newer in pairwise(answers):
                if isinstance(older, Found) and isinstance(newer, Found) and older.value != newer.value:
                    yield older, newer


def _number(values: Values, name: str, found: Found) -> int | None:
    value = values.lookup(name, found.entry.region, found.area, found.from_)
    return None if value is None else int(value)


def _outside_band(older: Found, newer: Found, low: int, high: int) -> Iterator[Finding]:
    before, after = int(older.value), int(newer.value)
    if not before * low <= (after - before) * PER_MILLE <= before * high:
        text = f"由 {older.shown} 调整为 {newer.shown}，增幅不在 {_percent(low)} 至 {_percent(high)} 之间"
        yield _about(newer, WARNING, text)


def _about(found: Found, kind: str, text: str) -> Finding:
    entry = found.entry
    where = f"{entry.file} 第{entry.number}条"
    return Finding(kind, entry.parameter, entry.region, found.area, found.from_, found.until, text, where)


def _percent(per_mille: int) -> str:
    whole, tenth = divmod(per_mille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"
