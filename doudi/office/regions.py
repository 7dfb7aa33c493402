"""The region tree: what ships in `divisions/`, and loading more (the villages of the counties in use)."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from doudi.kernel.region import RegionCode, RegionError
from doudi.office.models import Region
from doudi.office.scope import EVERYWHERE, system

SHIPPED = Path(__file__).parent / "divisions"
# Names that stand for "the rest of": a full name reads better without them.
_FILLERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_LONGEST_NAME = 60


def shipped_counties() -> list[str]:
    """Codes of the counties whose townships and villages ship with the package."""
    return sorted(file.stem for file in SHIPPED.glob("[0-9]*.csv"))


def load_shipped(*counties: str) -> int:
    """Loads the national table down to counties, and the villages of the named ones; returns the number."""
    rows = list(read_csv(SHIPPED / "national.csv"))
    for county in counties:
        rows += read_csv(SHIPPED / f"{county}.csv")
    return load(rows)


def read_csv(path: Path) -> Iterator[tuple[str, str]]:
    """(code, name) pairs of a UTF-8 file with the columns `code` and `name`; other columns are ignored.

    Raises RegionError naming the file when a column is missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"code", "name"} <= set(reader.fieldnames or ()):
            raise RegionError(f"区划文件 {path} 缺少 code 或 name 列。")
        for row in reader:
            yield row["code"], row["name"]


def load(rows: Iterable[tuple[str, str]]) -> int:
    """Adds or renames regions from (code, name) pairs in any order; returns how many regions they name.

    Raises RegionError for a code or name that cannot be one, and for a region whose county is not loaded.
    """
    named: dict[str, str] = {}
    for code, name in rows:
        digits, label = RegionCode.parse(code).digits, name.strip()
        if not 0 < len(label) <= _LONGEST_NAME:
            raise RegionError(f"区划 {code} 的名称“{label[:20]}”为空或超过 {_LONGEST_NAME} 个字。")
        named.setdefault(digits, label)  # 441900 东莞市 is 4419 东莞市 once more
    above = {code[:length] for code in named for length in (2, 4, 6, 9) if length < len(code)}
    full = dict(Region.objects.filter(code__in=above).values_list("code", "full_name"))
    regions = []
    for code in sorted(named, key=lambda digits: (len(digits), digits)):
        parent = next((part for part in RegionCode(code).path()[1:] if part in full), None)
        if parent is None and len(code) > 2:
            raise RegionError(f"区划 {code} {named[code]} 的上级没有载入，请先载入省、市、县三级。")
        name = "" if named[code] in _FILLERS else named[code]
        full[code] = (full[parent] if parent else "") + name
        regions.append(
            Region(code=code, name=named[code], level=len(code), parent_id=parent, full_name=full[code])
        )
    with system(EVERYWHERE[0], "regions"):  # no page changes them: the database asks for a job
        Region.objects.bulk_create(
            regions,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "level", "parent", "full_name"],
        )
    return len(regions)
