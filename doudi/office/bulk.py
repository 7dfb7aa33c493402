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


def insert(model: type[PersonalModel], rows: list[Row]) -> None:
    """Inserts rows by column name; values are what JSON knows, dates as ISO text, ciphertext by `sealed`.

    Columns a row leaves out are null: defaults are the caller's. Raises OutsideScope, IntegrityError.
    """
    for region in {row[model.region_field] for row in rows}:
        check_inside(region)
    columns = [column for column in model._meta.concrete_fields if not isinstance(column, models.AutoField)]
    table, names = model._meta.db_table, ", ".join(column.column for column in columns)
    told = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    # Past Django's cursor, which would copy megabytes into the statement itself, quoted.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(
            f"insert into {table} ({names}) select {names} from json_populate_recordset(null::{table}, %s)",
            [told],
        )


def sealed(keys: CryptoModule, column: EncryptedField, row: UUID | str, text: str) -> str:
    """The ciphertext of a column for the row with this id, as `insert` takes it."""
    place = place_of(column.model._meta.db_table, column.column, row)
    return as_bytea(keys.encrypt(text.encode(), purpose=column.purpose, place=place))


def as_bytea(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from text."""
    return "\\x" + value.hex()
