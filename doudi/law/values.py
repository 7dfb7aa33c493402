"""The law's values by place, day and area type: looked up, explained, and laid out as rows for batches.

Resolution goes along the region's path, most specific first, to the first entry in force on the day. A named
hole stops the search: a county that must fill in its own figure is not answered with its province's. Nothing
is ever answered silently: a missing value is None for the engine (a named unknown) and MissingValue for a
caller who needs it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from doudi.engine.vocabulary import ContextRow
from doudi.kernel.region import RegionCode, RegionError, known_county
from doudi.law.documents import Document
from doudi.law.errors import MissingValue, OverlappingTexts, UnknownRegion
from doudi.law.parameters import Parameter, Value
from doudi.law.texts import AREAS, Entry, Texts, read_plain

FIRST_DAY, LAST_DAY = 20120101, 99991231
"""The days the batch rows cover: [FIRST_DAY, LAST_DAY)."""
MOST_EXPLAINED = 20_000


@dataclass(frozen=True)
class Segment:
    """The days [from_, until) on which one entry speaks for one parameter, region and area type."""

    from_: int
    until: int
    entry: Entry


@dataclass(frozen=True)
class Found:
    """An entry that answers a question, with the days on which the answer stays the same."""

    value: Value
    area: str
    from_: int
    until: int | None
    region_name: str
    entry: Entry
    parameter: Parameter
    overrides: tuple[Entry, ...] = ()

    @property
    def shown(self) -> str:
        """The value with its unit, in Chinese."""
        return self.parameter.show(self.value)


@dataclass(frozen=True)
class Values:
    """All values of one law. Immutable; `with_plain` gives another one with test values on top."""

    parameters: Mapping[str, Parameter]
    entries: tuple[Entry, ...]
    regions: Mapping[str, str]
    documents: Mapping[str, Document] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Texts, parameters: Mapping[str, Parameter]) -> Values:
        """The values of texts already read. Raises LawTextError for overlaps and unknown places."""
        values = cls(parameters, tuple(texts.entries), texts.regions, texts.documents)
        for entry in values.entries:
            if entry.region and values.region_name(entry.region) is None:
                raise UnknownRegion(
                    f"地区代码 {entry.region} 不在行政区划名录中；请核对，或在 [regions] 表里写明它的名称",
                    file=entry.file, table=entry.parameter, entry=entry.number,
                )  # fmt: skip
        _ = values.segments
        return values

    def with_plain(self, given: Mapping[str, Value], *, region: str = "") -> Values:
        """These values with test values on top, in force at `region` (or at `name@region`) on every day."""
        entries = read_plain(given, region=region, parameters=self.parameters)
        names = {**{entry.region: "测试地区" for entry in entries if entry.region}, **self.regions}
        anew = {(entry.parameter, entry.region) for entry in entries}
        kept = tuple(e for e in self.entries if not (e.own and (e.parameter, e.region) in anew))
        return replace(self, entries=(*kept, *entries), regions=names)

    # --- places ----------------------------------------------------------------------------------------

    def region_name(self, place: str) -> str | None:
        """The name of a region; for a township or village nobody named, its county's; None when unknown."""
        if not place:
            return "全国"
        try:
            region = RegionCode.parse(place)
        except RegionError:
            return None
        for code in region.path()[:-1]:
            if code in self.regions:
                return self.regions[code]
            if len(code) <= 6:
                break
        return known_county(region)

    def known_regions(self) -> dict[str, str]:
        """The regions the law names, code -> name: those with values of their own and those a file lists."""
        return dict(sorted(self.regions.items()))

    def path(self, place: str) -> list[str]:
        """The regions that may answer for a place, most specific first; an unreadable code: the nation."""
        return _path(place)

    # --- one value -------------------------------------------------------------------------------------

    def lookup(self, name: str, place: str, area_type: str | None, on_ymd: int) -> Value | None:
        """The value in force, or None when the law has none there on that day."""
        segment = self._in_force(name, place, area_type, on_ymd)
        return None if segment is None else segment.entry.values.get(self._area(name, area_type))

    def explain(self, name: str, place: str, area_type: str | None, on_ymd: int) -> Found:
        """The entry that answers, and since when and until when it does. Raises MissingValue."""
        asked = name, place, area_type, on_ymd
        found = self._explained.get(asked)
        if found is None:
            if len(self._explained) >= MOST_EXPLAINED:
                self._explained.clear()
            found = self._explained[asked] = self._explain(*asked)
        return found

    @cached_property
    def _explained(self) -> dict[tuple[str, str, str | None, int], Found]:
        """Asked a hundred times a family page, and of the neighbours the same."""
        return {}

    def _explain(self, name: str, place: str, area_type: str | None, on_ymd: int) -> Found:
        segment = self._in_force(name, place, area_type, on_ymd)
        area = self._area(name, area_type)
        if segment is None or area not in segment.entry.values:
            raise self._missing(name, place, area, on_ymd, segment)
        entry = segment.entry
        under = self._overridden.get((name, entry.region, area), [])
        return Found(
            value=entry.values[area], area=area, from_=segment.from_,
            until=None if segment.until == LAST_DAY else segment.until,
            region_name=self.region_name(entry.region) or "", entry=entry, parameter=self.parameters[name],
            overrides=tuple(s.entry for s in under if s.from_ <= on_ymd < s.until) if entry.own else (),
        )  # fmt: skip

    def require(self, name: str, place: str, area_type: str | None, on_ymd: int) -> Value:
        """The value in force. Raises MissingValue."""
        return self.explain(name, place, area_type, on_ymd).value

    def history(
        self, name: str, place: str, area_type: str | None
    ) -> list[tuple[int, int, Found | MissingValue]]:
        """Every answer over time as (from, until, answer), in order; days nobody speaks about left out."""
        area = self._area(name, area_type)
        cuts = self._cuts((name,), place, area, 0)
        rows: list[tuple[int, int, Found | MissingValue]] = []
        before: Entry | None = None
        for start, end in pairwise(cuts):
            segment = self._in_force(name, place, area, start)
            if segment is None:
                continue
            if rows and rows[-1][1] == start and before is segment.entry:
                rows[-1] = (rows[-1][0], end, rows[-1][2])
                continue
            before = segment.entry
            answer: Found | MissingValue
            if area in segment.entry.values:
                answer = self.explain(name, place, area, start)
            else:
                answer = self._missing(name, place, area, start, segment)
            rows.append((start, end, answer))
        return rows

    # --- rows for the batch engine ---------------------------------------------------------------------

    def contexts(self, names: Iterable[str]) -> list[ContextRow]:
        """Rows for every place with entries of `names`, by area type, complete over [FIRST_DAY, LAST_DAY).

        A household joins the row of its longest known prefix. Neighbouring rows with equal values are merged.
        """
        names = tuple(names)
        asked = set(names)
        places = {""} | {region for name, region, _ in self.segments if name in asked}
        return [
            row for place in sorted(places) for area in AREAS for row in self._rows(names, place, area)
        ]  # fmt: skip

    def _rows(self, names: Sequence[str], place: str, area: str) -> Iterator[ContextRow]:
        changes: dict[int, list[tuple[int, Value | None]]] = defaultdict(list)
        for index, name in enumerate(names):
            for day, value in self._timeline(name, place, area):
                changes[day].append((index, value))
        values: list[Value | None] = [None] * len(names)
        days = sorted(changes)
        for start, end in zip(days, [*days[1:], LAST_DAY], strict=True):
            for index, value in changes[start]:
                values[index] = value
            yield ContextRow(place, area, start, end, tuple(values))

    def _timeline(self, name: str, place: str, area_type: str) -> list[tuple[int, Value | None]]:
        """(day, value from that day on) from FIRST_DAY, without repetitions."""
        area = self._area(name, area_type)
        # Most places inherit most values: they share one timeline per set of regions that say anything.
        regions = tuple(region for region in self.path(place) if (name, region, area) in self.segments)
        key = (name, area, regions)
        if key not in self._timelines:
            changes: list[tuple[int, Value | None]] = []
            for day in self._cuts((name,), place, area, FIRST_DAY)[:-1]:
                value = self.lookup(name, place, area, day)
                if not changes or changes[-1][1] != value or type(changes[-1][1]) is not type(value):
                    changes.append((day, value))
            self._timelines[key] = changes
        return self._timelines[key]

    @cached_property
    def _timelines(self) -> dict[tuple[str, str, tuple[str, ...]], list[tuple[int, Value | None]]]:
        return {}

    def _cuts(self, names: Sequence[str], place: str, area: str, first: int) -> list[int]:
        days = {first, LAST_DAY}
        for region in self.path(place):
            for name in names:
                for segment in self.segments.get((name, region, self._area(name, area)), ()):
                    days.update(day for day in (segment.from_, segment.until) if first <= day <= LAST_DAY)
        return sorted(days)

    # --- inside ----------------------------------------------------------------------------------------

    def _area(self, name: str, area_type: str | None) -> str:
        return (area_type or "") if self.parameters[name].by_area else ""

    def _in_force(self, name: str, place: str, area_type: str | None, on: int) -> Segment | None:
        area = self._area(name, area_type)
        for region in self.path(place):
            segments = self.segments.get((name, region, area))
            if segments:
                at = bisect_right(segments, on, key=lambda segment: segment.from_) - 1
                if at >= 0 and on < segments[at].until:
                    return segments[at]
        return None

    def _missing(self, name: str, place: str, area: str, on: int, segment: Segment | None) -> MissingValue:
        later = (
            one.from_ for one in self.segments.get((name, "", area), ()) if segment is None and on < one.from_
        )
        return MissingValue(
            parameter=name, label=self.parameters[name].label, region=place,
            region_name=self.region_name(place) or "", on=on, area=area,
            hint=segment.entry.holes.get(area, "") if segment else "", since=next(later, None),
        )  # fmt: skip

    @cached_property
    def segments(self) -> dict[tuple[str, str, str], list[Segment]]:
        """Who speaks when, by (parameter, region, area type); a user's entries displace the shipped ones."""
        own = _segments(entry for entry in self.entries if entry.own)
        shipped = _segments(entry for entry in self.entries if not entry.own)
        for key, over in own.items():
            shipped[key] = sorted([*over, *_without(shipped.get(key, []), over)], key=lambda s: s.from_)
        return shipped

    @cached_property
    def _overridden(self) -> dict[tuple[str, str, str], list[Segment]]:
        own = set(_segments(entry for entry in self.entries if entry.own))
        shipped = _segments(entry for entry in self.entries if not entry.own)
        return {key: segments for key, segments in shipped.items() if key in own}

    def overridden(self) -> list[tuple[Entry, Entry]]:
        """(the user's entry, the shipped entry it speaks over) for every pair whose days meet."""
        pairs: dict[tuple[int, int], tuple[Entry, Entry]] = {}
        for key, under in self._overridden.items():
            for over in (segment for segment in self.segments[key] if segment.entry.own):
                for below in under:
                    if below.from_ < over.until and over.from_ < below.until:
                        pairs[id(over.entry), id(below.entry)] = (over.entry, below.entry)
        return list(pairs.values())


def _segments(entries: Iterable[Entry]) -> dict[tuple[str, str, str], list[Segment]]:
    """Days per parameter, region and area type; an entry without `until` ends where the next one begins."""
    rows: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        for area in entry.areas:
            rows[entry.parameter, entry.region, area].append(entry)
    return {key: _chain(sorted(found, key=lambda e: e.from_)) for key, found in rows.items()}


def _chain(entries: list[Entry]) -> list[Segment]:
    segments = []
    for entry, later in zip(entries, [*entries[1:], None], strict=True):
        until = entry.until or (later.from_ if later else LAST_DAY)
        if later and (later.from_ == entry.from_ or until > later.from_):
            raise OverlappingTexts(
                f"与 {entry.file} 第{entry.number}条（{entry.from_} 起）在同一地区、同一时间重叠；"
                "请给前一条写上 until，或删去一条",
                file=later.file, table=later.parameter, entry=later.number,
            )  # fmt: skip
        segments.append(Segment(entry.from_, until, entry))
    return segments


def _without(under: list[Segment], over: list[Segment]) -> list[Segment]:
    """What is left of `under` on the days that `over` does not speak about."""
    left = under
    for upper in over:
        pieces = []
        for segment in left:
            if segment.until <= upper.from_ or upper.until <= segment.from_:
                pieces.append(segment)
                continue
            if segment.from_ < upper.from_:
                pieces.append(replace(segment, until=upper.from_))
            if upper.until < segment.until:
                pieces.append(replace(segment, from_=upper.until))
        left = pieces
    return left


@lru_cache(maxsize=4096)
def _path(place: str) -> list[str]:
    try:
        return RegionCode.parse(place).path() if place else [""]
    except RegionError:
        return [""]
