"""恢复登记: who belonged to a family last and belongs to none today comes back into it (docs/adr/0040).

Who was registered dead in error lives on from the day after that death; who moved out comes back on that day
or any later one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, looking
from doudi.registry.documents import RELATIONS
from doudi.registry.finding import lasts, stated_purpose
from doudi.registry.models import Membership, Person


@dataclass(frozen=True)
class Former:
    """One who was a member: the last relation, and the first day on which they did not belong any more."""

    id: UUID
    name: str
    relation: str
    gone: date
    died_on: date | None
    region_code: str

    @property
    def unbroken(self) -> date:
        """The day to come back on so that no day is missing."""
        return self.died_on + timedelta(days=1) if self.died_on else self.gone


def listed(*, by: Scope, household: UUID, purpose: str = "") -> list[Former]:
    """Who may come back into the family, in the order of a household book; one audit row for each.

    Raises PurposeNeeded.
    """
    with looking(by):
        found = former(household)
        pairs = [(f"{Person._meta.db_table}:{one.id}", one.region_code) for one in found]
        audit.record_shown(by=by, rows=pairs, purpose=stated_purpose(by, purpose))
    return found


def former(household: UUID) -> list[Former]:
    """Who belonged to this family last and now belongs to none, in the active scope."""
    ever = Membership.objects.filter(household_id=household).values_list("person_id", flat=True)
    rows = [row for row in lasts(set(ever)).values() if row.household_id == household]
    rows.sort(key=lambda row: (RELATIONS.index(row.relation), row.person.sort_key, row.person_id))
    return [_former(row) for row in rows]


def _former(row: Membership) -> Former:
    person, until = row.person, None if row.known_until else row.until_day
    return Former(
        person.id, person.name, row.relation, until or row.from_day, person.died_on, person.region_code
    )


def day_back(last: Former | None, name: str, day: date) -> date:
    """The day from which somebody belongs again who comes back on a day. Raises Refused."""
    if last is None:
        raise Refused(
            f"{name}现在已属于一户，或者最后登记的不是这一户，不能在这里恢复登记；从另一户迁回的，请办“迁入”。"
        )
    if last.died_on and day != last.unbroken:
        raise Refused(
            f"{name}登记于 {last.died_on} 死亡。死亡登记有误的，日期请填次日 {last.unbroken}："
            "自那一天起仍是本户成员，中间不断开。"
        )
    if day < last.gone and not last.died_on:
        raise Refused(
            f"{name}自 {last.gone} 起才不在这一户，恢复日期不能早于那一天；迁出登记有误的，就填 {last.gone}。"
        )
    return max(day, last.gone)
