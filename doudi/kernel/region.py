"""Administrative divisions by their code (GB/T 2260 to the county, GB/T 10114 and the NBS codes below it).

The level is read from the length of the code, never from the name: 市 is a prefecture in 江门市 and a
county in 盘州市.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path


class RegionError(ValueError):
    """A region code that cannot be read; the text is Chinese."""


class Level(StrEnum):
    """The five levels of division."""

    PROVINCE = "PROVINCE"
    PREFECTURE = "PREFECTURE"
    COUNTY = "COUNTY"
    TOWNSHIP = "TOWNSHIP"
    VILLAGE = "VILLAGE"


_LEVELS = {
    2: Level.PROVINCE,
    4: Level.PREFECTURE,
    6: Level.COUNTY,
    9: Level.TOWNSHIP,
    12: Level.VILLAGE,
}

# 东莞, 中山, 儋州, 嘉峪关: prefecture-level cities that govern their towns directly and stand in for a
# county.
_CITIES_WITHOUT_COUNTIES = frozenset({"4419", "4420", "4604", "6202"})

_LOC_LINE = re.compile(r'(?P<child>  )?(?P<code>[0-9]+) (?:province|county)="(?P<names>[^"]*)"')
_YEARS = re.compile(r"^\[[-0-9]*\]")


@dataclass(frozen=True, order=True, slots=True)
class RegionCode:
    """One division, held as its significant digits: 2, 4, 6, 9 or 12 of them.

    Build it with `parse`; the plain constructor trusts its caller.
    """

    digits: str

    @classmethod
    def parse(cls, text: str | int) -> RegionCode:
        """Read a code of 2, 4, 6, 9 or 12 digits; zero-filled forms (440700, 370784000000) lose their zeros.

        A number is accepted: no code starts with 0 and twelve digits are exact. Raises RegionError.
        """
        digits = "".join(unicodedata.normalize("NFKC", str(text)).split())
        if isinstance(text, bool) or not re.fullmatch("[1-9][0-9]+", digits) or len(digits) not in _LEVELS:
            raise RegionError(
                f"行政区划代码“{str(text)[:20]}”无效：应为 2、4、6、9 或 12 位数字，"
                "例如县级 370784、乡级 520281103"
            )
        # Level by level, not rstrip("0"): 370790 is a county whose code ends in a zero of its own.
        lengths = sorted(_LEVELS, reverse=True)
        for length, shorter in pairwise(lengths):
            if len(digits) == length and not digits[shorter:].strip("0"):
                digits = digits[:shorter]
        return cls(digits)

    @property
    def level(self) -> Level:
        """The level the code names."""
        return _LEVELS[len(self.digits)]

    @property
    def county(self) -> str | None:
        """The six digits of the county the division lies in; None for a prefecture or a province.

        The four prefecture-level cities without counties are their own: 4419 gives 441900.
        """
        if len(self.digits) < 6 and self.digits not in _CITIES_WITHOUT_COUNTIES:
            return None
        return self.digits[:6].ljust(6, "0")

    def path(self) -> list[str]:
        """The codes that may hold a value for this division, most specific first, '' (the nation) last."""
        return [self.digits[:length] for length in (12, 9, 6, 4, 2, 0) if length <= len(self.digits)]

    def within(self, other: RegionCode) -> bool:
        """True when this division is the other one or lies in it."""
        return self.digits.startswith(other.digits)

    def __str__(self) -> str:
        return self.digits


def known_county(code: str | int | RegionCode) -> str | None:
    """The name of the county a code lies in, from the list in python-stdnum; None when it knows none.

    An abolished county keeps its last name (old households carry its code). A prefecture or province
    answers None, except the four prefecture-level cities that have no counties. Raises RegionError for a
    malformed code.
    """
    county = (code if isinstance(code, RegionCode) else RegionCode.parse(code)).county
    return None if county is None else _names().get(county)


@cache
def _names() -> dict[str, str]:
    # The file is read without importing the package: `import stdnum` brings pydoc and ssl, 40 ms of every
    # cold start.
    package = find_spec("stdnum")
    if package is None or not package.submodule_search_locations:
        raise RegionError("缺少行政区划名录（python-stdnum），请重新安装本软件")
    names: dict[str, str] = {}
    province = ""
    loc = Path(package.submodule_search_locations[0], "cn", "loc.dat")
    for line in loc.read_text(encoding="utf-8").splitlines():
        found = _LOC_LINE.fullmatch(line)
        if found is None:
            continue
        if found["child"]:
            # "[1993-1995]丘县,[1996-]邱县": the last one listed is the one in use.
            names[province + found["code"]] = _YEARS.sub("", found["names"].split(",")[-1])
        else:
            province = found["code"]
    return names
