"""Where the database is: `DATABASE_URL` and `DATABASE_OWNER_URL`, or the embedded server of the data folder.

Two roles, two aliases: `default` is the web role every request uses, `owner` owns the tables and migrates.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from doudi.office.postgres import OWNER, WEB, Cluster


def embedded() -> bool:
    """True when no `DATABASE_URL` is given, so that the server of the data folder is used."""
    return not os.environ.get("DATABASE_URL")


def databases(home: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Raises ValueError in Chinese when a URL is given that cannot be used."""
    if embedded():
        cluster = Cluster(home)
        return {
            "default": _entry(cluster.connection(WEB)),
            "owner": _entry(cluster.connection(OWNER)),
        }
    web = os.environ["DATABASE_URL"]
    return {
        "default": _entry(_parsed("DATABASE_URL", web)),
        # Without the owner's URL everything but migrating works; the web server should not have it at all.
        "owner": _entry(_parsed("DATABASE_OWNER_URL", os.environ.get("DATABASE_OWNER_URL", web))),
    }


def _parsed(variable: str, url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/") or not parts.username:
        raise ValueError(f"环境变量 {variable} 写法不对，应为 postgresql://用户:口令@主机:端口/数据库名")
    options = dict(parse_qsl(parts.query))
    return {
        "host": options.pop("host", parts.hostname or ""),
        "port": parts.port or "",
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.lstrip("/")),
        **options,
    }


def _entry(connection: dict[str, Any]) -> dict[str, Any]:
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    entry: dict[str, Any] = {django: connection[libpq] for libpq, django in known.items()}
    options = {name: value for name, value in connection.items() if name not in known}
    return {
        "ENGINE": "doudi.office.driver",
        **entry,
        "OPTIONS": {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 3, **options},
        # A connection outlives its request but never carries a scope: that is set with SET LOCAL only.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
