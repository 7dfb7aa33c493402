"""Writes the deliveries with their manifest, the tables they are about, and the truth, into a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from demo.extracts.planted import planting
from demo.extracts.sets import Extract, sets
from demo.extracts.tables import Tables, opened
from demo.extracts.world import Rows, build, describe, months, pair
from doudi.kernel.month import Month

STATE_EVERY = 6
"""A state is delivered every so many months, the last one always."""
README = (
    "全部虚构：没有一个人、一个单位、一个账户是真的。身份证号以 999999 开头。truth.parquet 是埋设的答案。\n"
)


def write(
    out: Path,
    types: Mapping[str, Mapping[str, str]],
    rows: Rows,
    *,
    households: int,
    seed: int,
    on: date,
    tables: bool,
    said: Callable[[str], None],
) -> dict[str, Any]:
    """Fills an empty folder; returns the manifest. `tables`: also the families, as `doudi assess` reads."""
    out.mkdir(parents=True, exist_ok=True)
    work = out / ".work"
    work.mkdir()
    with opened(work) as db:
        said(f"正在编造 {households:,} 户")
        build(db, types, rows, households=households, seed=seed, on=on)
        if tables:
            out.joinpath("county").mkdir()
            for name in types:
                db.write(f"SELECT * FROM {name}", out / "county" / f"{name}.parquet")
        describe(db, seed=seed, on=on)
        for statement in planting():
            db.run(statement)
        pair(db)
        deliveries = [row for extract in sets() for row in _deliver(db, out, extract, on, said)]
        db.write("SELECT * FROM planted ORDER BY kind, person_id", out / "truth.parquet")
        people = db.count("people")
    shutil.rmtree(work)
    manifest = {
        "invented": True, "households": households, "persons": people, "seed": seed, "on": on.isoformat(),
        "deliveries": deliveries,
    }  # fmt: skip
    out.joinpath("manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    out.joinpath("README.txt").write_text(README, "utf-8")
    return manifest


def _deliver(
    db: Tables, out: Path, extract: Extract, on: date, said: Callable[[str], None]
) -> list[dict[str, Any]]:
    said(f"正在写 {extract.key} {extract.supplier}")
    window = months(on)
    due = window if extract.flow else window[STATE_EVERY - 1 :: STATE_EVERY]
    out.joinpath(extract.key).mkdir()
    made = []
    for month in due:
        file = out / extract.key / f"{month}.parquet"
        rows = db.write(f"SELECT * FROM ({extract.select.format(m=month)}) ORDER BY ALL", file)
        made.append(
            {
                "set": extract.key,
                "batch": f"{extract.key}-{month}",
                "supplier": extract.supplier,
                "as_of": Month(month).last_day().isoformat(),
                "file": f"{extract.key}/{file.name}",
                "rows": rows,
                "sha256": _sha256(file),
            }
        )
    return made


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
