"""A register in Parquet, however large: assessed by DuckDB, its totals counted by SQL over the results."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from doudi.assessment.batch import MEMBERS, Line, Progress, Tally, outcomes
from doudi.assessment.program import NOT_IN_FORCE, program
from doudi.engine import duck
from doudi.intake.tables import Backend, Tables, families_of
from doudi.law.rulebook import Law
from doudi.law.spec import Scheme, Unit

EXPLAINED = 300
"""How many unclear households are looked into one by one for what they lack."""


def assess_tables(
    tables: Tables,
    out: Path,
    *,
    db: Backend,
    law: Law,
    on: date,
    memory: str = "3GB",
    progress: Progress | None = None,
) -> Tally:
    """Writes out/households-*.parquet and out/persons-*.parquet and returns the totals.

    A row holds the keys and of each scheme `<key>_eligible`, `_reason`, `_missing`, `_amount`, supplements.
    Raises FactError and ContextError, naming households.
    """
    made = program(law)
    extras = [extra.amount for scheme in law.schemes for extra in scheme.supplements]
    columns = dict.fromkeys([MEMBERS, *made.outputs(), *extras])
    duck.run(
        made, law.values, households=str(tables.households), persons=str(tables.persons),
        out=out, memory=memory, columns=columns, progress=progress,
    )  # fmt: skip
    return _Counter(out, tables, db, law, on).tally()


class _Counter:
    def __init__(self, out: Path, tables: Tables, db: Backend, law: Law, on: date) -> None:
        self.tables, self.db, self.law, self.on = tables, db, law, on
        for name in ("households", "persons"):
            files = f"read_parquet('{_sql(out)}/{name}-*.parquet')"
            db.run(f"CREATE OR REPLACE TEMP VIEW said_{name} AS FROM {files}")

    def tally(self) -> Tally:
        """The totals over all households; what is missing, from a sample of the unclear ones."""
        tally = Tally(self.law)
        [(tally.households, tally.persons)] = self.db.rows(
            "SELECT (SELECT COUNT(*) FROM said_households), (SELECT COUNT(*) FROM said_persons)"
        )
        for scheme in self.law.schemes:
            tally.lines[scheme.key] = self._line(scheme)
        asked = f"{self._any('TRUE')} AS yes, {self._any('NULL')} AS unclear"
        verdicts = f"SELECT household_id, {asked} FROM {self._all()}"
        self.db.run(f"CREATE OR REPLACE TEMP VIEW verdict AS {verdicts} GROUP BY household_id")
        counts = (
            "COUNT(*) FILTER (WHERE NOT yes AND NOT unclear), COUNT(*) FILTER (WHERE unclear AND NOT yes)"
        )
        [(tally.none, tally.unclear)] = self.db.rows(f"SELECT {counts} FROM verdict")
        self._explain(tally)
        return tally

    def _line(self, scheme: Scheme) -> Line:
        key, whole = scheme.key, scheme.unit is Unit.HOUSEHOLD
        yes, unclear = f"{key}_eligible", f"{key}_eligible IS NULL"
        parts = [f"{key}_amount", *(extra.amount for extra in scheme.supplements)] if scheme.amount else ["0"]
        paid = " + ".join(f"COALESCE({part}, 0)" for part in parts)
        open_ = " OR ".join(f"{part} IS NULL" for part in parts)
        one = "COUNT(*)" if whole else "COUNT(DISTINCT household_id)"
        sums = (
            f"{one} FILTER (WHERE {yes})",
            f"SUM({MEMBERS}) FILTER (WHERE {yes})" if whole else f"COUNT(*) FILTER (WHERE {yes})",
            f"SUM({paid}) FILTER (WHERE {yes})",
            f"COUNT(*) FILTER (WHERE {yes} AND ({open_}))",
            f"{one} FILTER (WHERE {unclear})",
            f"{one} FILTER (WHERE {key}_reason IS DISTINCT FROM '{NOT_IN_FORCE}')",
        )
        table = "said_households" if whole else "said_persons"
        [numbers] = self.db.rows(f"SELECT {', '.join(sums)} FROM {table}")
        return Line(*(int(number or 0) for number in numbers))

    def _columns(self, unit: Unit) -> list[str]:
        return [f"{scheme.key}_eligible" for scheme in self.law.schemes if scheme.unit is unit]

    def _all(self) -> str:
        """Every verdict column of households and of persons, a household's rows under one another."""
        everything = [*self._columns(Unit.HOUSEHOLD), *self._columns(Unit.PERSON)]
        selects = []
        for unit, table in ((Unit.HOUSEHOLD, "said_households"), (Unit.PERSON, "said_persons")):
            own = self._columns(unit)
            cells = ", ".join(name if name in own else f"FALSE AS {name}" for name in everything)
            selects.append(f"SELECT household_id, {cells} FROM {table}")
        return f"({' UNION ALL '.join(selects)})"

    def _any(self, value: str) -> str:
        test = "IS NULL" if value == "NULL" else "IS TRUE"
        names = [*self._columns(Unit.HOUSEHOLD), *self._columns(Unit.PERSON)]
        return f"bool_or({' OR '.join(f'{name} {test}' for name in names)})"

    def _explain(self, tally: Tally) -> None:
        sample = (
            f"SELECT household_id FROM verdict WHERE unclear ORDER BY hash(household_id) LIMIT {EXPLAINED}"
        )
        documents = [family.document() for family in families_of(self.tables, sample, db=self.db)]
        asked = Tally(self.law)
        for outcome in outcomes(documents, law=self.law, on=self.on):
            asked.add(outcome)
        tally.missing, tally.holes, tally.explained = asked.missing, asked.holes, len(documents)


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
