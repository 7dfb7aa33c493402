"""A register in Parquet, however large: assessed by DuckDB, its totals counted by SQL over the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        [tally.households] = self._one("said_households", ["COUNT(*)"])
        [tally.persons] = self._one("said_persons", ["COUNT(*)"])
        of = {unit: [one for one in self.law.schemes if one.unit is unit] for unit in Unit}
        self._by_household(of[Unit.PERSON])
        whole = [sql for scheme in of[Unit.HOUSEHOLD] for sql in _counts(scheme, MEMBERS)]
        people = [sql for scheme in of[Unit.PERSON] for sql in _counts(scheme, "1")]
        homes = [
            f"COUNT(*) FILTER (WHERE {s.key}_{tag})" for s in of[Unit.PERSON] for tag in ("yes", "unclear")
        ]
        households, persons = self._one("said_households", whole), self._one("said_persons", people)
        in_homes = self._one("by_household", homes)
        for scheme in of[Unit.HOUSEHOLD]:
            tally.lines[scheme.key] = Line(*(next(households) for _ in Line.__dataclass_fields__))
        for scheme in of[Unit.PERSON]:
            line = Line(*(next(persons) for _ in Line.__dataclass_fields__))
            line.households, line.unclear = next(in_homes), next(in_homes)
            tally.lines[scheme.key] = line
        tally.none, tally.unclear = self._verdicts(of)
        self._explain(tally)
        return tally

    def _one(self, table: str, columns: Sequence[str]) -> Iterator[int]:
        [row] = self.db.rows(f"SELECT {', '.join([*columns, '0'])} FROM {table}")
        return iter([int(number or 0) for number in row[:-1]])

    def _by_household(self, schemes: Sequence[Scheme]) -> None:
        """One pass over the persons for all that is counted in households."""
        parts = [
            f"bool_or({s.key}_eligible) AS {s.key}_yes, bool_or({s.key}_eligible IS NULL) AS {s.key}_unclear"
            for s in schemes
        ]
        columns = ", ".join(["household_id", *parts])
        self.db.run(
            f"CREATE TEMP TABLE by_household AS SELECT {columns} FROM said_persons GROUP BY household_id"
        )

    def _verdicts(self, of: Mapping[Unit, Sequence[Scheme]]) -> Iterator[int]:
        """Households with nothing, and with nothing yet; keeps the unclear ones for a closer look."""
        yes = [f"COALESCE({s.key}_eligible, FALSE)" for s in of[Unit.HOUSEHOLD]]
        unclear = [f"{s.key}_eligible IS NULL" for s in of[Unit.HOUSEHOLD]]
        yes += [f"COALESCE({s.key}_yes, FALSE)" for s in of[Unit.PERSON]]
        unclear += [f"COALESCE({s.key}_unclear, FALSE)" for s in of[Unit.PERSON]]
        columns = f"{' OR '.join(yes)} AS yes, {' OR '.join(unclear)} AS unclear"
        joined = (
            f"SELECT household_id, {columns} FROM said_households LEFT JOIN by_household USING (household_id)"
        )
        self.db.run(f"CREATE TEMP TABLE not_settled AS FROM ({joined}) WHERE NOT yes OR unclear")
        counts = [
            "COUNT(*) FILTER (WHERE NOT yes AND NOT unclear)",
            "COUNT(*) FILTER (WHERE NOT yes AND unclear)",
        ]
        return self._one("not_settled", counts)

    def _explain(self, tally: Tally) -> None:
        unclear = "SELECT household_id FROM not_settled WHERE unclear"
        sample = f"{unclear} ORDER BY hash(household_id), household_id LIMIT {EXPLAINED}"
        documents = [family.document() for family in families_of(self.tables, sample, db=self.db)]
        asked = Tally(self.law)
        for outcome in outcomes(documents, law=self.law, on=self.on):
            asked.add(outcome)
        tally.missing, tally.holes, tally.explained = asked.missing, asked.holes, len(documents)


def _counts(scheme: Scheme, persons: str) -> Iterator[str]:
    """The fields of a Line, in order, as SQL over the rows a scheme decides about."""
    yes = f"FILTER (WHERE {scheme.key}_eligible)"
    parts = (
        [f"{scheme.key}_amount", *(extra.amount for extra in scheme.supplements)] if scheme.amount else ["0"]
    )
    yield f"COUNT(*) {yes}"
    yield f"SUM({persons}) {yes}"
    yield f"SUM({' + '.join(f'COALESCE({part}, 0)' for part in parts)}) {yes}"
    open_ = " OR ".join(f"{part} IS NULL" for part in parts)
    yield f"COUNT(*) FILTER (WHERE {scheme.key}_eligible AND ({open_}))"
    yield f"COUNT(*) FILTER (WHERE {scheme.key}_eligible IS NULL)"
    yield f"COUNT(*) FILTER (WHERE {scheme.key}_reason IS DISTINCT FROM '{NOT_IN_FORCE}')"


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
