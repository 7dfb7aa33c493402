"""Money as integer fen, and the few named ways the law lets it be rounded.

No float ever enters: 0.1 + 0.2 yuan must be 30 fen, and a binary fraction that prints as 5040.00 may be one
fen below the line that decides whether a family is helped (低于 is strict).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

MAX_FEN = 2**53
"""Largest amount in fen: exact in every evaluator, in JSON and in a spreadsheet cell (about 90 万亿元)."""

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<yuan>[0-9]+)(\.(?P<cents>[0-9]+))?")
_MINUS_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_LONGEST = len(str(MAX_FEN))


class MoneyError(ValueError):
    """An amount that cannot be read exactly; the text is Chinese, for the officer who typed it."""


def parse_yuan(text: str | int | Decimal) -> int:
    """Read an amount of yuan and return fen.

    Text may be full-width, carry thousands separators in threes, a leading ¥ and a trailing 元; int is
    whole yuan; Decimal must be exact in fen. Raises MoneyError for anything that would need rounding or
    guessing: a float, more than two decimals, 万, an exponent, a misplaced comma, more than MAX_FEN either
    way.
    """
    if isinstance(text, float):
        raise MoneyError(
            f"金额 {text} 以浮点数传入，小数可能已失真；请将单元格设为“文本”格式，或按两位小数的定点数传入"
        )
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise MoneyError(f"金额应为文本或数字，现为“{text}”；请填写以元为单位的金额，例如 1234.50")
    if isinstance(text, int):
        return _within_limit(text * 100, text)
    if isinstance(text, Decimal):
        return _from_decimal(text)
    return _from_text(text)


def _from_decimal(amount: Decimal) -> int:
    # The size is tested before the ratio is taken: Decimal("1E+999999") would spell out a million digits.
    if not amount.is_finite() or abs(amount.adjusted()) > 2 * _LONGEST:
        raise MoneyError(f"金额“{amount}”不是有效数字或过大，请核对后重新填写")
    numerator, denominator = amount.as_integer_ratio()
    fen, rest = divmod(numerator * 100, denominator)
    if rest:
        raise _too_fine(str(amount))
    return _within_limit(fen, amount)


def _from_text(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS_SIGNS).strip()
    # A space inside counts as a separator in threes, so "1 234" is read and "12 34" (two figures in one
    # cell) is not.
    plain = ",".join(plain.removeprefix("¥").removesuffix("元").split())
    if not plain:
        raise MoneyError("金额为空；没有这笔钱请填 0，不清楚的请留待核实，不要填 0")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise MoneyError(
            f"金额“{text[:40]}”无法识别；请只填以元为单位的数字，例如 1234.50，不要写“万元”或公式"
        )
    cents = found["cents"] or ""
    if len(cents) > 2:
        raise _too_fine(text)
    # Length before int(): Python refuses to convert more than 4,300 digits with an English error of its own.
    yuan = found["yuan"].lstrip("0")
    if len(yuan) > _LONGEST:
        raise _too_large(text)
    fen = int((yuan or "0") + cents.ljust(2, "0"))
    return _within_limit(-fen if found["sign"] == "-" else fen, text)


def _within_limit(fen: int, shown: object) -> int:
    if abs(fen) > MAX_FEN:
        raise _too_large(shown)
    return fen


def _too_large(shown: object) -> MoneyError:
    return MoneyError(f"金额“{str(shown)[:40]}”超过系统上限 {format_yuan(MAX_FEN)} 元，请核对是否多输了位数")


def _too_fine(shown: str) -> MoneyError:
    return MoneyError(f"金额“{shown[:40]}”多于两位小数；请按分填写（两位小数），系统不会自行四舍五入")


def format_yuan(fen: int) -> str:
    """Fen as yuan with thousands separators and always two decimals: 123450 -> "1,234.50"."""
    yuan, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{cents:02d}"


def div_half_up(n: int, d: int) -> int:
    """n / d rounded to the nearest integer, halves away from zero. Raises ValueError unless d > 0.

    Not round(n / d): the quotient would be a float, and Python rounds halves to even.
    """
    _positive(d)
    quotient = (2 * abs(n) + d) // (2 * d)
    return quotient if n >= 0 else -quotient


def div_up(n: int, d: int) -> int:
    """n / d rounded towards plus infinity. Raises ValueError unless d > 0."""
    _positive(d)
    return -(-n // d)


def _positive(d: int) -> None:
    if d <= 0:
        raise ValueError(f"divisor must be positive, got {d}")


def round_half_up_yuan(fen: int) -> int:
    """Fen rounded to whole yuan, 50 fen away from zero; the result is still in fen."""
    return div_half_up(fen, 100) * 100


def round_up_yuan(fen: int) -> int:
    """Fen rounded up to whole yuan, as counties do that pay no cents; the result is still in fen."""
    return div_up(fen, 100) * 100


class Rounding(StrEnum):
    """How a county rounds an amount to be paid. CENT is the default: the amount is already in fen."""

    CENT = "CENT"
    YUAN_UP = "YUAN_UP"
    YUAN_HALF_UP = "YUAN_HALF_UP"

    def apply(self, fen: int) -> int:
        """The amount to pay, in fen."""
        if self is Rounding.YUAN_UP:
            return round_up_yuan(fen)
        return round_half_up_yuan(fen) if self is Rounding.YUAN_HALF_UP else fen
