"""One cell, one value: text, numbers and dates as people type them, read exactly or refused with a reason.

Blank, and 不详, are unknown (None): never zero and never 否.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from doudi.intake.findings import CellError
from doudi.intake.sheet_parser import BROKEN
from doudi.kernel.money import MoneyError, parse_yuan
from doudi.kernel.month import Month, MonthError
from doudi.kernel.person_name import WRITTEN_NAME
from doudi.kernel.region import RegionCode, RegionError
from doudi.kernel.resident_id import IdError, ResidentId

Raw = str | int | float | bool | Decimal | None
"""What a reader hands over: a text, a number, a yes or no, nothing. Dates come as ISO text."""
Value = str | int | bool | None
LONGEST = 200
LONGEST_OF = {"name": 80, "household_id": 40}
"""What the register keeps in columns of their own; its models take the lengths from here."""
WRITTEN = {
    "name": WRITTEN_NAME,
    "household_id": re.compile(r"[^\W_](?:[^\W_]|[-/_. ])*"),
}
"""How a name and a household number are written, at the window as in a list: -2 and =1+2 are neither."""
_UNKNOWN = frozenset({"", "不详", "未知", "不清楚", "不明", "未核实", "-", "—", "——", "NULL", "UNKNOWN"})
_YES = frozenset({"是", "有", "对", "√", "✓", "Y", "YES", "TRUE", "1"})
_NO = frozenset({"否", "无", "没有", "错", "×", "✗", "N", "NO", "FALSE", "0"})
_MIDNIGHT = r"(?:T?00:00(?::00)?)?"
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|\.(\d\d?)\.(\d\d?)|年(\d\d?)月(\d\d?)日?|(\d\d)(\d\d))"
    + _MIDNIGHT
)
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d\d)-\d\d" + _MIDNIGHT)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@lru_cache(maxsize=65536, typed=True)
def plain(raw: object) -> str:
    """Text for comparing: full width folded, blanks and invisible characters gone, capitals."""
    return "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", str(raw))).split()).upper()


def is_blank(raw: Raw) -> bool:
    """True for an empty cell and for the words that say unknown."""
    return raw is None or (
        isinstance(raw, str) and (len(raw) < 9 or raw.isspace()) and plain(raw) in _UNKNOWN
    )


def convert(kind: str, raw: Raw, codes: Mapping[str, str] | None = None) -> Value:
    """The value of a cell: fen, yyyymmdd, yyyymm, int, bool, code or text; None when unknown.

    `codes` maps every accepted spelling (see `plain`) of a code to the code. Raises CellError.
    """
    return None if is_blank(raw) else told(kind, raw, codes)


def told(kind: str, raw: Raw, codes: Mapping[str, str] | None = None) -> Value:
    """`convert` of a cell that is known not to be blank."""
    if raw == BROKEN:
        raise CellError("FORMULA_BROKEN")
    if kind == "code":
        return _code(raw, codes or {})
    try:
        return _READERS[kind](raw)
    except MoneyError as error:
        raise CellError("BAD_AMOUNT", str(error)) from None
    except MonthError as error:
        raise CellError("BAD_MONTH", str(error)) from None
    except RegionError as error:
        raise CellError("REGION_MALFORMED", str(error)) from None
    except IdError as error:
        raise CellError(str(error.code), error.text) from None


def _code(raw: Raw, codes: Mapping[str, str]) -> str:
    spelled = plain(_whole(raw))
    if spelled not in codes:
        labels: dict[str, str] = {}
        for spelling, code in codes.items():
            labels.setdefault(code, spelling)  # the first spelling of each code is its Chinese label
        raise CellError("CODE_UNKNOWN", raw=_short(raw), choices="、".join(labels.values()))
    return codes[spelled]


def _text(raw: Raw) -> str:
    text = str(_whole(raw))
    text = (text if text.isprintable() else _INVISIBLE.sub("", text)).strip()
    if len(text) > LONGEST:
        raise CellError("TEXT_TOO_LONG", limit=LONGEST)
    return text


def _whole(raw: Raw) -> Raw:
    """A spreadsheet keeps 1001 as 1001.0."""
    if isinstance(raw, float | Decimal) and -(10**15) < raw < 10**15 and raw == int(raw):
        return int(raw)
    return raw


def _int(raw: Raw) -> int:
    number = plain(_whole(raw))
    if isinstance(raw, bool) or not re.fullmatch(r"-?[0-9]{1,9}", number):
        raise CellError("NOT_A_COUNT", raw=_short(raw))
    return int(number)


def _bool(raw: Raw) -> bool:
    spelled = plain(_whole(raw))
    if spelled not in _YES | _NO:
        raise CellError("NOT_YES_NO", raw=_short(raw))
    return spelled in _YES


def _money(raw: Raw) -> int:
    # A spreadsheet computes in binary: 1234.56*3 is stored as 3703.6799999999998 and shown, at the 15 digits
    # it keeps, as 3703.68. What it shows is what the clerk checked.
    return parse_yuan(Decimal(f"{raw:.15g}") if isinstance(raw, float) else raw)  # type: ignore[arg-type]


def _date(raw: Raw) -> int:
    found = None if isinstance(raw, bool) else _DATE.fullmatch(plain(_whole(raw)))
    try:
        day = date(*(int(part) for part in found.groups() if part)) if found else date.min
    except ValueError:
        day = date.min
    if not 1880 <= day.year <= 2200:
        raise CellError("BAD_DATE", raw=_short(raw))
    return day.year * 10000 + day.month * 100 + day.day


def _month(raw: Raw) -> int:
    text = plain(_whole(raw))
    # A spreadsheet turns 2025-09 into the first of that month.
    first = _FIRST_OF_MONTH.fullmatch(text)
    return Month.parse(first[1] if first else text).yyyymm


def _place(raw: Raw) -> str:
    return RegionCode.parse(str(_whole(raw))).digits


def _region(raw: Raw) -> str:
    digits = _place(raw)
    if len(digits) < 6:
        raise CellError("REGION_TOO_HIGH", raw=_short(raw))
    return digits


def _id(raw: Raw) -> str:
    return ResidentId.parse(raw).number


def _short(raw: object) -> str:
    text = str(raw)
    return text if len(text) <= 30 else text[:30] + "…"


def _remembered(reader: Callable[[Raw], Value]) -> Callable[[Raw], Value]:
    """The same few spellings come back in every row. Typed, because 1, 1.0 and True are one key otherwise."""
    return lru_cache(maxsize=4096, typed=True)(reader)


_READERS: dict[str, Callable[[Raw], Value]] = {
    "text": _text,
    "id": _id,
    "money": _money,
    "int": _remembered(_int),
    "bool": _remembered(_bool),
    "date": _remembered(_date),
    "month": _remembered(_month),
    "place": _remembered(_place),
    "region": _remembered(_region),
}
