"""What is hidden in the files on purpose: who, what, since when, in which file, found by which rule.

A household has at most one planted case, so that a finding is either that case or an error of the finder.
"""

from __future__ import annotations

from typing import NamedTuple

ADULT = "age between 20 and 75"


class Kind(NamedTuple):
    """One kind of case: `of` chooses who can have it, `per_mille` how many of those do (at least three)."""

    kind: str
    rule: str
    set: str
    of: str
    per_mille: int
    amount: str = "NULL"


KINDS = (
    Kind("DEATH", "D01", "X21", "age >= 62 and paid > 0", 12),
    Kind("HUKOU_MOVED", "D02", "X01", "age >= 18 and relation <> 'HEAD'", 6),
    Kind("OMITTED_MEMBER", "D03", "X01", "relation = 'HEAD' and size = 1 and age < 60", 25),
    Kind("UNDECLARED_SPOUSE", "D04", "X07", "relation = 'HEAD' and size = 1 and age between 25 and 70", 10),
    Kind("RELOCATED", "D05", "X19", "relation = 'HEAD' and area_type = 'RURAL'", 4),
    Kind("IMPRISONED", "D06", "X20", "age between 20 and 60", 4),
    Kind("WAGE_INSURED", "D10", "X03", f"wage = 0 and {ADULT} and age < 60", 12, "180000 + roll * 300"),
    Kind("PENSION", "D11", "X03", "age >= 61 and pension < 20000", 10, "150000 + roll * 250"),
    Kind("DUPLICATE", "D12", "OWN_LIST", "relation <> 'HEAD' and paid > 0", 8),
    Kind("PUBLIC_POST", "D13", "X04", "wage = 0 and age between 18 and 65", 8, "60000 + roll * 60"),
    Kind("WAGE_TAXED", "D14", "X06", "wage = 0 and age between 20 and 58", 8, "200000 + roll * 300"),
    Kind("FUND", "D14", "X09", "wage = 0 and age between 20 and 58", 5, "200000 + roll * 200"),
    Kind("UNEMPLOYMENT", "D15", "X03", "wage = 0 and age between 25 and 58", 5, "130000 + roll * 30"),
    Kind("SUPPORT_JUDGMENT", "D15", "X20", "age < 17", 8, "50000 + roll * 60"),
    Kind("TURNOVER", "D16", "X06", ADULT, 4, "2000000 + roll * 9000"),
    Kind("CAR", "D20", "X02", f"not vehicle and {ADULT}", 8),
    Kind("COMPANY", "D21", "X05", ADULT, 7),
    Kind("SECOND_HOUSE", "D22", "X08", f"relation = 'HEAD' and {ADULT}", 6),
    Kind("MONEY", "D23", "X10", ADULT, 5, "20000000 + roll * 40000"),
    Kind("BALANCE_DROP", "D24", "X10", ADULT, 4, "15000000 + roll * 20000"),
    Kind("MEDICAL_BURDEN", "D40", "X11", "not ill", 5, "3000000 + roll * 6000"),
    Kind("NOT_INSURED", "D42", "X11", "not ill", 5),
    Kind("INSURED_TWICE", "D43", "X11", "not ill and age between 20 and 60", 5),
    Kind("NURSING_UNPAID", "D50", "X13", "dis_grade in (1, 2)", 30),
    Kind("CERTIFICATE_EXPIRED", "D51", "X13", "dis_grade > 0", 15),
    Kind("DROPOUT", "D52", "X14", "stage = 'COMPULSORY'", 20),
    Kind("DANGEROUS_HOUSE", "D54", "X15", "relation = 'HEAD' and area_type = 'RURAL'", 5),
    Kind("DISASTER_UNAIDED", "D55", "X16", "relation = 'HEAD' and area_type = 'RURAL'", 3),
    Kind("WATER_UNSAFE", "D56", "X17", "relation = 'HEAD' and area_type = 'RURAL'", 4),
    Kind("DIRTY_ID", "D74", "X18", "monitored is not null", 20),
    Kind("DOUBLE_AID", "D80", "X23", "paid > 0 and relation = 'HEAD'", 4, "40000 + roll * 20"),
    Kind(
        "LIST_MEMBER_MISSING", "D81", "X18", "monitored is not null and paid > 0 and relation <> 'HEAD'", 30
    ),
)
"""Cases about registered people. OMITTED_FAMILY (people nobody has registered) is planted beside them."""
OMITTED = Kind("OMITTED_FAMILY", "D40", "X11", "true", 10, "4000000 + roll * 8000")


def planting() -> list[str]:
    """Statements that fill the table `planted`; `people` and `outsider` must exist, `months` be numbered."""
    columns = (
        "kind VARCHAR, rule VARCHAR, source VARCHAR, household_id VARCHAR, person_id VARCHAR, id_no VARCHAR,"
        " since INTEGER, amount BIGINT"
    )
    found = [f"CREATE TABLE planted ({columns})"]
    for kind in KINDS:
        salt = f"'plant-{kind.kind}'"
        found.append(
            f"INSERT INTO planted SELECT '{kind.kind}', '{kind.rule}', '{kind.set}', household_id, person_id,"
            f" id_no, (SELECT month FROM months WHERE nth = 6 + roll % 15), {kind.amount} FROM ("
            f" SELECT *, dice(person_id, {salt} || 'roll') AS roll, dice(person_id, {salt}) AS chosen,"
            "  count(*) OVER () AS all_of_them,"
            f"  row_number() OVER (PARTITION BY household_id ORDER BY md5(person_id || {salt})) AS one"
            f" FROM people ANTI JOIN planted USING (household_id) WHERE {kind.of}) WHERE one = 1"
            f" QUALIFY row_number() OVER (ORDER BY md5(person_id || {salt}))"
            f" <= greatest(3, all_of_them * {kind.per_mille} // 1000)"
        )
    found.append(
        f"INSERT INTO planted SELECT '{OMITTED.kind}', '{OMITTED.rule}', '{OMITTED.set}', NULL, person_id,"
        f" id_no, (SELECT month FROM months WHERE nth = 6 + roll % 15), {OMITTED.amount} FROM ("
        " SELECT *, dice(person_id, 'omitted-roll') AS roll FROM outsider)"
        " QUALIFY row_number() OVER (ORDER BY md5(person_id || 'omitted')) "
        f" <= greatest(3, count(*) OVER () * {OMITTED.per_mille} // 1000)"
    )
    return found
