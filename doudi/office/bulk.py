"""Many rows of one table at once, under row level security like every other row.

COPY is refused on a table with row level security, the web role may not make a temporary table to copy into,
and the ORM sends each value as a parameter of its own; one JSON text per table is the quickest that is left.
"""

import json
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import Cursor

from doudi.office.crypto import CryptoModule
from doudi.office.fields import EncryptedField, place_of
from doudi.office.scope import PersonalModel, check_inside

Row = dict[str, Any]


def insert(model: type[PersonalModel], rows: list[Row], *, shared: Row | None = None) -> None:
    """Inserts rows by column name; values are what JSON knows, dates as ISO text, ciphertext by `sealed`.

    `shared` columns are the same in every row and told once. Columns a row leaves out are null: defaults are
    the caller's. Raises OutsideScope, IntegrityError.
    """
    for region in {row[model.region_field] for row in rows}:
        check_inside(region)
    shared = shared or {}
    columns = [column for column in model._meta.concrete_fields if not isinstance(column, models.AutoField)]
    table, names = model._meta.db_table, [column.column for column in columns]
    values = [
        f"%({name})s::{_type(column)}" if name in shared else f"r.{name}"
        for name, column in zip(names, columns, strict=True)
    ]
    _execute(
        f"insert into {table} ({', '.join(names)}) select {', '.join(values)}"
        f" from json_populate_recordset(null::{table}, %(rows)s) r",
        {**shared, "rows": _json(rows)},
    )


def insert_each(model: type[PersonalModel], rows: list[Row], column: str) -> None:
    """As `insert`, for rows that differ in one column only: there each has a list, and makes a row of each.

    Written in the order of that column: neighbours in its index are written together.
    """
    for region in {row[model.region_field] for row in rows}:
        check_inside(region)
    columns = {one.column: _type(one) for one in model._meta.concrete_fields}
    told = ", ".join(f"{name} {kind}{'[]' * (name == column)}" for name, kind in columns.items())
    values = ", ".join(f"one.{name}" if name == column else f"r.{name}" for name in columns)
    _execute(
        f"insert into {model._meta.db_table} ({', '.join(columns)}) select {values}"
        f" from json_to_recordset(%(rows)s) r({told}), unnest(r.{column}) one({column}) order by {column}",
        {"rows": _json(rows)},
    )


def _type(column: Any) -> str:
    return str(column.db_type(connection)).partition(" COLLATE")[0]


def _json(rows: list[Row]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _execute(statement: str, told: Row) -> None:
    # Past Django's cursor, which would copy megabytes into the statement itself, quoted.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, told)


def sealed(keys: CryptoModule, column: EncryptedField, row: UUID | str, text: str) -> str:
    """The ciphertext of a column for the row with this id, as `insert` takes it."""
    place = place_of(column.model._meta.db_table, column.column, row)
    return as_bytea(keys.encrypt(text.encode(), purpose=column.purpose, place=place))


def as_bytea(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from text."""
    return "\\x" + value.hex()
