"""Reading the dated entries of `values/**/*.toml` and of a county's own `--values` file: one shape for both.

```toml
[defaults]                    # optional: what every entry of this file says unless it says otherwise
region = "370784"             # or several: ["520281123", "520281214"]; unless written, what the folder says:
                              # values/regions/<digits>/ or values/national/
reviewed = 2026-11-22
[regions]                     # optional: names of places this file speaks about
"370784" = "安丘市"
[documents."江府〔2018〕6号"]  # optional, see documents.toml
...
[[dibao_standard]]
from = 2018-01-01             # takes effect; in force until the next entry of the same place begins,
until = 2021-01-01            # or until (exclusive) this day
value = { URBAN = "719.00", RURAL = "537.00" }    # or one value for both
# hole = "请填写……"            # instead of value, or for the area types that value leaves out
cites = "江府〔2018〕6号 一(二)"
status = "statutory"          # statutory: the document says so | default: our choice, shown as such | test
announced = 2018-03-12        # optional
reviewed = 2026-11-22         # the day someone last held the entry against the document
note = "..."                  # optional, shown with the figure
flag = "..."                  # optional, a doubt about the published figure; `doudi law check` lists it
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from doudi.kernel.region import RegionCode, RegionError
from doudi.law import errors
from doudi.law.documents import Document, read_documents
from doudi.law.parameters import Parameter, Value, read_toml, ymd

AREAS = ("URBAN", "RURAL")
EARLIEST = 19491001
"""No document is older: a day before it is a slip of the pen that would hold for all time."""
STATUSES = {"statutory": "文件规定", "default": "系统默认", "test": "测试数值"}

_NEEDED = {"from": "生效日", "cites": "文件依据", "status": "状态", "reviewed": "核对日期"}
_OPTIONAL = frozenset(("region", "until", "value", "hole", "announced", "note", "flag", "unit", "range"))
_DEFAULTABLE = frozenset(("region", "cites", "status", "announced", "reviewed"))


@dataclass(frozen=True)
class Entry:
    """One row of a values file. Dates are ints yyyymmdd, `until` exclusive; `values`, `holes` by area type.

    A parameter that does not differ by area type has the single area type "". `own` marks a user's file.
    `range`: the least and the most a county may choose where the document leaves it a choice (1至2年).
    """

    parameter: str
    region: str
    from_: int
    until: int | None
    values: Mapping[str, Value]
    holes: Mapping[str, str]
    cites: str
    status: str
    reviewed: int
    announced: int | None
    note: str
    flag: str
    file: str
    number: int
    own: bool
    range: tuple[Value, ...] = ()

    @property
    def areas(self) -> tuple[str, ...]:
        """The area types this entry speaks about."""
        return (*self.values, *self.holes)

    def canonical(self) -> list[Any]:
        """What of the entry decides or is quoted, for the law's version."""
        return [
            self.parameter, self.region, self.from_, self.until, dict(self.values), dict(self.holes),
            self.cites, self.status, self.note, self.flag,
        ]  # fmt: skip


@dataclass
class Texts:
    """What a set of values files says: entries in file order, place names, documents."""

    entries: list[Entry] = field(default_factory=list)
    regions: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    """One table of the array `name`, with what is needed to say where it stands."""

    name: str
    table: Mapping[str, Any]
    file: str
    number: int

    def fail(self, kind: type[errors.LawTextError], problem: str) -> errors.LawTextError:
        return kind(problem, file=self.file, table=self.name, entry=self.number)


def read_folder(folder: Path, parameters: Mapping[str, Parameter]) -> Texts:
    """The shipped law: `national/*.toml`, `regions/<digits>/*.toml`, and the names of `../regions.toml`.

    Raises LawTextError.
    """
    texts = Texts()
    places = folder.parent / "regions.toml"
    if places.exists():
        _read(places, places.name, region="", parameters=parameters, into=texts, own=False)
    for path in sorted(folder.glob("**/*.toml")):
        parts = path.relative_to(folder).parts
        region = parts[1] if parts[0] == "regions" else ""
        _read(path, "/".join(("values", *parts)), region=region, parameters=parameters, into=texts, own=False)
    return texts


def read_own(path: Path, parameters: Mapping[str, Parameter], into: Texts) -> None:
    """A user's file, or every `*.toml` of a folder laid out like the shipped one. Raises LawTextError."""
    if not path.is_dir():
        _read(path, str(path), region=None, parameters=parameters, into=into, own=True)
        return
    for file in sorted(path.glob("**/*.toml")):
        folder = file.parent.name
        region = folder if folder.isdigit() else "" if folder == "national" else None
        _read(file, str(file), region=region, parameters=parameters, into=into, own=True)


def _read(
    path: Path, shown: str, *, region: str | None, parameters: Mapping[str, Parameter], into: Texts, own: bool
) -> None:
    tables = read_toml(path, shown)
    into.documents.update(read_documents(tables.pop("documents", {}), shown))
    for code, name in tables.pop("regions", {}).items():
        into.regions[_digits(str(code), _Row("regions", {}, shown, 0))] = str(name)
    defaults = tables.pop("defaults", {})
    if odd := set(defaults) - _DEFAULTABLE:
        raise errors.UnknownField(f"不认识的键：{'、'.join(sorted(odd))}", file=shown, table="defaults")
    given = {**({} if region is None else {"region": region}), **defaults}
    for name, rows in tables.items():
        if name not in parameters:
            problem = "没有声明过这个参数；请用 doudi law list 查正确的名字，或先在 parameters 中声明"
            raise errors.UnknownParameter(problem, file=shown, table=name)
        if not isinstance(rows, list):
            raise errors.WrongUnit("应写成 [[名字]]（双方括号），一条一段", file=shown, table=name)
        for number, table in enumerate(rows, 1):
            row = {**given, **table}
            places = row.get("region")
            for place in places if isinstance(places, list) else [places]:
                placed = _Row(name, {**row, "region": place}, shown, number)
                into.entries.append(_entry(placed, parameters[name], own=own))


def read_plain(
    given: Mapping[str, Value], *, region: str, parameters: Mapping[str, Parameter]
) -> list[Entry]:
    """Test values written as `{parameter = value}`, in force always: for worked cases.

    `name@370784` places one at another region than `region`. Raises LawTextError.
    """
    entries = []
    for key, value in given.items():
        name, _, place = key.partition("@")
        if name not in parameters:
            raise errors.UnknownParameter("没有声明过这个参数", file="values", table=name)
        table = {"region": place or region, "from": date(1949, 10, 1), "value": value, "status": "test"}
        row = _Row(name, {**table, "cites": "测试数值", "reviewed": date(1949, 10, 1)}, "values", 1)
        entries.append(_entry(row, parameters[name], own=True))
    return entries


def _entry(row: _Row, parameter: Parameter, *, own: bool) -> Entry:
    table = row.table
    if odd := set(table) - _OPTIONAL - set(_NEEDED):
        raise row.fail(errors.UnknownField, f"不认识的键：{'、'.join(sorted(odd))}")
    for key, what in _NEEDED.items():
        if not table.get(key):
            raise row.fail(errors.MissingField, f"缺少 {key}（{what}）")
    if table["status"] not in STATUSES:
        raise row.fail(errors.WrongStatus, f"状态“{table['status']}”应为 {'、'.join(STATUSES)} 之一")
    if table.get("unit", parameter.unit) != parameter.unit:
        raise row.fail(errors.WrongUnit, f"单位“{table['unit']}”与参数声明的“{parameter.unit}”不同")
    if table.get("region") is None:
        raise row.fail(errors.MissingField, '缺少 region（地区代码）；在本条或 [defaults] 中写明，全国写 ""')
    from_, until = _day(row, "from"), _day(row, "until")
    if from_ is not None and from_ < EARLIEST:
        raise row.fail(
            errors.EmptySpan, f"生效日 {table['from']} 早于 1949-10-01，没有文件能从那天起施行，请核对"
        )
    if from_ is None or (until is not None and until <= from_):
        raise row.fail(errors.EmptySpan, f"until {table.get('until')} 不晚于 from {table['from']}")
    values = {area: _value(row, parameter, raw) for area, raw in _by_area(row, parameter, "value")}
    holes = {area: str(text) for area, text in _by_area(row, parameter, "hole")}
    if not values and not holes:
        raise row.fail(errors.MissingField, "缺少 value（数值）；文件没有给出时写 hole 并说明要谁填什么")
    if both := set(values) & set(holes):
        raise row.fail(errors.OverlappingTexts, f"value 与 hole 都写了{'、'.join(sorted(both)) or '同一项'}")
    return Entry(
        parameter=row.name, region=_digits(table["region"], row), from_=from_, until=until,
        values=values, holes=holes, cites=str(table["cites"]), status=table["status"],
        reviewed=_day(row, "reviewed") or 0, announced=_day(row, "announced"),
        note=str(table.get("note", "")), flag=str(table.get("flag", "")),
        file=row.file, number=row.number, own=own,
        range=tuple(_value(row, parameter, raw) for raw in table.get("range", ())),
    )  # fmt: skip


def _day(row: _Row, key: str) -> int | None:
    day = row.table.get(key)
    if day is None:
        return None
    if not isinstance(day, date):
        raise row.fail(errors.WrongUnit, f"{key} 应写成不带引号的日期，例如 2018-01-01，现为 {day}")
    return ymd(day)


def _by_area(row: _Row, parameter: Parameter, key: str) -> Iterator[tuple[str, Any]]:
    given = row.table.get(key)
    if given is None:
        return
    if not isinstance(given, dict):
        yield from ((area, given) for area in (AREAS if parameter.by_area else ("",)))
        return
    if not parameter.by_area:
        raise row.fail(errors.UnknownAreaType, "这个参数不分城乡，请只写一个数值")
    for area, raw in given.items():
        if area not in AREAS:
            raise row.fail(errors.UnknownAreaType, f"城乡类型“{area}”应为 URBAN（城镇）或 RURAL（农村）")
        yield area, raw


def _value(row: _Row, parameter: Parameter, raw: Any) -> Value:
    try:
        return parameter.read(raw)
    except ValueError as problem:
        raise row.fail(errors.WrongUnit, str(problem)) from None


def _digits(code: object, row: _Row) -> str:
    if code == "":
        return ""
    try:
        return RegionCode.parse(str(code)).digits
    except RegionError as problem:
        raise row.fail(errors.UnknownRegion, str(problem)) from None
