"""A stolen data folder, log or dump shows nothing: 200 planted texts are in none of them."""

import os
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from doudi.office import attachments, scope
from doudi.office.fields import name_tokens
from doudi.office.models import Attachment
from doudi.office.postgres import ADMIN, DATABASE, Cluster
from doudi.office.programs import programs_for
from doudi.office.scope import Scope

BY = Scope(region="520281104", role="township_clerk")
# One sign in all of them, so that one pass over each file is enough.
SIGN = "CANARY999999"
CANARIES = [f"{SIGN}1990{number:08d}" for number in range(100)]


def where_found(folder: Path, sign: bytes) -> list[str]:
    found = []
    for path, _, files in os.walk(folder):
        for name in files:
            file = Path(path, name)
            if file.is_file() and sign in file.read_bytes():
                found.append(str(file.relative_to(folder)))
    return found


@pytest.mark.usefixtures("committed_db")
def test_it_works(settings: Any, admin: psycopg.Connection, tmp_path: Path) -> None:
    with scope.active(BY):
        for canary in CANARIES:
            attachments.store(
                by=BY, region=BY.region, subject="s", name=f"{canary}.pdf", data=b"%PDF-" + canary.encode()
            )
            assert len(name_tokens(canary)) > 1
        assert Attachment.objects.first().name.open().startswith(SIGN)
    with pytest.raises(psycopg.Error):
        admin.execute(f"select '{SIGN}'::int")
    admin.execute("checkpoint")
    cluster = Cluster(settings.DOUDI_HOME)
    dump = tmp_path / "dump.sql"
    programs = programs_for(settings.DOUDI_HOME, cluster.data)
    subprocess.run(
        [programs.bin / "pg_dump", "-h", cluster.sockets, "-U", ADMIN, "-f", dump, DATABASE],
        env={**os.environ, "PGPASSWORD": cluster.password(ADMIN)},
        check=True,
    )
    assert "COPY public.office_attachment" in dump.read_text()
    assert where_found(settings.DOUDI_HOME, SIGN.encode()) == []
    assert where_found(tmp_path, SIGN.encode()) == []


@pytest.mark.usefixtures("committed_db")
def test_the_search_would_find_one(settings: Any, admin: psycopg.Connection) -> None:
    """A plain column is found both in its table's file and in the write-ahead log."""
    with scope.active(BY):
        Attachment.objects.create(
            region_code=BY.region, subject="PLAIN-CANARY", name="a", content_type="", size=0
        )
    admin.execute("checkpoint")
    files = where_found(settings.DOUDI_HOME, b"PLAIN-CANARY")
    assert any("pg_wal" in file for file in files)
    assert any("/base/" in file for file in files)
