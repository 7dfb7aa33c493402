"""All benchmarks of the rulebook, and the page that shows them: `make bench` (about half an hour).

python -m bench [--small 1000000] [--large 10000000] [--rounds 3] [--spark 100000]
Each round runs every step once, one after the other, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import population
from bench.population import VALUES
from doudi.assessment.program import program
from doudi.law.rulebook import Law

RESULTS = Path("bench/README.md")
Figures = dict[str, list[dict[str, Any]]]


def step(name: str, data: Path) -> dict[str, Any]:
    """Run one step in its own process; its JSON, with the load of the machine before it."""
    load = os.getloadavg()[0]
    command = [
        sys.executable,
        "-m",
        "bench.steps",
        name,
        "--data",
        str(data),
        "--out",
        str(data / f"out-{name}"),
    ]
    if name == "openfisca":  # it compares its figures with what doudi wrote
        command[-1] = str(data / "out-doudi")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(name, said, flush=True)
    return said | {"load": round(load, 1)}


def made(folder: Path, households: int) -> Path:
    """A population of this size, written once for a rulebook that asks for the same facts."""
    data = folder / str(households)
    if not population.complete(data):
        population.write(data, households)
    return data


def median(rows: list[dict[str, Any]], key: str) -> float:
    """The median of a figure over the rounds."""
    return statistics.median(row[key] for row in rows)


def measured(args: argparse.Namespace) -> tuple[Figures, dict[str, Any]]:
    """Every step, `rounds` times, and the single household."""
    found: Figures = defaultdict(list)
    small, large = made(args.data, args.small), made(args.data, args.large)
    for _ in range(args.rounds):
        for name in ("floor", "doudi", "openfisca"):
            found[f"{name} small"].append(step(name, small))
        for name in ("floor", "doudi"):
            found[f"{name} large"].append(step(name, large))
    if args.spark:
        sized = made(args.data, args.spark)
        for name in ("doudi", "spark"):
            found[f"{name} spark"].append(step(name, sized))
    single = subprocess.run(
        [sys.executable, "-m", "bench.single"], capture_output=True, text=True, check=True
    )
    return found, json.loads(single.stdout.splitlines()[-1])


def targets(
    args: argparse.Namespace, found: Figures, single: dict[str, Any]
) -> tuple[tuple[str, str, float], ...]:
    """The rows of figure, target and measurement."""

    def at(step_: str, key: str = "seconds") -> float:
        return median(found[step_], key)

    return (
        ("seconds for the large run", "<= 60", at("doudi large")),
        ("peak MB of the large run", "<= 3072", at("doudi large", "peak_mb")),
        ("times the read-and-group floor", "<= 2", at("doudi large") / at("floor large")),
        (
            "times the read-and-group floor, CPU",
            "<= 2",
            at("doudi large", "cpu") / at("floor large", "cpu"),
        ),
        ("times faster than OpenFisca, reading included", ">= 5", at("openfisca small") / at("doudi small")),
        (
            "times faster than OpenFisca, CPU",
            ">= 5",
            at("openfisca small", "cpu") / at("doudi small", "cpu"),
        ),
        (
            "times faster than OpenFisca's computing alone",
            ">= 5",
            at("openfisca small", "computing") / at("doudi small"),
        ),
        (
            f"{args.large / args.small:.0f} times the households, times the seconds",
            "<= 11",
            at("doudi large") / at("doudi small"),
        ),
        ("one household with trace, ms p50", "<= 1", single["assess"]["p50_ms"]),
        ("the same household in OpenFisca, ms p50", "", single["openfisca"]["p50_ms"]),
        ("`doudi --help`, seconds", "<= 0.5", single["help_seconds"]),
    )


def page(args: argparse.Namespace, found: Figures, single: dict[str, Any]) -> str:
    """The results as a page, targets and gaps named."""
    law = program(Law.load([VALUES]))
    columns = len([name for name in law.columns if not name.startswith("_")])

    lines = [
        "# Measured",
        "",
        "`make bench` writes this page; `make bench-register` writes [register.md](register.md), the desk on "
        "a million households. Read the ratios of one run; the seconds are of a shared machine.",
        "",
        f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("duckdb", "openfisca-core", "numpy")),
        f"{columns} figures a household and person, {len(law.verdicts)} schemes; medians of {args.rounds} "
        "rounds; "
        f"load before a step {min(r['load'] for rows in found.values() for r in rows)} to "
        f"{max(r['load'] for rows in found.values() for r in rows)}.",
        "",
        "| households | step | seconds | CPU seconds | peak MB |",
        "|---:|---|---:|---:|---:|",
    ]
    sizes = {"small": args.small, "large": args.large, "spark": args.spark}
    for key, rows in found.items():
        name, size = key.split()
        lines.append(
            f"| {sizes[size]:,} | {name} | {median(rows, 'seconds'):.1f} | {median(rows, 'cpu'):.1f} "
            f"| {median(rows, 'peak_mb'):.0f} |"
        )
    compared = found["openfisca small"][-1]
    rows_of = targets(args, found, single)
    lines += ["", "| figure | target | measured |", "|---|---|---:|"]
    lines += [f"| {name} | {target} | {value:.2f} |" for name, target, value in rows_of]
    lines += [
        "",
        f"OpenFisca and Doudi agree: {compared['compared']:,} known figures compared, "
        f"{compared['different']} differ. OpenFisca computes verdicts and amounts only; Doudi also writes "
        "reasons and missing lists and keeps unknowns.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("out/bench"))
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--spark", type=int, default=100_000, help="0: without Spark")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    found, single = measured(args)
    RESULTS.write_text(page(args, found, single), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
