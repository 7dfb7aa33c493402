"""Who a person is: what may be entered, and what a person is found by (blind index, name tokens, pinyin)."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from pypinyin import lazy_pinyin

from doudi.intake.cells import WRITTEN
from doudi.kernel.resident_id import IdError, ResidentId
from doudi.office.actions import Refused
from doudi.office.crypto import blind_index
from doudi.office.fields import name_tokens, query_tokens, read_apart

_INDEX, _TAIL = "id-number", "id-tail"
LONGEST = 40
SEXES = {"1": "MALE", "2": "FEMALE"}


def check_person(told: Mapping[str, Any], *, on: date) -> str:
    """The ID number as it is stored ("" when none); `told` is a member of a document, entered on a day.

    Raises Refused when the name is none, the birth lies after the day, or the number tells another birth
    date or sex than is entered.
    """
    name, born, sex = told.get("name") or "", told.get("birth_date"), told.get("sex")
    _check_written(
        "姓名", name, WRITTEN["name"], "只能是汉字或字母，中间可以有间隔号、空格和连字符，不能以符号开头"
    )
    try:
        number = ResidentId.parse(told["id_no"], today=on) if told.get("id_no") else None
    except IdError as wrong:
        raise Refused(f"{name}：{wrong.text}。") from None
    if born and born > int(f"{on:%Y%m%d}"):
        raise Refused(f"{name}的出生日期晚于 {on}，请核对。")
    if number and born and f"{number.birth_date:%Y%m%d}" != f"{born}":
        raise Refused(f"{name}的身份证号里的出生日期与填写的不一致，请对照证件核对。")
    if number and sex and SEXES[number.sex] != sex:
        raise Refused(f"{name}的身份证号里的性别与填写的不一致，请对照证件核对。")
    return number.number if number else ""


def check_household_no(text: str) -> None:
    """Raises Refused for what is no household number: too long, or not letters, digits and Han."""
    _check_written("户编号", text, WRITTEN["household_id"], "只能是汉字、字母和数字，中间可以有 - / . 和空格")


def _check_written(label: str, text: str, form: re.Pattern[str], allowed: str) -> None:
    if len(text) > LONGEST:
        raise Refused(f"“{label}”最多 {LONGEST} 个字，现为 {len(text)} 个字，请核对。")
    if not form.fullmatch(text):
        raise Refused(f"“{label}”{allowed}，请核对。" if text else f"请填写“{label}”。")


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
    read = [surnames[first]] if first in surnames else _syllables(first)
    rest = [syllable for part in read_apart(name[len(first) :]) for syllable in _syllables(part)]
    return f"{' '.join([*read, *rest])} {name}"[:120]


@lru_cache(maxsize=16384)
def _syllables(part: str) -> list[str]:
    return lazy_pinyin(part)


@lru_cache(maxsize=1)
def _surnames() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("surnames.toml").read_text(encoding="utf-8"))
