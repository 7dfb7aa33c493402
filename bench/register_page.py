"""The page `bench.register` writes: figures beside their targets. What is said by hand below them stays."""

from __future__ import annotations

import os
import platform
import statistics
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

BY_HAND = "## What falls short, and why"
Figures = dict[str, Any]


def written(found: Figures, page: Path) -> str:
    """The page as Markdown."""
    parts = [_head(found), _targets(found), _pages(found), _rows(found), _by_hand(page)]
    return "\n\n".join(parts) + "\n"


def _head(found: Figures) -> str:
    database = found["after"]
    settings = ", ".join(f"{name} {value}" for name, value in database["settings"].items())
    loads = [load for one in (*found["mixed"], *found["alone"].values()) for load in one["load"]]
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("django", "psycopg", "gunicorn", "cryptography")
    )
    return "\n".join(
        (
            "# The desk on a register of a city",
            "",
            "`make bench-register` writes this page. A city of ten counties, filled by the demo county's",
            "recipe through the product's own loader; `doudi serve` as it is (4 processes of 2 threads), row",
            "level security, encryption and audit on, the sealer running. The load client is a process of",
            "its own on the same machine: officers of villages, townships and counties open their desk, look",
            "for somebody, open the family with its assessment, and so on without a pause; what a page loads",
            "by itself counts, static files do not.",
            "",
            f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores shared with others "
            f"(load {min(loads)} to {max(loads)}), Python {platform.python_version()}, {packages}.",
            f"{database['version']}: {settings}; {database['gigabytes']:.1f} GB.",
        )
    )


def _targets(found: Figures) -> str:
    mixed, many = found["mixed"], found["many"]
    errors = sum(one["errors"] for one in (*mixed, *found["alone"].values(), *filter(None, [many])))
    hardest = max((row["p95"], kind) for one in mixed for kind, row in one["kinds"].items() if row["n"] >= 20)
    alone = max(
        (row["p95"], kind)
        for one in found["alone"].values()
        for kind, row in one["kinds"].items()
        if row["n"] > 9
    )
    per = 1000 / statistics.median(one["requests"] for one in mixed)
    server = statistics.median(one["cpu_server"] for one in mixed) * per
    database = statistics.median(one["cpu_database"] for one in mixed) * per
    sent, plain = (size / 1024 for size in max(found["weights"].values()))
    rows = [
        (f"requests a second, {found['users']} officers without a pause", ">= 150", f"{found['rate']:.1f}"),
        ("their p95, ms", "<= 300", f"{_middle(mixed, 'p95'):.0f}"),
        ("their p50, ms", "", f"{_middle(mixed, 'p50'):.0f}"),
        ("their p99, ms", "", f"{_middle(mixed, 'p99'):.0f}"),
        (f"hardest page p95, ms ({hardest[1]})", "<= 1000", f"{hardest[0]:.0f}"),
        (f"hardest page p95 for one officer alone, ms ({alone[1]})", "", f"{alone[0]:.0f}"),
        ("errors", "0", f"{errors}"),
        ("CPU of web server and sealer a request, ms", "", f"{server:.1f}"),
        ("CPU of PostgreSQL a request, ms", "", f"{database:.1f}"),
        ("two free cores would carry, requests a second", "", f"{2000 / (server + database):.0f}"),
        ("heaviest first load, KB (gzip; plain)", "<= 150", f"{sent:.0f}; {plain:.0f}"),
    ]  # fmt: skip
    if many:
        rows += [
            (f"{many['users']} sessions, {many['think']:.0f} s of thought, requests a second", "",
             many["per_second"]),
            ("their p95, ms", "<= 500", f"{many['all']['p95']:.0f}"),
            ("errors among them", "0", many["errors"]),
        ]  # fmt: skip
    return _table(("figure", "target", "measured"), rows)


def _pages(found: Figures) -> str:
    kinds = dict.fromkeys(kind for one in found["mixed"] for kind in one["kinds"])
    rows = []
    for kind in kinds:
        told = [one["kinds"][kind] for one in found["mixed"] if kind in one["kinds"]]
        alone = [one["kinds"][kind]["p50"] for one in found["alone"].values() if kind in one["kinds"]]
        middle = {
            key: statistics.median(row[key] for row in told) for key in ("p50", "p95", "p99", "sent", "plain")
        }
        rows.append(
            (
                kind,
                sum(row["n"] for row in told),
                f"{statistics.median(alone):.0f}" if alone else "",
                *(f"{middle[key]:.0f}" for key in ("p50", "p95", "p99")),
                f"{middle['sent'] / 1024:.1f}",
                f"{middle['plain'] / 1024:.1f}",
            )
        )
    titles = ("page", "asked", "alone p50 ms", "p50 ms", "p95 ms", "p99 ms", "KB sent", "KB plain")
    return _table(titles, sorted(rows, key=lambda row: -float(row[4])))


def _rows(found: Figures) -> str:
    before, after = found["before"]["tables"], found["after"]["tables"]
    rows = [
        (f"`{table}`", f"{count:,}", f"{size:,.0f}", f"{indexes:,.0f}")
        for table, (count, size, indexes) in after.items()
    ]
    grown = after["office_auditentry"][0] - before["office_auditentry"][0]
    asked = sum(
        one["requests"] for one in (*found["mixed"], *found["alone"].values(), *filter(None, [found["many"]]))
    )
    sealed = after["office_auditseal"][0]
    return "\n\n".join(
        (
            _table(("table", "rows", "MB", "of it indexes"), rows),
            f"Audit: {grown:,} rows while about {asked:,} requests were counted; {sealed:,} of "
            f"{after['office_auditentry'][0]:,} sealed three seconds after the last request.",
        )
    )


def _middle(runs: list[Figures], key: str) -> float:
    return statistics.median(one["all"][key] for one in runs)


def _table(titles: tuple[str, ...], rows: list[Any]) -> str:
    lines = [f"| {' | '.join(titles)} |", "|" + "---|" + "---:|" * (len(titles) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)])


def _by_hand(page: Path) -> str:
    said = page.read_text("utf-8") if page.is_file() else ""
    return BY_HAND + (said.partition(BY_HAND)[2].rstrip() or "\n\nNot said yet.")
