"""A Parquet folder: folded by SQL as the law folds a document, checked like sheets, no row lost unseen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.recipe import county
from doudi.engine import duck
from doudi.intake.findings import FileRefused
from doudi.intake.sheets import ITEMS, sheets
from doudi.intake.table_checks import FILES
from doudi.intake.tables import Tables, families_of, read_tables
from doudi.law.folding import fold
from doudi.law.rulebook import Law
from tests.rooms.intake.files import id_no

ON = date(2025, 10, 15)
Documents = list[dict[str, Any]]
_TYPES = {
    "bool": polars.Boolean,
    "money": polars.Int64,
    "int": polars.Int64,
    "date": polars.Int64,
    "month": polars.Int64,
}


def frames(documents: Documents, law: Law) -> dict[str, polars.DataFrame]:
    """Documents as the five tables, typed as the law's columns are."""
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in FILES.values()}
    for document in documents:
        key = {"household_id": document["household"]["household_id"]}
        rows["household"].append(document["household"])
        for at, member in enumerate(document["members"]):
            who = {**key, "person_id": f"{key['household_id']}-{at}"}
            rows["person"].append({**{n: v for n, v in member.items() if n != "incomes"}, **who})
            rows["income"] += [{**item, **who} for item in member.get("incomes", ())]
        for title, name in list(ITEMS.items())[1:]:
            rows[FILES[title]] += [{**item, **key} for item in document.get(name, ())]
    kinds = {"household_id": polars.String, "person_id": polars.String}
    for sheet in sheets(law).values():
        kinds |= {column.key: _TYPES.get(column.kind, polars.String) for column in sheet.spellings.values()}
    made = {}
    for name, found in rows.items():
        if not found:
            continue
        columns = dict.fromkeys(key for row in found for key in row)
        schema = {column: kinds[column] for column in columns}
        made[name] = polars.DataFrame([{c: row.get(c) for c in columns} for row in found], schema=schema)
    return made


def prepared(
    folder: Path, tables: Mapping[str, polars.DataFrame], law: Law, region: str | None = None
) -> tuple[Tables, dict[str, Any], dict[str, Any]]:
    """The folder read: what was found, household rows and person rows by key."""
    source, work = folder / "in", folder / "out"
    for path in (source, work):
        shutil.rmtree(path, ignore_errors=True)  # of the example before
        path.mkdir()
    for name, frame in tables.items():
        frame.write_parquet(source / f"{name}.parquet")
    with duck.connected(work) as db:
        found = read_tables(source, work, db=db, law=law, on=ON, region=region)
    households = {row["household_id"]: row for row in polars.read_parquet(found.households).to_dicts()}
    persons = {row["person_id"]: row for row in polars.read_parquet(found.persons).to_dicts()}
    return found, households, persons


def assert_folded(documents: Documents, households: Mapping[str, Any], persons: Mapping[str, Any]) -> None:
    """Every fact of every household and person is what the law's own folding makes of the document."""
    for document in documents:
        facts, people = fold(document, on=20251015)
        row = households[facts["household_id"]]
        assert {name: row.get(name) for name in facts} == facts
        for at, person in enumerate(people):
            row = persons[f"{facts['household_id']}-{at}"]
            assert {name: row.get(name) for name in person if name != "person_id"} == {
                name: value for name, value in person.items() if name != "person_id"
            }


def test_it_works(tmp_path: Path, law: Law) -> None:
    documents = list(county(households=150, seed=5, region="370784", on=ON))
    found, households, persons = prepared(tmp_path, frames(documents, law), law)
    assert (found.faults, found.bad, found.problems) == (0, 0, None)
    assert_folded(documents, households, persons)


AMOUNTS = st.one_of(st.none(), st.integers(0, 5), st.integers(2**31 - 2, 2**31 + 2), st.just(2**53))
MONTHS = st.sampled_from([202409, 202410, 202412, 202501, 202509, 202510, None])
TOLD = st.sampled_from([True, False, None])
INCOMES = ["SALARY", "BONUS", "CROP", "LAND_TRANSFER", "BASIC_PENSION", "TAX", "WORK_TRIP_COST"]


def items(codes: list[str], **fields: Any) -> Any:
    return st.lists(st.fixed_dictionaries({"item": st.sampled_from(codes), **fields}), max_size=4)


def deductible(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only of a business more may go off than came in."""
    return [
        row | {"deduction": row["deduction"] and min(row["deduction"], row["amount"] or 0)}
        if row["item"] != "CROP"
        else row
        for row in rows
    ]


MEMBER = st.fixed_dictionaries(
    {
        "relation": st.just("HEAD"),
        "birth_date": st.sampled_from([None, 19500101]),
        "counted": TOLD,
        "wage_gross": AMOUNTS,
        "incomes": items(INCOMES, month=MONTHS, amount=AMOUNTS, deduction=st.sampled_from([None, 0, 3])).map(
            deductible
        ),
    }
)
FAMILY = st.fixed_dictionaries(
    {
        "household": st.fixed_dictionaries(
            {
                "household_id": st.just("1"),
                "region_code": st.just("370784"),
                "area_type": st.sampled_from(["URBAN", "RURAL"]),
                "application_date": st.sampled_from([None, 20251015, 20250101, 20241231]),
                "income_complete": TOLD,
                "expenditure_complete": TOLD,
                "property_complete": TOLD,
                "financial_assets": AMOUNTS,
            }
        ),
        "members": MEMBER.map(lambda member: [member]),
        "expenditures": items(["MEDICAL", "EDUCATION"], month=MONTHS, amount=AMOUNTS),
        "assets": items(
            ["DEPOSIT", "VEHICLE", "HOUSE"], count=st.sampled_from([None, 1, 2]), value=AMOUNTS, exempt=TOLD
        ),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FAMILY, min_size=1, max_size=15))
def test_sql_folds_rows_as_the_law_does(tmp_path: Path, law: Law, families: Documents) -> None:
    documents = [
        {**family, "household": {**family["household"], "household_id": str(at)}}
        for at, family in enumerate(families)
    ]
    tables = frames(documents, law)
    # Undated rows are refused, so their families are not there to compare.
    undated = sum(tables[name]["month"].null_count() for name in ("income", "expenditure") if name in tables)
    found, households, persons = prepared(tmp_path, tables, law)
    assert (found.faults > 0) == (undated > 0)
    good = [document for document in documents if document["household"]["household_id"] in households]
    assert len(good) == len(documents) - found.bad
    assert_folded(good, households, persons)


def spoiled(name: str, column: str, value: Any) -> Callable[[dict[str, polars.DataFrame]], None]:
    """One cell of the first row changed."""

    def change(tables: dict[str, polars.DataFrame]) -> None:
        frame = tables[name]
        cells = frame[column].to_list()
        tables[name] = frame.with_columns(
            polars.Series(column, [value, *cells[1:]], dtype=frame[column].dtype)
        )

    return change


def wage_below_nothing(tables: dict[str, polars.DataFrame]) -> None:
    """Only a business may end in a loss."""
    spoiled("income", "amount", -1)(tables)
    spoiled("income", "item", "SALARY")(tables)


def rent_below_nothing(tables: dict[str, polars.DataFrame]) -> None:
    """Neither does a deduction make a loss of what is no business."""
    spoiled("income", "amount", 100)(tables)
    tables["income"] = tables["income"].with_columns(deduction=polars.lit(101))
    spoiled("income", "item", "HOUSE_RENT")(tables)


def doubled(name: str) -> Callable[[dict[str, polars.DataFrame]], None]:
    """The first row once more."""
    return lambda tables: tables.update({name: polars.concat([tables[name], tables[name].head(1)])})


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        (spoiled("household", "region_code", "990109001"), "REGION_UNKNOWN", "region_code"),
        (spoiled("household", "region_code", "37"), "REGION_TOO_HIGH", "region_code"),
        (spoiled("household", "region_code", None), "REQUIRED", "region_code"),
        (spoiled("household", "area_type", "郊区"), "CODE_UNKNOWN", "area_type"),
        (spoiled("household", "application_date", 20250230), "BAD_DATE", "application_date"),
        (spoiled("household", "application_date", 20990101), "APPLIED_LATER", "application_date"),
        (spoiled("person", "disability_grade", 5), "OUT_OF_RANGE", "disability_grade"),
        (spoiled("person", "relation", "OTHER_RELATIVE"), "NO_HEAD", "relation"),
        (spoiled("person", "id_no", "9.99999E+17"), "ID_LENGTH", "id_no"),
        (spoiled("person", "id_no", "999999199002300012"), "ID_BIRTH_DATE", "id_no"),
        (spoiled("person", "id_no", "999999199001010010"), "ID_CHECK_DIGIT", "id_no"),
        (spoiled("person", "sex", "MALE"), "SEX_CONFLICT", "sex"),
        (spoiled("person", "household_id", "没有"), "NO_HOUSEHOLD", "household_id"),
        (spoiled("person", "household_id", "没有"), "NO_MEMBERS", "household_id"),
        (wage_below_nothing, "NEGATIVE", "amount"),
        (rent_below_nothing, "DEDUCTION_ABOVE", "deduction"),
        (spoiled("income", "month", 202513), "BAD_DATE", "month"),
        (spoiled("income", "item", "LOTTERY"), "CODE_UNKNOWN", "item"),
        (spoiled("income", "person_id", "谁"), "NOT_A_MEMBER", "person_id"),
        (doubled("household"), "HOUSEHOLD_TWICE", "household_id"),
        (doubled("person"), "PERSON_TWICE", "person_id"),
        (doubled("person"), "TWO_HEADS", "relation"),
        (doubled("person"), "ID_TWICE", "id_no"),
    ],
)
def test_a_fault_is_named_and_costs_only_its_family(
    change: Callable[[dict[str, polars.DataFrame]], None], code: str, column: str, tmp_path: Path, law: Law
) -> None:
    tables = frames(two_families(), law)
    change(tables)
    found, households, _ = prepared(tmp_path, tables, law)
    assert (code, column) in {(finding.code, finding.column) for finding in found.findings}
    assert all(finding.what and finding.todo and "{" not in finding.what for finding in found.findings)
    assert list(households) == ["B"]
    assert found.problems is not None
    assert polars.read_parquet(found.problems).height == found.faults


def two_families() -> Documents:
    """A and B, one person each."""
    return [
        {
            "household": {
                "household_id": name, "region_code": "370784", "area_type": "RURAL",
                "application_date": 20251001,
            },
            "members": [
                {
                    "relation": "HEAD", "id_no": id_no(1960, serial), "sex": "FEMALE", "disability_grade": 0,
                    "incomes": [{"item": "CROP", "month": 202509, "amount": 100}],
                }
            ],
        }
        for name, serial in (("A", 2), ("B", 4))
    ]  # fmt: skip


def test_a_loss_of_a_business_is_summed_and_no_fault(tmp_path: Path, law: Law) -> None:
    documents = two_families()
    documents[0]["household"]["income_complete"] = True
    documents[0]["members"][0]["incomes"] += [{"item": "LIVESTOCK", "month": 202508, "amount": -300000}]
    found, households, persons = prepared(tmp_path, frames(documents, law), law)
    assert found.faults == 0
    assert persons["A-0"]["business_net"] == -299900
    assert_folded(documents, households, persons)


def test_a_region_leaves_others_out_and_fills_blanks(tmp_path: Path, law: Law) -> None:
    tables = frames(two_families(), law)
    spoiled("household", "region_code", "440703")(tables)
    _, households, persons = prepared(tmp_path, tables, law, "370784")
    assert list(households) == ["B"]
    assert [person["household_id"] for person in persons.values()] == ["B"]
    spoiled("household", "region_code", None)(tables)
    _, households, _ = prepared(tmp_path, tables, law, "370784")
    assert {row["region_code"] for row in households.values()} == {"370784"}


def test_dates_may_be_dates_and_numbers_may_be_missing(tmp_path: Path, law: Law) -> None:
    tables = frames(two_families(), law)
    day = polars.Series("application_date", [date(2025, 10, 1), None])
    tables["household"] = tables["household"].with_columns(day)
    tables["person"] = tables["person"].drop("person_id")
    tables.pop("income")
    _, households, persons = prepared(tmp_path, tables, law)
    assert households["A"]["application_date"] == 20251001
    assert households["B"]["application_date"] == 20251015
    assert len(persons) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda tables: tables.pop("person"), "SHEET_MISSING"),
        (lambda tables: tables.update(incomes=tables.pop("income")), "SHEET_UNKNOWN"),
        (lambda tables: tables.update(household=tables["household"].drop("area_type")), "COLUMN_MISSING"),
        (lambda tables: tables.update(income=tables["income"].drop("person_id")), "COLUMN_MISSING"),
        (
            lambda tables: tables.update(income=tables["income"].cast({"amount": polars.Float64})),
            "PARQUET_TYPE",
        ),
    ],
)
def test_tables_that_cannot_be_used_are_refused(
    change: Callable[[dict[str, polars.DataFrame]], object], code: str, tmp_path: Path, law: Law
) -> None:
    tables = frames(two_families(), law)
    change(tables)
    with pytest.raises(FileRefused) as refused:
        prepared(tmp_path, tables, law)
    assert refused.value.code == code


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, law: Law) -> None:
    (tmp_path / "household.parquet").write_bytes(b"PAR1 but not really")
    with duck.connected(tmp_path) as db, pytest.raises(FileRefused) as refused:
        read_tables(tmp_path, tmp_path, db=db, law=law, on=ON, region=None)
    assert refused.value.code == "PARQUET_BROKEN"


def test_columns_of_ones_own_are_noted(tmp_path: Path, law: Law) -> None:
    tables = frames(two_families(), law)
    tables["household"] = tables["household"].with_columns(polars.lit("x").alias("remark"))
    found, _, _ = prepared(tmp_path, tables, law)
    assert [(finding.code, finding.note) for finding in found.findings] == [("COLUMN_IGNORED", True)]
    assert "remark" in found.findings[0].what


def test_a_family_comes_back_with_its_sums_and_unknown_stays_unknown(tmp_path: Path, law: Law) -> None:
    documents = two_families()
    documents[0]["household"]["income_complete"] = True
    documents[0]["members"][0]["incomes"][0]["amount"] = None
    source, work = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    work.mkdir()
    for name, frame in frames(documents, law).items():
        frame.write_parquet(source / f"{name}.parquet")
    with duck.connected(work) as db:
        found = read_tables(source, work, db=db, law=law, on=ON, region=None)
        [family] = families_of(found, "SELECT 'A' AS household_id", db=db)
    _, [person] = fold(family.document(), on=20251015)
    assert person["wage_gross"] == 0
    assert person["business_net"] is None
