"""One measured step in a process of its own, so that its peak memory is its own: prints one line of JSON.

python -m bench.steps floor|doudi|openfisca|spark --data FOLDER --out FOLDER [--households N]
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from bench import openfisca_path
from bench.population import VALUES
from doudi.assessment.program import program
from doudi.engine import duck
from doudi.engine.vocabulary import HOUSEHOLD, PERSON
from doudi.law.rulebook import Law

MEMORY, THREADS = "3GB", 2
OPENFISCA_CHUNK = 1_000_000


def floor(data: Path, out: Path) -> dict[str, Any]:
    """What no engine can avoid: read both files, group the persons by household, touch every column once."""
    with duckdb.connect() as db:
        db.execute(f"SET memory_limit = '{MEMORY}'")
        db.execute(f"SET threads = {THREADS}")
        figures = "max(COLUMNS(* EXCLUDE (household_id)))"
        grouped = f"SELECT household_id, {figures} FROM '{data}/person.parquet' GROUP BY 1"
        sums = f"SELECT count(*), max(hash(COLUMNS(*))) FROM ({grouped})"
        db.execute(sums).fetchall()
        db.execute(f"SELECT max(COLUMNS(*)) FROM '{data}/household.parquet'").fetchall()
    return {}


def doudi(data: Path, out: Path) -> dict[str, Any]:
    """The whole rulebook: verdict, amount, reason and missing list of every scheme, Parquet in and out."""
    law = Law.load([VALUES])
    report = duck.run(
        program(law),
        law.values,
        households=str(data / "household.parquet"),
        persons=str(data / "person.parquet"),
        out=out,
        memory=MEMORY,
        threads=THREADS,
    )
    if not report.unclear:
        # A new rule may read the population's plain values as a refusal of everybody: quick, and of no worth.
        raise SystemExit(
            "nobody is unclear: the population no longer fits the rulebook, see bench/population.py"
        )
    return {"households": report.households, "persons": report.persons, "unclear": report.unclear}


def openfisca(data: Path, out: Path) -> dict[str, Any]:
    """Verdicts and amounts only: OpenFisca-Core has no unknown, no reason and no text."""
    law = Law.load([VALUES])
    made = program(law)
    codes = openfisca_path.Codes()
    households = duckdb.sql(f"SELECT count(*) FROM '{data}/household.parquet'").fetchall()[0][0]
    computing, differ, compared = 0.0, 0, 0
    for start in range(0, households, OPENFISCA_CHUNK):
        end = start + OPENFISCA_CHUNK
        inside = f"WHERE household_id >= {start} AND household_id < {end} ORDER BY household_id"
        families = duckdb.sql(f"SELECT * FROM '{data}/household.parquet' {inside}")
        people = duckdb.sql(f"SELECT * FROM '{data}/person.parquet' {inside}, person_id")
        facts = openfisca_path.arrays(families, made, HOUSEHOLD, codes)
        facts |= openfisca_path.arrays(people, made, PERSON, codes)
        owner = np.asarray(people.project("household_id").fetchnumpy()["household_id"]) - start
        began = time.perf_counter()
        tables = openfisca_path.system(made, law.values, codes)
        ready = openfisca_path.simulation(tables, facts, owner, len(facts["area_type"]))
        found = {name: ready.calculate(name, openfisca_path.PERIOD) for name in openfisca_path.outputs(made)}
        computing += time.perf_counter() - began
        same, all_ = _compared(found, out, inside)
        differ, compared = differ + same, compared + all_
    return {"computing": round(computing, 2), "compared": compared, "different": differ}


def _compared(found: dict[str, Any], out: Path, inside: str) -> tuple[int, int]:
    """How many known figures differ from Doudi's result files, and how many were compared."""
    if not list(out.glob("households-*.parquet")):
        return 0, 0
    known = duckdb.sql(f"SELECT * FROM '{out}/households-*.parquet' {inside}").fetchnumpy()
    known |= duckdb.sql(f"SELECT * FROM '{out}/persons-*.parquet' {inside}, person_id").fetchnumpy()
    differ = compared = 0
    for name, array in found.items():
        clear = ~np.ma.getmaskarray(known[name])
        differ += int((np.ma.getdata(known[name])[clear].astype(np.int64) != array[clear]).sum())
        compared += int(clear.sum())
    return differ, compared


def spark(data: Path, out: Path) -> dict[str, Any]:
    """The same SQL in Spark's spelling, local[2]."""
    # Spark is an extra: only this step needs it.
    run: Callable[..., Any] = importlib.import_module("doudi.engine.spark").run
    sessions = importlib.import_module("pyspark.sql").SparkSession.builder.master(f"local[{THREADS}]")
    session = (
        sessions.config("spark.driver.memory", "8g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    law = Law.load([VALUES])
    report = run(
        program(law),
        law.values,
        households=str(data / "household.parquet"),
        persons=str(data / "person.parquet"),
        session=session,
        out=str(out),
    )
    session.stop()
    return {"households": report.households}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("floor", "doudi", "openfisca", "spark"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    steps: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
        "floor": floor,
        "doudi": doudi,
        "openfisca": openfisca,
        "spark": spark,
    }
    began, cpu = time.perf_counter(), time.process_time()
    said = steps[args.step](args.data, args.out)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said |= {
        "step": args.step,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu": round(time.process_time() - cpu, 2),
        "peak_mb": usage.ru_maxrss // 1024,
        # Spark works in a Java process of its own, counted only once it has ended.
        "children_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
