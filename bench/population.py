"""An invented population of any size as Parquet, made by SQL: 3 persons a household, 2 % unknown wages.

python -m bench.population OUT --households 1000000
Every fact the rulebook asks for is a column; the ones a family of this kind decides by are drawn, the others
stand at the value most families have. Rows are written in household order of a shuffled key.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from doudi.assessment.program import program
from doudi.engine.program import FACT, Column
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, PERSON
from doudi.law.rulebook import Law

ON = 20251015
VALUES = Path("demo/values.toml")
VILLAGES = tuple(
    f"{town}{village:03}" for town in ("990101001", "990101101", "990101102") for village in range(1, 21)
)


def dice(salt: int, sides: int) -> str:
    """An SQL expression: a fixed throw from 0 to sides - 1 for this row and salt."""
    return f"CAST(hash(k * 1000 + {salt}) % {sides} AS BIGINT)"


def pick(salt: int, *choices: str) -> str:
    """An SQL expression: one of these texts, each as likely."""
    return f"[{', '.join(repr(choice) for choice in choices)}][{dice(salt, len(choices))} + 1]"


_HOUSEHOLDS = {
    "region_code": f"[{', '.join(repr(code) for code in VILLAGES)}][{dice(1, len(VILLAGES))} + 1]",
    "area_type": f"CASE WHEN {dice(2, 10)} < 7 THEN 'RURAL' ELSE 'URBAN' END",
    "on": str(ON),
    "application_date": "20251009",
    "hukou_local": "true",
    "authorised_all": "true",
    "property_conclusion": f"CASE WHEN {dice(3, 20)} = 0 THEN 'FAIL' ELSE 'PASS' END",
    "property_conclusion_edge": "'PASS'",
    "property_review_passed": "true",
    "ex_poor": f"{dice(4, 4)} = 0",
    "risk_confirmed": f"{dice(5, 6)} = 0",
    "hardship_cause": pick(6, "ILLNESS", "DISABILITY", "SCHOOLING", "LABOUR_LACK"),
    "medical_cost": f"CASE WHEN {dice(7, 5)} = 0 THEN {dice(8, 4_000_000)} ELSE 0 END",
    "education_cost": f"CASE WHEN {dice(9, 4)} = 0 THEN {dice(10, 600_000)} ELSE 0 END",
    "financial_assets": f"{dice(11, 3_000_000)}",
    "house_count": "1",
}
_DISABILITY = pick(27, "PHYSICAL", "MENTAL", "VISUAL")
_YEAR = f"(1938 + {dice(20, 84)})"
_PERSONS = {
    "relation": "CASE WHEN j = 0 THEN 'HEAD' WHEN j = 1 THEN 'SPOUSE' ELSE 'SON' END",
    "birth_date": f"{_YEAR} * 10000 + ({dice(21, 12)} + 1) * 100 + {dice(22, 28)} + 1",
    "counted": "true",
    # A day in custody, even day 0, takes a person out of the family; one in detention halts a subsidy.
    "custody_from": f"CASE WHEN {dice(39, 1000)} = 0 THEN 20250301 END",
    "detained_from": f"CASE WHEN {dice(40, 1000)} = 0 THEN 20250901 END",
    "labour_capacity": pick(23, "ORDINARY", "ORDINARY", "WEAK_HALF", "LOST", "NONE"),
    "student": f"{dice(24, 8)} = 0",
    "serious_illness": f"{dice(25, 15)} = 0",
    "disability_type": f"CASE WHEN {dice(26, 10)} = 0 THEN {_DISABILITY} ELSE 'NO' END",
    "disability_grade": f"CASE WHEN {dice(26, 10)} = 0 THEN {dice(28, 4)} + 1 ELSE 0 END",
    "disability_main_type": "'NO'",
    "employed": f"{dice(29, 3)} = 0",
    "wage_cooperation": "true",
    "wage_imputed": f"{dice(30, 40)} = 0",
    "work_place": "'330106'",
    "verification_date": "20251012",
    "work_months": "12",
    "obligor_state": pick(31, "NONE", "INCAPABLE", "CAPABLE", "CAPABLE"),
    # One wage in fifty is unknown: the family must come out unclear, never poor.
    "wage_gross": f"CASE WHEN {dice(32, 50)} = 0 THEN NULL"
    f" WHEN {dice(29, 3)} = 0 THEN {dice(33, 4_000_000)} ELSE 0 END",
    "business_net": f"CASE WHEN {dice(34, 3)} = 0 THEN {dice(35, 800_000)} ELSE 0 END",
    "transfer_in": f"CASE WHEN {dice(36, 4)} = 0 THEN {dice(37, 600_000)} ELSE 0 END",
    "transfer_out": f"CASE WHEN {dice(38, 3)} = 0 THEN 38000 ELSE 0 END",
    "basic_pension": f"CASE WHEN {_YEAR} < 1965 THEN 147600 ELSE 0 END",
}
_PLAIN = {INT: "CAST(0 AS BIGINT)", BOOL: "false"}


def facts_of(law: Law) -> list[Column]:
    """Every fact the rulebook asks for."""
    return [column for column in program(law).columns.values() if column.kind == FACT]


def complete(out: Path) -> bool:
    """Whether a population is there with every fact of today's rulebook: an absent one would be unknown."""
    if not (out / "person.parquet").exists():
        return False
    files = [str(out / f"{entity}.parquet") for entity in (HOUSEHOLD, PERSON)]
    held = {name for file in files for name in duckdb.read_parquet(file).columns}
    return {fact.name for fact in facts_of(Law.load([VALUES]))} <= held


def write(out: Path, households: int) -> None:
    """`out/household.parquet` and `out/person.parquet`: so many households, about three persons in each."""
    law = Law.load([VALUES])
    facts = facts_of(law)
    lists = {
        name: repr(next(iter(law.codes[fact.codes].labels))) for name, fact in law.facts.items() if fact.codes
    }

    nothing = "NULL::VARCHAR"

    def columns(entity: str, drawn: dict[str, str]) -> str:
        return ", ".join(
            f'{drawn.get(c.name) or _PLAIN.get(c.info.type) or lists.get(c.name, nothing)} AS "{c.name}"'
            for c in facts
            if c.entity == entity
        )

    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute("SET memory_limit = '3GB'")
        db.execute("SET threads = 2")
        base = f"SELECT range AS h, range AS k FROM range({households})"
        db.execute(
            f"COPY (SELECT h AS household_id, {columns(HOUSEHOLD, _HOUSEHOLDS)} FROM ({base}))"
            f" TO '{out}/household.parquet' (FORMAT PARQUET)"
        )
        # 1 to 5 persons: three on average.
        base = (
            f"SELECT h, j, h * 10 + j + 7 AS k FROM (SELECT range AS h FROM range({households})) a,"
            f" (SELECT range AS j FROM range(5)) b WHERE j <= hash(h) % 5"
        )
        db.execute(
            f"COPY (SELECT h AS household_id, h * 10 + j AS person_id, {columns(PERSON, _PERSONS)}"
            f" FROM ({base}))"
            f" TO '{out}/person.parquet' (FORMAT PARQUET)"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--households", type=int, default=1_000_000)
    args = parser.parse_args()
    write(args.out, args.households)


if __name__ == "__main__":
    main()
