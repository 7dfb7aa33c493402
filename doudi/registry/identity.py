"""What a person is found by: blind index of the ID number, name tokens, a key that sorts names by pinyin."""

import tomllib
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase

from pypinyin import lazy_pinyin

from doudi.office.crypto import blind_index
from doudi.office.fields import name_tokens, query_tokens

_INDEX, _TAIL = "id-number", "id-tail"


@lru_cache(maxsize=16384)
def id_index(number: str) -> bytes:
    """16 keyed bytes, equal for equal ID numbers. `number` as `ResidentId.number`."""
    return blind_index(number, _INDEX)[:16]


@lru_cache(maxsize=16384)
def tail_token(last_four: str) -> int:
    """A keyed number for the last four characters of an ID."""
    return _small(blind_index(last_four.upper(), _TAIL))


@lru_cache(maxsize=65536)
def tokens_of(name: str) -> tuple[int, ...]:
    """Keyed numbers to store beside a name: itself, its characters, its initials and their beginnings."""
    return tuple(sorted(set(map(_small, name_tokens(name))) - _single_letters()))


@lru_cache(maxsize=1)
def _single_letters() -> set[int]:
    """One letter finds too many to be searched by (queries.find refuses it)."""
    return {token for letter in ascii_lowercase for token in tokens_for(letter)}


def tokens_for(typed: str) -> list[int]:
    """The numbers a name must all have to match what was typed (characters, or initials such as cgf)."""
    return sorted(map(_small, query_tokens(typed)))


def _small(token: bytes) -> int:
    # Eight bytes: seven tokens a person are the largest table of the register, and a chance match is shown
    # with its name, not acted upon.
    return int.from_bytes(token[:8], "big", signed=True)


@lru_cache(maxsize=65536)
def sort_key(name: str) -> str:
    """Syllables in the order officers expect, then the characters; 单 as a surname sorts under shan."""
    surnames = _surnames()
    first = name[:2] if name[:2] in surnames else name[:1]
    read = [surnames[first]] if first in surnames else lazy_pinyin(first)
    return f"{' '.join([*read, *lazy_pinyin(name[len(first) :])])} {name}"[:120]


@lru_cache(maxsize=1)
def _surnames() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("surnames.toml").read_text(encoding="utf-8"))
