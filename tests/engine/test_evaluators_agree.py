"""Random households, every evaluator, every intermediate."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine import polars_path
from doudi.engine.vocabulary import PERSON, Rule
from tests.engine.small_law import (
    RULES,
    by_duckdb,
    by_polars,
    by_scalar,
    differences,
    small_program,
)

PROGRAM = small_program()
AMOUNTS = st.sampled_from(
    [
        0,
        1,
        -1,
        5,
        11,
        40000,
        480000,
        1799999,
        1800000,
        -250001,
        2**31 - 1,
        2**31,
        -(2**31) - 1,
        2**53,
        -(2**53),
    ]
) | st.integers(-(10**7), 10**7)
DAYS = st.sampled_from(
    [
        20080229,
        20240229,
        20250228,
        20250301,
        20241231,
        20200630,
        20200701,
        20141231,
        20150101,
        19500131,
        19650301,
    ]
)
HOUSEHOLD = st.fixed_dictionaries(
    {
        "region_code": st.sampled_from(
            ["440703001002", "440783", "520281103001", "520221", "520000", "360000", "44"]
        ),
        "area_type": st.sampled_from(["URBAN", "RURAL"]),
        "on": DAYS,
        "support_paid": st.none() | AMOUNTS,
        "cars": st.none() | st.integers(0, 3),
        "hukou": st.none() | st.sampled_from(["AGRI", "O'NON", ""]),
        "refused": st.none() | st.booleans(),
        "applied": st.none() | DAYS,
    }
)
MEMBER = st.fixed_dictionaries(
    {
        "birth_date": st.none() | DAYS,
        "hired": st.none() | DAYS,
        "wage": st.none() | AMOUNTS,
        "transfer": st.none() | AMOUNTS,
        "student": st.none() | st.booleans(),
        "labour": st.none() | st.sampled_from(["SKILLED", "ORDINARY", "NONE"]),
        "work_place": st.none() | st.sampled_from(["440703", "520000", "520281", "no place", ""]),
    }
)


@st.composite
def register(draw):
    """Households and persons in no order, some households empty, some facts known of everyone."""
    households = draw(st.lists(HOUSEHOLD, min_size=1, max_size=6))
    groups = [draw(st.lists(MEMBER, max_size=4)) for _ in households]
    complete = draw(st.booleans())
    for at, household in enumerate(households):
        household["household_id"] = f"H{at}"
    persons = [
        {"household_id": f"H{at}", "person_id": f"P{at}-{number}", **person}
        for at, group in enumerate(groups)
        for number, person in enumerate(group)
    ]
    if complete:
        # Without a single NULL the SQL writer drops its guards: that text has to be right too.
        stand_ins = {
            "hukou": "AGRI",
            "refused": False,
            "student": False,
            "labour": "SKILLED",
            "work_place": "44",
        }
        for row in (*households, *persons):
            row.update({name: stand_ins.get(name, 20080229) for name, value in row.items() if value is None})
            row["cars"] = row.get("cars", 0) % 1000
    return draw(st.permutations(households)), draw(st.permutations(persons))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(register())
def test_scalar_duckdb_and_polars_agree_on_every_figure(rows):
    households, persons = rows
    expected = by_scalar(PROGRAM, households, persons)
    assert differences(expected, by_duckdb(PROGRAM, households, persons)) == set()
    assert differences(expected, by_polars(PROGRAM, households, persons)) == set()
