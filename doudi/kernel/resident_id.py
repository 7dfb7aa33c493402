"""Citizen identity numbers (公民身份号码, GB 11643-1999) and disability certificate numbers built on them.

What cannot be read exactly is refused with its own reason code. No message repeats the number: messages
reach logs, error files and screens where it must not stand in full.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SCIENTIFIC = re.compile(r"[0-9]([.][0-9]+)?E[+-]?[0-9]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


class IdFault(StrEnum):
    """Why a number was refused; the value is the reason code in error files and statistics."""

    EMPTY = "ID_EMPTY"
    NUMBER = "ID_STORED_AS_NUMBER"
    SCIENTIFIC = "ID_SCIENTIFIC"
    LENGTH = "ID_LENGTH"
    CHARACTER = "ID_CHARACTER"
    CENTURY = "ID_CENTURY"
    BIRTH_DATE = "ID_BIRTH_DATE"
    FUTURE_BIRTH = "ID_FUTURE_BIRTH"
    CHECK_DIGIT = "ID_CHECK_DIGIT"
    CERTIFICATE_LENGTH = "CERTIFICATE_LENGTH"
    CERTIFICATE_KIND = "CERTIFICATE_KIND"


_MESSAGES = {
    IdFault.EMPTY: "号码为空；请按证件填写，确无证件的请在证件类型中注明",
    IdFault.NUMBER: "号码以数字格式存储，末几位已丢失；请将该列设为“文本”格式后按证件重新填写",
    IdFault.SCIENTIFIC: "号码已变成科学计数法，末几位已丢失；请将该列设为“文本”格式后按证件重新填写",
    IdFault.LENGTH: "身份证号应为 18 位（旧证 15 位），现为 {found} 位；请对照证件检查是否漏填或多填",
    IdFault.CHARACTER: "身份证号含有不允许的字符；只能是数字，18 位号码的最后一位可以是 X",
    IdFault.CENTURY: "15 位旧号码的顺序码 996 至 999 表示 1900 年以前出生，无法换算；请填写 18 位号码",
    IdFault.BIRTH_DATE: "身份证号中的出生日期不存在；请对照证件检查第 7 至 14 位（旧证第 7 至 12 位）",
    IdFault.FUTURE_BIRTH: "身份证号中的出生日期晚于 {found}；请对照证件检查第 7 至 14 位",
    IdFault.CHECK_DIGIT: "身份证号校验位不符，至少有一位填错；请对照证件逐位核对",
    IdFault.CERTIFICATE_LENGTH: "残疾人证号应为 20 位（补办后 22 位），现为 {found} 位；请对照证件检查",
    IdFault.CERTIFICATE_KIND: (
        "残疾人证号第 19 位（残疾类别）应为 1 至 7，第 20 位（等级）应为 1 至 4，"
        "补办后缀为两位字母或数字；请对照证件检查"
    ),
}


class IdError(ValueError):
    """A number refused: `code` is an IdFault, `text` says in Chinese what is wrong and what to do."""

    def __init__(self, code: IdFault, found: object = "") -> None:
        self.code = code
        self.text = _MESSAGES[code].format(found=found)
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid 18-digit number, the check letter as capital X. Build it with `parse` or `make`.

    `converted` is True when it was computed from a 15-digit number and an officer must confirm it.
    """

    number: str
    converted: bool = False

    @classmethod
    def parse(cls, value: object, *, today: date | None = None) -> ResidentId:
        """Read a number as people write it: full width, spaces and a small x are put right, nothing else.

        With `today` a later birth date is refused. The region prefix is not checked: people keep the codes of
        counties long abolished. Raises IdError.
        """
        text = _clean(value)
        converted = len(text) == 15
        if len(text) not in (15, 18):
            raise IdError(IdFault.LENGTH, len(text))
        if not re.fullmatch(r"[0-9]{15}([0-9]{2}[0-9X])?", text):
            raise IdError(IdFault.CHARACTER)
        if converted:
            if text[12:] >= "996":
                raise IdError(IdFault.CENTURY)
            text = text[:6] + "19" + text[6:]
            text += _check_digit(text)
        born = _birth_date(text)
        if today is not None and born > today:
            raise IdError(IdFault.FUTURE_BIRTH, today)
        if text[17] != _check_digit(text):
            raise IdError(IdFault.CHECK_DIGIT)
        return cls(text, converted)

    @classmethod
    def make(cls, region6: str, birth: date, seq: int) -> ResidentId:
        """A valid number for invented people (region 999999); seq 0..999, odd for a man, even for a woman."""
        body = f"{region6}{birth:%Y%m%d}{seq:03d}"
        return cls.parse(body + _check_digit(body))

    @property
    def birth_date(self) -> date:
        """The date of birth the number carries."""
        return _birth_date(self.number)

    @property
    def sex(self) -> str:
        """'1' male or '2' female (GB/T 2261.1)."""
        return "1" if int(self.number[16]) % 2 else "2"

    @property
    def region6(self) -> str:
        """The six digits of the county that issued the number; it may no longer exist."""
        return self.number[:6]

    def masked(self) -> str:
        """First six and last four digits, the rest starred, as lists and letters may show it."""
        return f"{self.number[:6]}{'*' * 8}{self.number[-4:]}"

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class DisabilityCertificate:
    """Holder's ID, kind 1..7 (GB/T 26341-2010), grade 1 (heaviest)..4, and the suffix of a re-issue."""

    holder: ResidentId
    kind: str
    grade: int
    reissue: str = ""

    @classmethod
    def parse(cls, value: object, *, today: date | None = None) -> DisabilityCertificate:
        """Read the 20 characters of a first issue or the 22 of a re-issue. Raises IdError."""
        text = _clean(value)
        if len(text) not in (20, 22):
            raise IdError(IdFault.CERTIFICATE_LENGTH, len(text))
        holder = ResidentId.parse(text[:18], today=today)
        if not re.fullmatch(r"[1-7][1-4]([0-9A-Z]{2})?", text[18:]):
            raise IdError(IdFault.CERTIFICATE_KIND)
        return cls(holder, text[18], int(text[19]), text[20:])

    @property
    def number(self) -> str:
        """The whole number as printed on the certificate."""
        return f"{self.holder.number}{self.kind}{self.grade}{self.reissue}"


def _clean(value: object) -> str:
    if value is None:
        raise IdError(IdFault.EMPTY)
    if not isinstance(value, str):
        # A spreadsheet keeps 15 digits of a number: 18 typed digits come back with three zeros nobody typed.
        raise IdError(IdFault.NUMBER)
    text = "".join(unicodedata.normalize("NFKC", value).translate(_INVISIBLE).split()).upper()
    text = text.removeprefix("'")  # a spreadsheet's own mark for text, pasted along
    if not text:
        raise IdError(IdFault.EMPTY)
    if _SCIENTIFIC.fullmatch(text):
        raise IdError(IdFault.SCIENTIFIC)
    return text


def _birth_date(number: str) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = date.min
    if born.year < 1800:
        raise IdError(IdFault.BIRTH_DATE)
    return born


def _check_digit(number: str) -> str:
    return _CHECK_DIGITS[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False)) % 11]
