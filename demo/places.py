"""Where the invented people live: province 99 does not exist, so no code below it can be anybody's home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

COUNTY = "990101"
PROVINCE = (("99", "示例省"), ("9901", "示例市"), (COUNTY, "示例县"))
URBAN, RURAL = "URBAN", "RURAL"
VILLAGE_NAMES = (
    "柳树",
    "上湾",
    "东沟",
    "石桥",
    "南坡",
    "新华",
    "杨家",
    "河口",
    "李庄",
    "北山",
    "泉水",
    "双井",
)


@dataclass(frozen=True)
class Places:
    """Townships as {three digits after the county: (name, URBAN or RURAL)} with so many villages each."""

    townships: dict[str, tuple[str, str]]
    villages: int

    def area(self, township: str) -> str:
        """URBAN or RURAL."""
        return self.townships[township][1]

    def regions(self) -> Iterator[tuple[str, str]]:
        """(code, name) of the province down to every village."""
        yield from PROVINCE
        for township, (name, area) in self.townships.items():
            yield COUNTY + township, name
            for village in self.village_digits():
                kind = "社区" if area == URBAN else "村"
                yield f"{COUNTY}{township}{village}", VILLAGE_NAMES[int(village) - 1] + kind

    def village_digits(self) -> list[str]:
        """The last three digits of a township's villages."""
        return [f"{number:03}" for number in range(1, self.villages + 1)]


SAMPLE = Places(
    {
        "001": ("城关街道", URBAN),
        "101": ("河东镇", RURAL),
        "102": ("山前镇", RURAL),
        "201": ("云岭乡", RURAL),
    },
    villages=12,
)
"""The four townships of the sample file."""
LIVING = Places(
    {
        "001": ("城关街道", URBAN),
        "002": ("新城街道", URBAN),
        "101": ("河东镇", RURAL),
        "102": ("山前镇", RURAL),
        "103": ("青石镇", RURAL),
        "104": ("双河镇", RURAL),
        "105": ("龙泉镇", RURAL),
        "106": ("白沙镇", RURAL),
        "107": ("马场镇", RURAL),
        "201": ("云岭乡", RURAL),
        "202": ("大坪乡", RURAL),
        "203": ("石门乡", RURAL),
    },
    villages=10,
)
"""The twelve townships and 120 villages of the living county."""
