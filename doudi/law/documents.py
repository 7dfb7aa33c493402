"""The documents the law quotes: what is in force when, so that no entry rests on a text that was not there.

```toml
[documents."江府〔2018〕6号"]     # the name a citation begins with
title = "……"
issued = 2018-03-12
from = 2018-01-01                # first day it may govern
until = 2021-07-01               # optional: first day it no longer does
replaced_by = "民发〔2021〕57号"  # optional
source = "seen"                  # seen: the text was read | quoted: known from another | own: to be verified
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml, ymd

SOURCES = {"seen": "已读全文", "quoted": "转引", "own": "待核实"}

_FIELDS = {"title", "issued", "from", "until", "replaced_by", "source", "note"}


@dataclass(frozen=True)
class Document:
    """One document; dates are ints yyyymmdd, `until` exclusive, None while it is in force."""

    name: str
    title: str
    issued: int
    from_: int
    until: int | None
    replaced_by: str
    source: str
    note: str = ""

    def in_force(self, on: int) -> bool:
        """True when the document governs the day `on` (yyyymmdd)."""
        return self.from_ <= on and (self.until is None or on < self.until)


def load_documents(path: Path) -> dict[str, Document]:
    """The documents of `documents.toml` by name. Raises BadDeclaration."""
    return read_documents(read_toml(path, path.name).get("documents", {}), path.name)


def read_documents(tables: Mapping[str, Any], shown: str) -> dict[str, Document]:
    """The documents of one file's `[documents]` table. Raises BadDeclaration."""
    documents = {}
    for name, row in tables.items():
        table = f'documents."{name}"'
        wrong = ({"title", "issued", "from", "source"} - set(row)) | (set(row) - _FIELDS)
        if wrong:
            raise BadDeclaration(f"文件登记缺少或多了：{'、'.join(sorted(wrong))}", file=shown, table=table)
        days = {key: row[key] for key in ("issued", "from", "until") if key in row}
        if not all(isinstance(day, date) for day in days.values()) or row["source"] not in SOURCES:
            raise BadDeclaration("日期或 source 写法不对", file=shown, table=table)
        documents[name] = Document(
            name=name, title=row["title"], issued=ymd(days["issued"]), from_=ymd(days["from"]),
            until=ymd(days["until"]) if "until" in days else None,
            replaced_by=row.get("replaced_by", ""), source=row["source"], note=row.get("note", ""),
        )  # fmt: skip
    return documents


def quoted(cites: str, documents: Mapping[str, Document]) -> list[Document | None]:
    """The document each part of a citation (parts end with ；) begins with; None for an unknown one."""
    found: list[Document | None] = []
    for part in filter(None, (piece.strip() for piece in cites.split("；"))):
        names = [name for name in documents if part.startswith(name)]
        found.append(documents[max(names, key=len)] if names else None)
    return found
