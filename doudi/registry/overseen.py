"""What whoever oversees the desk asks of the register: under which names the audit keeps a family or person.

Nobody's data is answered, only public ids; each such question is a trace of its own.
"""

from uuid import UUID

from doudi.office import audit
from doudi.office.scope import Scope, looking
from doudi.registry.imports import lists_about
from doudi.registry.models import Household, Membership, Person


def traced_as(*, by: Scope, household_no: str, name: str = "") -> UUID | None:
    """The public id of a family of the scope by its number, or of its member of this name, former ones too.

    None for none, or for two of that name. Writes an audit row either way.
    """
    number, called = "".join(household_no.split()), "".join(name.split())
    with looking(by):
        found = list(Household.objects.filter(household_no=number)[:2])
        if called and found:
            whose = Membership.objects.filter(household__in=found).values("person")
            found = list(Person.objects.filter(id__in=whose, name=called)[:2])
        one = found[0] if len(found) == 1 else None
        audit.record(
            by=by,
            verb="traced",
            subject=audit.subject_of(one) if one else "",
            region=one.region_code if one else None,
            detail={"by": "name" if called else "number", "found": len(found)},
        )
    return one.id if one else None


def traced_with(*, by: Scope, subject: UUID) -> list[str]:
    """What else the audit keeps of a family or person: of a family its members, of a person the lists."""
    with looking(by):
        members = Membership.objects.filter(household=subject).values_list("person", flat=True).distinct()
        people = [f"{Person._meta.db_table}:{person}" for person in members.order_by("person")]
    return people or lists_about(by=by, person=subject)
