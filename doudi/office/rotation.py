"""A new key version for what is stored, while officers go on working."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from doudi.office import scope
from doudi.office.crypto import CryptoModule, CryptoProblem, SoftwareModule, module
from doudi.office.fields import EncryptedField, place_of
from doudi.office.scope import EVERYWHERE, PersonalModel

BATCH = 1000


def encrypted_columns() -> list[tuple[type[models.Model], EncryptedField]]:
    """Every column that holds ciphertext."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedField)
    ]


def add_key_version() -> int:
    """Makes the next key version, used by all processes at once. Raises CryptoProblem for an HSM."""
    crypto = module()
    if not isinstance(crypto, SoftwareModule):
        raise CryptoProblem("使用密码机时，请在密码机上更换密钥，再执行 doudi keys reencrypt。")
    return crypto.add_version()


def reencrypt(batch: int = BATCH) -> Iterator[tuple[str, int]]:
    """Re-encrypts what an older key version holds, yielding (table.column, values done) per batch.

    Each batch is one short transaction; rows an officer has locked are taken in a later round. Stop and start
    again at will: what is done is known by its version byte. Old key files stay: backups need them.
    """
    for model, field in encrypted_columns():
        # What knows no region is changed by a job like the rest: any region says so.
        for region in EVERYWHERE if issubclass(model, PersonalModel) else EVERYWHERE[:1]:
            while done := _batch(model, field, region, batch):
                yield f"{model._meta.db_table}.{field.column}", done


def _batch(model: type[models.Model], field: EncryptedField, region: str, batch: int) -> int:
    with scope.system(region, "key-rotation"):
        return _reencrypt_rows(module(), model, field, batch)


def _reencrypt_rows(
    crypto: CryptoModule, model: type[models.Model], field: EncryptedField, batch: int
) -> int:
    table, column, key = model._meta.db_table, field.column, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {key}, {column} from {table} where get_byte({column}, 0) <> %s"
            " limit %s for no key update skip locked",
            [crypto.version, batch],
        )
        rows: list[tuple[Any, bytes]] = cursor.fetchall()
        changed = []
        for row, sealed in rows:
            place = place_of(table, column, row)
            plain = crypto.decrypt(bytes(sealed), purpose=field.purpose, place=place)
            changed.append((row, crypto.encrypt(plain, purpose=field.purpose, place=place)))
        if changed:
            cursor.execute(
                f"update {table} set {column} = new.sealed"
                f" from unnest(%s::uuid[], %s::bytea[]) as new(id, sealed) where {table}.{key} = new.id",
                [[row for row, _ in changed], [sealed for _, sealed in changed]],
            )
    return len(rows)
