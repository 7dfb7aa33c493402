"""Parquet in, Parquet out: the scalar evaluator's figures, whatever the order and cut of the files."""

import random

import polars as pl
import pytest

from doudi.engine import duck
from doudi.engine.batch import Batch
from doudi.engine.contexts import ContextError
from doudi.engine.scalar import FactError
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, PERSON
from tests.engine.small_law import FACTS, TestLaw, by_scalar, differences, small_program, visible

PROGRAM = small_program()
DAYS = [20080229, 20240229, 20250228, 20250301, 20200630, 20200701, 20141231, 19650301]
ANSWERS = {
    "cars": [0, 0, 1, 2],
    "hukou": ["AGRI", "O'NON"],
    "labour": ["SKILLED", "ORDINARY", "NONE"],
    "work_place": ["440703", "520000", "520281", "360000"],
}
TYPES = {INT: pl.Int64(), BOOL: pl.Boolean()}


def a_register(count, *, unknown=0, seed=1):
    """`count` households of 0 to 4 persons; of each fact `unknown` per cent are not known."""
    draw = random.Random(seed)

    def fact(spec):
        if draw.randrange(100) < unknown:
            return None
        if spec.name in ANSWERS:
            return draw.choice(ANSWERS[spec.name])
        if spec.type == BOOL:
            return draw.random() < 0.3
        return draw.choice(DAYS) if spec.bound == 99991231 else draw.randrange(-50_000, 3_000_000)

    households, persons = [], []
    for at in range(count):
        household = {spec.name: fact(spec) for spec in FACTS if spec.entity != PERSON}
        household |= {"region_code": draw.choice(["440703001002", "520281103001", "360000"])}
        household |= {"area_type": draw.choice(["URBAN", "RURAL"]), "on": draw.choice([20250228, 20250301])}
        households.append({"household_id": f"H{at:06}", **household})
        for number in range(draw.randrange(5)):
            person = {spec.name: fact(spec) for spec in FACTS if spec.entity == PERSON}
            persons.append({"household_id": f"H{at:06}", "person_id": f"{at}-{number}", **person})
    return households, persons


def written(folder, households, persons, *, row_group_size=None, **frames):
    folder.mkdir(exist_ok=True)
    types = {spec.name: TYPES.get(spec.type, pl.String()) for spec in FACTS} | {"on": pl.Int32()}
    for name, rows in (("h", households), ("p", persons)):
        frame = frames.get(name)
        if frame is None:
            frame = pl.DataFrame(rows, infer_schema_length=None)
            frame = frame.with_columns(pl.col(c).cast(types[c]) for c in frame.columns if c in types)
        frame.write_parquet(folder / f"{name}.parquet", row_group_size=row_group_size)
    return {"households": str(folder / "h.parquet"), "persons": str(folder / "*p.parquet")}


def results(out):
    """What a run wrote, ordered by key, with whole numbers as int."""
    found = []
    for name, keys in (("households", ["household_id"]), ("persons", ["household_id", "person_id"])):
        rows = pl.read_parquet(f"{out}/{name}-*.parquet").sort(keys).to_dicts()
        found.append([{k: int(v) if hasattr(v, "as_tuple") else v for k, v in row.items()} for row in rows])
    return found[0], found[1]


def a_fact_of(tmp_path, *, hukou):
    """What a run learns of the household's hukou when all have this one."""
    households, persons = a_register(5)
    for household in households:
        household["hukou"] = hukou
    files = written(tmp_path / "in", households, persons)
    with duck.connected(tmp_path) as database:
        batch = Batch(PROGRAM, TestLaw(), database, None)
        batch.run({HOUSEHOLD: [files["households"]], PERSON: [files["persons"]]})
        return batch.infos["hukou"]


def in_order(rows):
    households, persons = rows
    by_person = sorted(persons, key=lambda row: (row["household_id"], row["person_id"]))
    return sorted(households, key=lambda row: row["household_id"]), by_person


def run(tmp_path, files, columns=None):
    out = tmp_path / "out"
    report = duck.run(PROGRAM, TestLaw(), **files, out=out, columns=columns)
    return report, out


@pytest.mark.parametrize("unknown", [0, 2, 60])
@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_every_figure_equals_the_scalar_evaluator(tmp_path, monkeypatch, unknown, order):
    monkeypatch.setattr(duck.DuckDB, "chunk", 60)
    households, persons = a_register(200, unknown=unknown)
    expected = in_order(by_scalar(PROGRAM, households, persons))
    if order == "shuffled":
        random.Random(2).shuffle(households)
        random.Random(3).shuffle(persons)
    files = written(tmp_path / "in", households, persons, row_group_size=20)
    report, out = run(tmp_path, files, visible(PROGRAM))
    assert differences(expected, results(out)) == set()
    assert (report.households, report.persons, report.orphans) == (200, len(persons), 0)
    assert len(list(out.glob("households-*"))) >= 3
    assert not list(out.glob(".work-*"))


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize(
    "other", [{}, {"hukou": "O'NON", "labour": "NONE"}, {"hukou": None, "refused": None}]
)
def test_an_answer_that_everybody_gave_holds_for_everybody_only(tmp_path, answer, other):
    """The files' statistics tell what is the same in all rows; one who answers otherwise is heard."""
    households, persons = a_register(40)
    for household in households:
        household |= {"hukou": "AGRI", "refused": answer}
    for person in persons:
        person |= {"labour": "SKILLED", "student": answer}
    households[-1] |= {name: value for name, value in other.items() if name in households[-1]}
    persons[-1] |= {name: value for name, value in other.items() if name in persons[-1]}
    expected = in_order(by_scalar(PROGRAM, households, persons))
    files = written(tmp_path / "in", households, persons, row_group_size=20)
    assert differences(expected, results(run(tmp_path, files, visible(PROGRAM))[1])) == set()


def test_a_long_text_is_never_taken_for_the_only_one(tmp_path):
    """Statistics may hold a text cut off, and then look the same for two."""
    long = ["AGRI" * 20, "农" * 20]
    assert [a_fact_of(tmp_path, hukou=text).text for text in ("AGRI", *long)] == ["AGRI", None, None]


@pytest.mark.parametrize("columns", [["wage_when_applied"], None])
@pytest.mark.parametrize("places", [["440703"], ["440703", "520281103", "520000"], ["520000", "440703"]])
def test_a_value_at_one_day_is_each_chunk_s_own(tmp_path, monkeypatch, places, columns):
    """A place settles it; what the first chunk's places say must not stand for the next one's."""
    monkeypatch.setattr(duck.DuckDB, "chunk", 20)
    households, persons = a_register(60)
    for at, household in enumerate(households):
        household |= {"applied": 20141231, "region_code": places[at * len(places) // 60]}
    expected = in_order(by_scalar(PROGRAM, households, persons))[0]
    files = written(tmp_path / "in", households, persons, row_group_size=20)
    out = run(tmp_path, files, columns)[1]
    found = pl.read_parquet(f"{out}/households-*.parquet").sort("household_id").to_dicts()
    assert len(found) == 60
    assert found == [{name: row[name] for name in found[0]} for row in expected]


def test_verdicts_are_the_default_result(tmp_path):
    households, persons = a_register(30, unknown=10)
    _, out = run(tmp_path, written(tmp_path / "in", households, persons))
    household, person = (rows[0] for rows in results(out))
    assert set(household) == {
        "household_id",
        *("dibao_eligible", "dibao_reason", "dibao_missing", "dibao_amount"),
        *("edge_eligible", "edge_reason", "edge_missing"),
    }
    assert {"household_id", "person_id", "single_eligible", "single_missing"} <= set(person)


def test_unclear_households_are_counted(tmp_path):
    households, persons = a_register(40, unknown=30)
    report, out = run(tmp_path, written(tmp_path / "in", households, persons))
    household, person = results(out)
    eligible = ("dibao_eligible", "edge_eligible", "single_eligible")
    unclear = {
        row["household_id"] for row in (*household, *person) for name in eligible if row.get(name, 1) is None
    }
    assert report.unclear == len(unclear) > 0


def test_persons_of_unknown_households_and_empty_households_are_named(tmp_path):
    households, persons = a_register(20)
    lonely = next(
        h["household_id"] for h in households if h["household_id"] not in {p["household_id"] for p in persons}
    )
    lost = {**persons[0], "household_id": "H-nobody", "person_id": "lost"}
    report, out = run(tmp_path, written(tmp_path / "in", households, [*persons, lost]))
    assert (report.orphans, report.orphan_names) == (1, (("H-nobody", "lost"),))
    assert lonely in report.empty_names
    assert report.empty == len(report.empty_names)
    household, person = results(out)
    assert lonely in {row["household_id"] for row in household}
    assert "lost" not in {row["person_id"] for row in person}


def test_an_absent_column_is_unknown_and_said_so(tmp_path):
    households, persons = a_register(10)
    persons = [{k: v for k, v in row.items() if k != "wage"} for row in persons]
    report, out = run(tmp_path, written(tmp_path / "in", households, persons))
    assert report.absent == ("wage",)
    occupied = {row["household_id"] for row in persons}
    unclear = [
        row for row in results(out)[0] if row["household_id"] in occupied and row["edge_eligible"] is None
    ]
    assert unclear
    assert all("wage" in row["edge_missing"].split(",") for row in unclear)


def test_old_results_are_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "households-00007.parquet").write_bytes(b"from an earlier run")
    _, out = run(tmp_path, written(tmp_path / "in", *a_register(5)))
    assert [path.name for path in sorted(out.iterdir())] == [
        "households-00000.parquet",
        "persons-00000.parquet",
    ]


def test_progress_reaches_the_total(tmp_path, monkeypatch):
    monkeypatch.setattr(duck.DuckDB, "chunk", 20)
    files = written(tmp_path / "in", *a_register(100), row_group_size=10)
    seen = []
    duck.run(PROGRAM, TestLaw(), **files, out=tmp_path / "out", progress=lambda *at: seen.append(at))
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)


def refused(tmp_path, error, households, persons, **frames):
    with pytest.raises(error) as caught:
        run(tmp_path, written(tmp_path / "in", households, persons, **frames))
    assert not list((tmp_path / "out").glob("*.parquet"))
    return str(caught.value)


def test_a_household_twice_is_refused(tmp_path):
    households, persons = a_register(3)
    assert "H000001: 2 rows" in refused(tmp_path, FactError, [*households, households[1]], persons)


def test_a_household_too_large_is_refused(tmp_path):
    households, persons = a_register(3)
    crowd = [{**persons[0], "household_id": "H000002", "person_id": f"c{at}"} for at in range(130)]
    assert "H000002" in refused(tmp_path, FactError, households, crowd)


def test_a_household_without_law_values_is_named(tmp_path):
    households, persons = a_register(3)
    households[2] |= {"area_type": "MOON"}
    message = refused(tmp_path, ContextError, households, persons)
    assert "H000002" in message
    assert "MOON" in message


def test_a_household_without_a_day_is_named(tmp_path):
    households, persons = a_register(3)
    households[1] |= {"on": None}
    assert "H000001" in refused(tmp_path, ContextError, households, persons)


def test_a_row_without_its_household_is_refused(tmp_path):
    households, persons = a_register(3)
    persons[0] |= {"household_id": None}
    assert "no household_id" in refused(tmp_path, FactError, households, persons)


def test_an_amount_beyond_its_bound_is_refused(tmp_path):
    households, persons = a_register(3)
    persons[0] |= {"wage": 2**53 + 1}
    assert "wage" in refused(tmp_path, FactError, households, persons)


def test_an_amount_as_a_float_is_refused(tmp_path):
    households, persons = a_register(3)
    frame = pl.DataFrame(persons, infer_schema_length=None).with_columns(pl.col("wage").cast(pl.Float64))
    assert "wage is DOUBLE" in refused(tmp_path, FactError, households, persons, p=frame)


def test_a_file_without_a_key_is_refused(tmp_path):
    households, persons = a_register(3)
    frame = pl.DataFrame(persons, infer_schema_length=None).drop("person_id")
    assert "person_id" in refused(tmp_path, FactError, households, persons, p=frame)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FactError, match="household files cannot be read"):
        duck.run(
            PROGRAM, TestLaw(), households="nowhere.parquet", persons="nowhere.parquet", out=tmp_path / "out"
        )


def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    files = written(tmp_path / "in", *a_register(3))
    (tmp_path / "in" / "h.parquet").write_text("户编号,地区代码", "utf-8")
    with pytest.raises(FactError, match="household files cannot be read"):
        run(tmp_path, files)
