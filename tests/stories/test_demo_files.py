"""The invented county's files: the same from a seed, nobody real, each planted case where it belongs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.extracts import world
from demo.extracts.planted import KINDS, OMITTED
from demo.extracts.sets import sets
from demo.lists import dress, standard_of
from demo.places import LIVING
from demo.recipe import county
from doudi.cli import Exit
from doudi.cli.main import main
from doudi.kernel.resident_id import IdError, ResidentId
from doudi.registry.facts import IDENTITY, NOT_HELD, check

ON = date(2026, 11, 22)
HOUSEHOLDS = 3000
IN_FILES = 1500
NOBODYS = "999999"

# How a reader who knows only the register and the file finds a case: by id_no, in the delivery `x`. `person`,
# `income` and `asset` are the families' own words.
NO_WAGE = "id_no NOT IN (SELECT id_no FROM income WHERE item = 'SALARY')"
FINDS = {
    "HUKOU_MOVED": "SELECT id_no FROM x WHERE cancel_reason = 'MOVE'",
    "OMITTED_MEMBER": "SELECT head_id FROM x WHERE id_no NOT IN (FROM known) AND head_id IN (FROM known)",
    "UNDECLARED_SPOUSE": "SELECT id_no FROM x WHERE spouse_id NOT IN (FROM known)",
    "RELOCATED": "SELECT head_id FROM x",
    "IMPRISONED": "SELECT id_no FROM x WHERE record = 'IMPRISONED' AND id_no IN (FROM known)",
    "WAGE_INSURED": f"SELECT id_no FROM x WHERE status = 'PAYING' AND {NO_WAGE}",
    "PENSION": "SELECT id_no FROM x WHERE insurance = 'EMPLOYEE_PENSION' AND status = 'RECEIVING'",
    "UNEMPLOYMENT": "SELECT id_no FROM x WHERE insurance = 'UNEMPLOYMENT'",
    "DUPLICATE": "SELECT id_no FROM x GROUP BY id_no HAVING count(DISTINCT household_id) > 1",
    "PUBLIC_POST": "SELECT id_no FROM x WHERE public_post IS NOT NULL",
    "FUND": f"SELECT id_no FROM x WHERE {NO_WAGE}",
    "SUPPORT_JUDGMENT": "SELECT id_no FROM x WHERE record = 'SUPPORT_JUDGMENT'",
    "CAR": "SELECT owner_id FROM x JOIN person ON id_no = owner_id WHERE household_id NOT IN"
    " (SELECT household_id FROM asset WHERE item = 'VEHICLE')",
    "COMPANY": "SELECT id_no FROM x WHERE id_no IN (FROM known)",
    "SECOND_HOUSE": "SELECT right_holder FROM x GROUP BY right_holder HAVING count(*) > 1",
    "MONEY": "SELECT owner_id FROM x WHERE owner_id IN (FROM known) AND balance >= 20000000",
    "BALANCE_DROP": "SELECT owner_id FROM x WHERE peak_12m > balance * 20 AND owner_id IN (FROM known)",
    "MEDICAL_BURDEN": "SELECT id_no FROM x JOIN person USING (id_no)"
    " WHERE self_paid_12m >= 3000000 AND serious_illness IS NOT true",
    "NOT_INSURED": "SELECT id_no FROM person WHERE id_no NOT IN (SELECT id_no FROM x)",
    "INSURED_TWICE": "SELECT id_no FROM x GROUP BY id_no HAVING count(*) > 1",
    "NURSING_UNPAID": "SELECT id_no FROM x WHERE grade <= 2 AND nursing_subsidy = 'NONE'",
    "CERTIFICATE_EXPIRED": "SELECT id_no FROM x WHERE valid_until < 203001",
    "DROPOUT": "SELECT id_no FROM x WHERE status = 'DROPOUT'",
    "DANGEROUS_HOUSE": "SELECT head_id FROM x WHERE danger_class = 'D'",
    "WATER_UNSAFE": "SELECT head_id FROM x WHERE NOT quality",
    "DOUBLE_AID": "SELECT id_no FROM x WHERE id_no IN (FROM known)",
    "DIRTY_ID": "SELECT p.id_no FROM x JOIN person p USING (household_id, name, relation)"
    " WHERE x.id_no NOT IN (FROM known)",
    "LIST_MEMBER_MISSING": "SELECT id_no FROM person WHERE household_id IN (SELECT household_id FROM x)"
    " AND name NOT IN (SELECT name FROM x WHERE x.household_id = person.household_id)",
    "OMITTED_FAMILY": "SELECT id_no FROM x WHERE id_no NOT IN (FROM known) AND self_paid_12m >= 4000000",
}
FLOWS = {
    "DEATH": "SELECT id_no FROM x WHERE id_no IN (FROM known)",
    "WAGE_TAXED": f"SELECT id_no FROM x WHERE wage_income > 0 AND {NO_WAGE}",
    "TURNOVER": "SELECT id_no FROM x WHERE turnover > 0",
    "DISASTER_UNAIDED": "SELECT head_id FROM x WHERE relief = 0",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("county") / "files"
    assert main(["demo", "--files-only", str(out), "--households", str(IN_FILES)]) == Exit.OK
    return out


@pytest.fixture(scope="module")
def db(folder: Path) -> Any:
    with duckdb.connect() as connection:
        for name in ("person", "income", "asset"):
            file = folder / "county" / f"{name}.parquet"
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM '{file}'")
        connection.execute("CREATE TABLE known AS SELECT id_no FROM person")
        connection.execute(f"CREATE TABLE truth AS SELECT * FROM '{folder / 'truth.parquet'}'")
        yield connection


def found(db: Any, files: Path, select: str) -> set[str]:
    db.execute(f"CREATE OR REPLACE VIEW x AS SELECT * FROM '{files}'")
    return {number for (number,) in db.execute(select).fetchall()}


def truth(db: Any, kind: str, until: int = 999912) -> set[str]:
    rows = db.execute("SELECT id_no FROM truth WHERE kind = ? AND since <= ?", [kind, until]).fetchall()
    return {number for (number,) in rows}


def test_every_kind_of_case_has_a_reader_here() -> None:
    assert FINDS.keys() | FLOWS.keys() == {kind.kind for kind in (*KINDS, OMITTED)}


@pytest.mark.parametrize(
    "kind", [kind for kind in (*KINDS, OMITTED) if kind.kind in FINDS], ids=lambda k: k.kind
)
def test_a_case_is_in_its_file_from_its_month_on_and_nobody_else_is(kind: Any, folder: Path, db: Any) -> None:
    deliveries = sorted(folder.joinpath(kind.set).glob("*.parquet"))
    assert len(deliveries) == 4
    assert len(truth(db, kind.kind)) >= 3
    for file in deliveries:
        assert found(db, file, FINDS[kind.kind]) == truth(db, kind.kind, int(file.stem)), file.name


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.kind in FLOWS], ids=lambda k: k.kind)
def test_a_case_is_in_the_months_of_a_flow_and_nobody_else_is(kind: Any, folder: Path, db: Any) -> None:
    assert len(list(folder.joinpath(kind.set).glob("*.parquet"))) == 24
    everything = folder / kind.set / "*.parquet"
    assert found(db, everything, FLOWS[kind.kind]) == truth(db, kind.kind) != set()


def test_the_dead_are_still_paid(folder: Path, db: Any) -> None:
    paid = found(
        db, folder / "OWN_PAYMENTS" / "*.parquet",
        "SELECT x.id_no FROM x JOIN truth t ON t.id_no = x.id_no AND t.kind = 'DEATH' AND x.month > t.since",
    )  # fmt: skip
    assert paid == truth(db, "DEATH")


def test_a_household_hides_one_case_at_most(db: Any) -> None:
    rows = db.execute("SELECT household_id FROM truth WHERE household_id IS NOT NULL").fetchall()
    assert max(Counter(rows).values()) == 1


def test_everybody_is_invented_and_only_the_planted_numbers_are_wrong(folder: Path, db: Any) -> None:
    wrong = set()
    for extract in sets():
        described = db.execute(f"DESCRIBE SELECT * FROM '{folder / extract.key}/*.parquet'").fetchall()
        columns = {name for name, *_ in described} & {
            "id_no",
            "owner_id",
            "head_id",
            "spouse_id",
            "right_holder",
        }
        for column in columns:
            numbers = found(db, folder / extract.key / "*.parquet", f"SELECT DISTINCT {column} FROM x")
            assert {number[:6] for number in numbers} == {NOBODYS}, extract.key
            wrong |= {number for number in numbers if not valid(number)}
    dirty = truth(db, "DIRTY_ID")
    assert len(wrong) == len(dirty)
    assert not wrong & dirty


def valid(number: str) -> bool:
    try:
        return ResidentId.parse(number).number == number
    except IdError:
        return False


def test_the_manifest_names_every_delivery_with_its_hash(folder: Path, db: Any) -> None:
    manifest = json.loads(folder.joinpath("manifest.json").read_text("utf-8"))
    files = {str(file.relative_to(folder)) for file in folder.glob("[XO]*/*.parquet")}
    assert {row["file"] for row in manifest["deliveries"]} == files
    assert {row["set"] for row in manifest["deliveries"]} >= {f"X{number:02}" for number in range(1, 24)}
    assert len({row["supplier"] for row in manifest["deliveries"]}) >= 13
    for row in manifest["deliveries"]:
        file = folder / row["file"]
        assert sha256(file.read_bytes()).hexdigest() == row["sha256"]
        assert db.execute(f"SELECT count(*) FROM '{file}'").fetchone()[0] == row["rows"]


def test_the_same_seed_hides_the_same(folder: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    assert main(["demo", "--files-only", str(again), "--households", "80"]) == Exit.OK
    assert main(["demo", "--files-only", str(other), "--households", "80"]) == Exit.OK
    one, two = (json.loads((out / "manifest.json").read_text("utf-8")) for out in (again, other))
    assert one == two


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("报告.docx").write_text("不可覆盖")
    assert main(["demo", "--files-only", str(tmp_path), "--households", "200"]) == Exit.USAGE
    assert "不是空的" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["报告.docx"]


def living(households: int, seed: int = 1) -> list[dict[str, Any]]:
    made = county(households=households, seed=seed, region="990101", on=ON, places=LIVING)
    return [dress(document, seed=seed, on=ON) for document in made]


def test_the_county_is_as_counties_are() -> None:
    families = living(HOUSEHOLDS)
    people = [member for family in families for member in family["members"]]
    rural = [
        (row["amount"], len(family["members"]))
        for family in families
        for row in family["statuses"]
        if row["programme"] == "DIBAO" and family["household"]["area_type"] == "RURAL"
    ]
    persons, standard = sum(size for _, size in rural), standard_of("RURAL", ON)
    assert 1.4 <= persons / len(rural) <= 1.8
    assert 0.57 <= sum(amount for amount, _ in rural) / persons / standard <= 0.67
    assert 0.33 <= share(people, lambda one: int(one["id_no"][6:10]) <= ON.year - 60) <= 0.50
    assert 0.10 <= share(people, lambda one: one["disability_grade"] > 0) <= 0.20
    assert 0.05 <= share(people, lambda one: one["outside_worker"]) <= 0.12
    assert {family["household"]["region_code"][6:9] for family in families} == LIVING.townships.keys()
    assert len({family["household"]["region_code"] for family in families}) == 120


def share(people: list[dict[str, Any]], holds: Any) -> float:
    return sum(map(holds, people)) / len(people)


def test_the_county_is_the_same_from_the_same_seed_only() -> None:
    assert living(60) == living(60)
    assert living(60) != living(60, seed=2)


def test_a_larger_county_begins_with_the_smaller() -> None:
    assert living(90)[:60] == living(60)


def test_the_register_can_hold_every_fact() -> None:
    for family in living(300):
        held = {name: value for name, value in family["household"].items() if name not in NOT_HELD}
        check("household", held)
        for member in family["members"]:
            check("person", {k: v for k, v in member.items() if k not in NOT_HELD and k not in IDENTITY})


def test_a_county_too_large_for_the_recipe_is_made_of_copies_with_lives_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "RECIPE", 100)
    out = tmp_path / "large"
    assert main(["demo", "--files-only", str(out), "--households", "450"]) == Exit.OK
    with duckdb.connect() as db:
        people = db.execute(f"SELECT id_no, household_id FROM '{out}/county/person.parquet'").fetchall()
        paid = db.execute(f"SELECT DISTINCT id_no FROM '{out}/county/income.parquet'").fetchall()
        families = db.execute(f"SELECT household_id FROM '{out}/county/household.parquet'").fetchall()
    assert len(set(families)) == 450
    assert {household for _, household in people} == {household for (household,) in families}
    numbers = [number for number, _ in people]
    assert len(set(numbers)) == len(numbers)
    assert all(valid(number) for number in numbers)
    assert {number for (number,) in paid} <= set(numbers)


def test_a_sample_named_like_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", str(tmp_path / "s.xlsx")]) == Exit.USAGE
    assert "文件夹" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
