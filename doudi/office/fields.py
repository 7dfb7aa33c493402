"""Columns that hold ciphertext: what a model stores for ID numbers, accounts, phones and health."""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from psycopg import sql
from pypinyin import Style, pinyin
from pypinyin.constants import PHRASES_DICT

from doudi.office.crypto import module

MOST_READINGS = 16
LONGEST_WORD = 8
"""Names longer than this are read as a whole."""


def new_id() -> UUID:
    """A random public id: names a row without saying how many there are or which comes next."""
    return uuid4()


@models.ForeignObject.register_lookup
@models.Field.register_lookup
class OneOf(models.Lookup):
    """`column__one_of=values`: as `__in`, with all values in one parameter, an array.

    Two thousand parameters of their own take longer to put into the statement than the database to answer.
    Written into the statement: as a parameter of a prepared one, every row of the table would be looked at.
    """

    lookup_name = "one_of"

    def get_prep_lookup(self) -> Any:
        """The values as they are: numbers, texts, bytes or ids."""
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """See models.Lookup."""
        column, params = self.process_lhs(compiler, connection)
        values = sql.Literal(self.rhs).as_string(connection.connection).replace("%", "%%")
        return f"{column} = any({values})", list(params)


def new_key() -> str:
    """`new_id` as text, for rows written as text: an object for each costs more than the rest of the row."""
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


class Sealed:
    """An encrypted value on a model. Prints as stars, so that no log or template shows it by accident."""

    __slots__ = ("ciphertext", "place", "purpose")

    def __init__(self, ciphertext: bytes, *, purpose: str, place: str) -> None:
        self.ciphertext = ciphertext
        self.purpose = purpose
        self.place = place

    def open(self) -> str:
        """The plain text. The caller writes the audit row. Raises CryptoProblem."""
        return module().decrypt(self.ciphertext, purpose=self.purpose, place=self.place).decode()

    def masked(self, head: int = 6, tail: int = 4) -> str:
        """First `head` and last `tail` characters with stars between; all stars when too short for both."""
        plain = self.open()
        if len(plain) <= head + tail:
            return "*" * len(plain)
        return plain[:head] + "*" * (len(plain) - head - tail) + plain[len(plain) - tail :]

    def __str__(self) -> str:
        return "******"

    __repr__ = __str__


class _SealedAttribute(DeferredAttribute):
    """Assigning text encrypts it for this very row; bytes come from the database."""

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.seal(instance, value)


class EncryptedField(models.BinaryField):
    """SM4-GCM text bound to its table, column and row; `purpose` chooses the key.

    Reading gives a `Sealed` (or None), assigning a str seals it. The row's id must be known before: personal
    tables use `UUIDField(primary_key=True, default=new_id)` declared first. It cannot be searched: keep a
    `blind_index` beside it.
    """

    descriptor_class = _SealedAttribute

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """The purpose belongs to the column: another one could not open what is stored."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def seal(self, instance: Any, value: Any) -> Sealed | None:
        """What the attribute holds after assigning `value`. Raises ValueError without a row id."""
        if value is None:
            return None
        if instance.pk is None:
            raise ValueError(
                f"{self.model.__name__}.{self.name}: the row needs its id before it can be encrypted"
            )
        place = place_of(instance._meta.db_table, self.column, instance.pk)
        if isinstance(value, str):
            return Sealed(
                module().encrypt(value.encode(), purpose=self.purpose, place=place),
                purpose=self.purpose,
                place=place,
            )
        ciphertext = value.ciphertext if isinstance(value, Sealed) else bytes(value)
        return Sealed(ciphertext, purpose=self.purpose, place=place)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The ciphertext. Refuses text: QuerySet.update() and filter() do not know the row."""
        if isinstance(value, str):
            raise FieldError(
                f"{self.name} is encrypted per row: assign it on the object, search by blind_index"
            )
        return super().get_db_prep_value(getattr(value, "ciphertext", value), connection, prepared)

    def value_to_string(self, obj: Any) -> str:
        """Serialising personal data past the audit is refused."""
        raise FieldError(f"{self.name} is encrypted and is not serialised")


def place_of(table: str, column: str, row: object) -> str:
    """The additional data of a ciphertext: it opens only at this table, column and row."""
    return f"{table}.{column}|{row}"


def name_tokens(name: str) -> set[bytes]:
    """Keyed tokens to store beside a name: itself, its characters, its pinyin initials and their beginnings.

    Stored one row each and searched by equality: LIKE and trigrams are not leakproof, so under row level
    security they lose their index (0.23 ms became 309 ms). Every reading of a character counts (单: chan,
    dan, shan), up to 16 combinations.
    """
    whole = _squeezed(name)
    initials = set(_initials(whole))
    beginnings = {reading[:length] for reading in initials for length in range(1, len(reading) + 1)}
    return _tokens([f"n:{whole}", *(f"c:{one}" for one in whole), *(f"i:{some}" for some in beginnings)])


def query_tokens(typed: str) -> set[bytes]:
    """The tokens a row must all have to match what was typed; letters are initials, the rest characters."""
    text = _squeezed(typed)
    if text.isascii():
        return _tokens([f"i:{text}"]) if text else set()
    return _tokens([f"c:{one}" for one in text])


def _tokens(texts: Iterable[str]) -> set[bytes]:
    keys: Any = module()
    return {_token(keys, text) for text in texts}


@lru_cache(maxsize=65536)
def _token(keys: Any, text: str) -> bytes:
    # A few thousand characters and initials make up all names; loading a county asks for each very often.
    return bytes(keys.mac(text.encode(), purpose="name-token")[:16])


def _squeezed(name: str) -> str:
    return "".join(name.split()).replace("·", "").lower()


def read_apart(name: str) -> list[str]:
    """The parts of a name that are read each for itself: its characters, unless some of them make up a word.

    Reading part by part says the same, and a county's names are made of a few hundred characters.
    """
    words = (name[at:end] for at in range(len(name)) for end in range(at + 2, len(name) + 1))
    whole = len(name) > LONGEST_WORD or not all("\u4e00" <= one <= "\u9fff" for one in name)
    return [name] if whole or any(word in PHRASES_DICT for word in words) else list(name)


@lru_cache(maxsize=16384)
def _first_letters(part: str) -> list[list[str]]:
    return pinyin(part, style=Style.FIRST_LETTER, heteronym=True, errors=list)  # type: ignore[arg-type]


def _initials(name: str) -> Iterator[str]:
    readings = [letters for part in read_apart(name) for letters in _first_letters(part)]
    for number, combination in enumerate(product(*readings)):
        if number == MOST_READINGS:
            return
        yield "".join(combination)
