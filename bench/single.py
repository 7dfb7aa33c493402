"""One household: all schemes with the full trace, beside OpenFisca-Core on the same family.

python -m bench.single
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np

from bench import openfisca_path
from bench.population import ON, VALUES
from doudi.assessment.evaluate import assess
from doudi.assessment.program import program
from doudi.engine.program import FACT
from doudi.law.folding import fold
from doudi.law.rulebook import Law

DAY = date(ON // 10000, ON // 100 % 100, ON % 100)
FAMILY = {
    "household": {
        "household_id": "1",
        "region_code": "990101101003",
        "area_type": "RURAL",
        "on": ON,
        "application_date": 20251009,
        "hukou_local": True,
        "authorised_all": True,
        "property_conclusion": "PASS",
        "income_complete": True,
        "expenditure_complete": True,
        "property_complete": True,
        "risk_confirmed": True,
        "ex_poor": False,
    },
    "members": [
        {
            "name": f"示例{position}",
            "relation": relation,
            "birth_date": birth,
            "counted": True,
            "labour_capacity": labour,
            "student": labour == "NONE" and birth > 20000101,
            "serious_illness": False,
            "disability_type": "PHYSICAL" if position == 4 else "NO",
            "disability_grade": 1 if position == 4 else 0,
            "obligor_state": "CAPABLE",
            "wage_imputed": position == 0,
            "work_place": "330106",
            "verification_date": 20251012,
            "incomes": [{"item": "CROP", "month": 202409 + 0, "amount": 0, "deduction": 0}]
            + [
                {"item": "CROP", "month": 202500 + month, "amount": 50_000, "deduction": 0}
                for month in range(1, 10)
            ],
        }
        for position, (relation, birth, labour) in enumerate(
            (
                ("HEAD", 19850312, "ORDINARY"),
                ("SPOUSE", 19871105, "ORDINARY"),
                ("PARENT", 19580716, "NONE"),
                ("DAUGHTER", 20160430, "NONE"),
                ("SON", 20150221, "LOST"),
            )
        )
    ],
    "expenditures": [],
    "assets": [],
}


def timed(work: Callable[[], object], times: int) -> dict[str, float]:
    """Median and 95th percentile in milliseconds over `times` calls after ten to warm up."""
    for _ in range(10):
        work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "p50_ms": round(statistics.median(taken), 3),
        "p95_ms": round(sorted(taken)[int(times * 0.95)], 3),
    }


def openfisca_once(law: Law) -> Callable[[], object]:
    """A closure computing the family's verdicts and amounts in OpenFisca; its system is built once."""
    made, codes = program(law), openfisca_path.Codes()
    system = openfisca_path.system(made, law.values, codes)
    household, persons = fold(FAMILY, on=ON)
    facts = {}
    for name, column in made.columns.items():
        if column.kind == FACT:
            rows = [household] if column.entity == "household" else persons
            facts[name] = np.array(
                [codes[v] if isinstance(v := row.get(name), str) else int(v or 0) for row in rows],
                dtype=np.int64,
            ).astype(np.bool_ if column.info.type == "BOOL" else np.int64)
    owner = np.zeros(len(persons), dtype=np.int64)

    def work() -> object:
        ready = openfisca_path.simulation(system, facts, owner, 1)
        return [ready.calculate(name, openfisca_path.PERIOD) for name in openfisca_path.outputs(made)]

    return work


def main() -> None:
    """Command line: prints one line of JSON."""
    law = Law.load([VALUES])
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "doudi", "--help"], check=True, capture_output=True)
    help_seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "assess": timed(lambda: assess(FAMILY, on=DAY, law=law), 500),
                "openfisca": timed(openfisca_once(law), 200),
                "help_seconds": round(help_seconds, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
