"""Two departments' lists of the same families held against each other (每半年一次比对): the rows
of the ledger.

The list of civil affairs and that of monitoring (赣发〔2018〕7号 六(三); 安丘市 总结1). Who stands in one
alone is taken in by the other or a reason is written down; incomes that differ by more than
`list_difference_most` are checked. The room that keeps the ledger asks for the
answers; here is only which rows it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doudi.law.parameters import PER_MILLE

MISSING_IN_OTHER, VALUE_DIFF = "MISSING_IN_OTHER", "VALUE_DIFF"


@dataclass(frozen=True)
class Difference:
    """One row: the family, what is amiss, and its income a head (fen) in each list: None where it is not
    listed or its income unknown.
    """

    family: str
    kind: str
    civil: int | None
    monitoring: int | None


def differences(
    civil: Mapping[str, int | None], monitoring: Mapping[str, int | None], *, most: int
) -> tuple[Difference, ...]:
    """The ledger's rows, by family. Lists: family -> income a head (fen); `most`: thousandths of civil's.

    An unknown income is no difference: it is asked for where it is unknown.
    """
    rows = []
    for family in sorted({*civil, *monitoring}):
        ours, theirs = civil.get(family), monitoring.get(family)
        if family not in civil or family not in monitoring:
            rows.append(Difference(family, MISSING_IN_OTHER, ours, theirs))
        elif ours is not None and theirs is not None and abs(theirs - ours) * PER_MILLE > abs(ours) * most:
            rows.append(Difference(family, VALUE_DIFF, ours, theirs))
    return tuple(rows)
