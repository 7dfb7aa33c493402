"""Where something is, as officers say it: without the province, and inside the county without the county."""

from collections.abc import Iterable

from doudi.office.queries import region_names

PREFECTURE, COUNTY = 4, 6


def places(codes: Iterable[str], *, without: int = COUNTY) -> dict[str, str]:
    """Region code -> its name without that of the region `without` digits above; the code when not loaded."""
    wanted = set(codes)
    names = region_names(wanted | {code[:without] for code in wanted})
    short = {code: names.get(code, code).removeprefix(names.get(code[:without], "")) for code in wanted}
    return {code: name or names.get(code, code) for code, name in short.items()}
