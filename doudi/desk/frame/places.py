"""Where something is, as officers say it: without the province, and inside the county without the county."""

import re
import time
from collections.abc import Iterable
from functools import lru_cache

from doudi.office.queries import region_names

PREFECTURE, COUNTY, TOWNSHIP = 4, 6, 9
KEPT_SECONDS = 300
_COMMITTEE = re.compile("(?<=村)(村民|居民)委员会$|(?<=社区)居民委员会$")


def places(codes: Iterable[str], *, without: int = COUNTY) -> dict[str, str]:
    """Region code -> 民主镇 · 小白岩村: its name below the region `without` digits above."""
    wanted = set(codes)
    names = _names({code[:length] for code in wanted for length in (without, TOWNSHIP, len(code))})
    return {code: _said(code, names, without) or names.get(code, code) for code in wanted}


def _names(codes: set[str]) -> dict[str, str]:
    """Every page names places, and they change once in years: asked for once in five minutes."""
    known = _known(int(time.time() // KEPT_SECONDS))
    if missing := codes - known.keys():
        known.update(region_names(missing))
    return known


@lru_cache(maxsize=1)
def _known(_period: int) -> dict[str, str]:
    return {}


def _said(code: str, names: dict[str, str], without: int) -> str:
    town = names.get(code[:TOWNSHIP], "")
    parts = [town.removeprefix(names.get(code[:without], ""))]
    parts += [names.get(code, code).removeprefix(town)] if len(code) > TOWNSHIP else []
    return " · ".join(_COMMITTEE.sub("", part) for part in parts if part)
