"""The desk on a register of a million households: `make bench-register`.

python -m bench.register fill       makes the register in /tmp/benchregister: an hour of one core, 14 GB;
                                    stopped in the middle, the next run goes on
python -m bench.register measure    starts `doudi serve` on it, works as officers do, writes register.md
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import importlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.register_client import COUNTED, COUNTING, Browser, Times
from bench.register_page import written
from demo import places
from doudi.office.postgres import ADMIN, Cluster, ensure_running, stop
from doudi.settings.boot import prepare

HOME = Path("/tmp/benchregister")
RESULTS = Path("bench/register.md")
# For filling only; measured is the server as the product starts it.
FILLING = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "synchronous_commit": "off",
}
TABLES = (
    "registry_household", "registry_person", "registry_nametoken", "registry_membership",
    "registry_statement", "registry_externalstatus", "registry_changerequest", "intake_lead",
    "office_auditentry", "office_auditseal",
)  # fmt: skip
_ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')
_TICKS = os.sysconf("SC_CLK_TCK")


def law_values(folder: Path) -> None:
    """The demo county's law values of today for the whole city, also for a register filled before."""
    told = Path(places.__file__).with_name("values.toml").read_text("utf-8")
    (folder / "values").mkdir(exist_ok=True)
    told = told.replace(f'region = "{places.COUNTY}"', f'region = "{places.COUNTY[:4]}"')
    (folder / "values" / "demo.toml").write_text(told, "utf-8")


def fill(folder: Path, households: int) -> None:
    """Makes the register, or goes on where an earlier run stopped."""
    started = ensure_running(folder, FILLING)
    prepare()
    try:
        city = importlib.import_module("bench.register_fill")
        city.settle(folder)
        city.families(households)
        city.work()
        city.sample(folder)
        city.analyse()
    finally:
        if started:
            stop(folder)


@contextmanager
def served(folder: Path, port: int) -> Iterator[int]:
    """`doudi serve` as an office runs it, with nothing set; yields its process id once it answers."""
    command = [sys.executable, "-m", "doudi", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            for line in server.stdout or ():
                if "办件台" in line:
                    break
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def cpu(roots: list[int]) -> float:
    """CPU seconds of these processes and all below them, those that have ended included."""
    parents, spent = dict[int, int](), dict[int, float]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            cells = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(cells[1])
        spent[int(stat.parent.name)] = sum(map(int, cells[11:15])) / _TICKS
    wanted, grown = set(roots), True
    while grown:
        below = {pid for pid, parent in parents.items() if parent in wanted} - wanted
        wanted, grown = wanted | below, bool(below)
    return sum(spent.get(pid, 0.0) for pid in wanted)


def worked(args: argparse.Namespace, server: int, postgres: int, **how: Any) -> dict[str, Any]:
    """One run of the load client, with the CPU the server and the database took meanwhile."""
    options = [part for name, value in how.items() for part in (f"--{name}", str(value))]
    command = [
        sys.executable, "-m", "bench.register_client", "--port", str(args.port), "--folder", str(args.folder)
    ]  # fmt: skip
    spent: dict[str, tuple[float, float]] = {}
    load, last = os.getloadavg()[0], ""
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as client:
        for last in client.stdout or ():
            if last.strip() in (COUNTING, COUNTED):
                spent[last.strip()] = cpu([server]), cpu([postgres])
    if client.returncode:
        raise SystemExit("the load client failed, see above")
    told: dict[str, Any] = json.loads(last)
    begun, ended = spent[COUNTING], spent[COUNTED]
    told |= {"cpu_server": ended[0] - begun[0], "cpu_database": ended[1] - begun[1]}
    told["load"] = round(load, 1), round(os.getloadavg()[0], 1)
    print(how, {key: told[key] for key in ("requests", "per_second", "all", "errors", "load")}, flush=True)
    return told


def facts(folder: Path) -> dict[str, Any]:
    """Rows and megabytes of the tables, and what the database is."""
    with psycopg.connect(**Cluster(folder).connection(ADMIN, "doudi")) as database:
        tables = {}
        for table in TABLES:
            found = database.execute(
                f"select count(*), pg_total_relation_size('{table}'), pg_indexes_size('{table}') from {table}"
            ).fetchone()
            tables[table] = found and (found[0], found[1] / 1e6, found[2] / 1e6)
        size, told = database.execute(
            "select pg_database_size(current_database()), version()"
        ).fetchone() or (
            0,
            "",
        )
        shown = ("shared_buffers", "synchronous_commit", "fsync", "data_checksums")
        settings = {name: (database.execute(f"show {name}").fetchone() or ("",))[0] for name in shown}
    return {"tables": tables, "gigabytes": size / 1e9, "version": told.split(" on ")[0], "settings": settings}


def weights(args: argparse.Namespace) -> dict[str, tuple[int, int]]:
    """Page -> bytes of its first load with all it asks for, compressed and plain, as a township's clerk."""
    officers = json.loads((args.folder / "sign-ins.json").read_text("utf-8"))
    samples = json.loads((args.folder / "samples.json").read_text("utf-8"))
    clerk = [one for one in officers if one["role"] == "township_clerk"][-1]
    browser = Browser(args.port, Times())
    browser.sign_in(clerk)
    family = samples[clerk["region"]][0]["household"]
    found = {}
    for name, path in (
        ("inbox", "/"),
        ("find", "/find/"),
        ("leads", "/?show=lead"),
        ("family", f"/family/{family}/"),
    ):
        page = browser.get(name, path)
        assets = [_size(args.port, asset) for asset in sorted(set(_ASSET.findall(page)))]
        sent, plain = browser.timed.sizes[name][0]
        found[name] = (sent + sum(one[0] for one in assets), plain + sum(one[1] for one in assets))
    return found


def _size(port: int, path: str) -> tuple[int, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    plain = gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data
    return len(data), len(plain)


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Everything the page shows."""
    with served(args.folder, args.port) as server:
        postgres = int((Cluster(args.folder).data / "postmaster.pid").read_text("ascii").split()[0])
        run = {"seconds": args.seconds}
        worked(args, server, postgres, users=8, seconds=15)  # caches, connections
        before = facts(args.folder)
        alone = {
            role: worked(args, server, postgres, users=1, role=role, seconds=max(20, args.seconds / 2))
            for role in ("village", "township_clerk", "county_handler")
        }
        mixed = [
            worked(args, server, postgres, users=args.users, seed=number, **run)
            for number in range(args.rounds)
        ]
        many = worked(args, server, postgres, users=args.sessions, think=10, **run) if args.sessions else None
        time.sleep(3)  # the sealer's last second
        after = facts(args.folder)
        return {
            "alone": alone,
            "mixed": mixed,
            "many": many,
            "weights": weights(args),
            "before": before,
            "after": after,
            "users": args.users,
            "rate": statistics.median(one["per_second"] for one in mixed),
        }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("fill", "measure"))
    parser.add_argument("--folder", type=Path, default=HOME)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--users", type=int, default=24)
    parser.add_argument("--sessions", type=int, default=1000, help="0: without the thousand sessions")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    args.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    os.environ |= {"DOUDI_HOME": str(args.folder), "DOUDI_HTTPS": "0"}
    law_values(args.folder)
    if args.what == "fill":
        fill(args.folder, args.households)
        return
    found = measure(args)
    (args.folder / "measured.json").write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    RESULTS.write_text(written(found, RESULTS), "utf-8")
    print(RESULTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
