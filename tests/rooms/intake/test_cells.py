"""How each kind of cell is read: what is typed, what it means, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.intake.cells import BROKEN, convert, plain
from doudi.intake.findings import CellError
from doudi.intake.sheets import sheets
from doudi.kernel.resident_id import ResidentId

ID = ResidentId.make("999999", date(1970, 5, 6), 1).number
CODES = {"女": "FEMALE", "FEMALE": "FEMALE", "2": "FEMALE", "男": "MALE", "居民(农村)": "RESIDENT_RURAL"}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("money", "1,234.50", 123450),
        ("money", "１２３４.5", 123450),
        ("money", 1234.56 * 3, 370368),  # stored as 3703.6799999999998, shown as 3703.68
        ("money", 0.1 + 0.2, 30),
        ("money", Decimal("12.30"), 1230),
        ("money", 7, 700),
        ("int", 3.0, 3),
        ("int", "３", 3),
        ("bool", "是", True),
        ("bool", "无", False),
        ("bool", "√", True),
        ("bool", 0.0, False),
        ("bool", True, True),
        ("date", "2025-10-09", 20251009),
        ("date", "2025/1/9", 20250109),
        ("date", "2025年10月9日", 20251009),
        ("date", "2025.1.9", 20250109),
        ("date", 20251009.0, 20251009),
        ("date", "2025-10-09T00:00:00", 20251009),
        ("month", "2025-09", 202509),
        ("month", "2025-09-01", 202509),  # what a spreadsheet makes of 2025-09
        ("month", 202509.0, 202509),
        ("region", 370784.0, "370784"),
        ("region", "370784000000", "370784"),
        ("place", "330100", "3301"),
        ("text", 1001.0, "1001"),
        ("text", " 张 三\u200b ", "张 三"),
        ("id", f" {ID[:6]} {ID[6:]} ", ID),
        ("code", "女", "FEMALE"),
        ("code", 2.0, "FEMALE"),
        ("code", "居民（农村）", "RESIDENT_RURAL"),
    ],
)
def test_it_works(kind: str, raw: object, value: object) -> None:
    assert convert(kind, raw, CODES) == value


@pytest.mark.parametrize("raw", [None, "", "  ", "不详", "未知", "—", "\u3000"])
@pytest.mark.parametrize("kind", ["money", "int", "bool", "date", "month", "region", "text", "id", "code"])
def test_blank_is_unknown_and_never_zero(kind: str, raw: object) -> None:
    assert convert(kind, raw, CODES) is None


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("money", "约三千", "BAD_AMOUNT"),
        ("money", "1234.567", "BAD_AMOUNT"),
        ("money", 1234.567, "BAD_AMOUNT"),
        ("money", "1.2万", "BAD_AMOUNT"),
        ("money", True, "BAD_AMOUNT"),
        ("money", Decimal("1E+400"), "BAD_AMOUNT"),
        ("int", "3.5", "NOT_A_COUNT"),
        ("int", 3.5, "NOT_A_COUNT"),
        ("int", True, "NOT_A_COUNT"),
        ("bool", "也许", "NOT_YES_NO"),
        ("bool", 2.0, "NOT_YES_NO"),
        ("date", "2025-02-30", "BAD_DATE"),
        ("date", 45659.0, "BAD_DATE"),  # a spreadsheet's day number: which day depends on the program
        ("date", "2025-10-09T10:30:00", "BAD_DATE"),
        ("date", "0202-10-09", "BAD_DATE"),
        ("month", "2025-13", "BAD_MONTH"),
        ("month", "十月", "BAD_MONTH"),
        ("region", "37078", "REGION_MALFORMED"),
        ("region", "370000", "REGION_TOO_HIGH"),
        ("text", "长" * 201, "TEXT_TOO_LONG"),
        ("id", 999999197005060015, "ID_STORED_AS_NUMBER"),
        ("id", 9.99999e17, "ID_STORED_AS_NUMBER"),
        ("id", "9.99999E+17", "ID_SCIENTIFIC"),
        ("id", "999999199002300012", "ID_BIRTH_DATE"),
        ("id", "99999919700506", "ID_LENGTH"),
        ("code", "当家的", "CODE_UNKNOWN"),
        ("money", BROKEN, "FORMULA_BROKEN"),
        ("text", BROKEN, "FORMULA_BROKEN"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_a_code(kind: str, raw: object, code: str) -> None:
    with pytest.raises(CellError) as refused:
        convert(kind, raw, CODES)
    assert refused.value.code == code
    assert refused.value.what
    assert refused.value.todo


def test_a_wrong_code_is_told_what_it_may_be() -> None:
    with pytest.raises(CellError) as refused:
        convert("code", "x", CODES)
    assert "女、男" in refused.value.todo


def test_a_number_that_equals_true_is_not_taken_for_it() -> None:
    assert plain(1) == "1"
    assert plain(True) == "TRUE"
    assert convert("int", 1.0) == 1
    with pytest.raises(CellError):
        convert("int", True)


# No JSON and no sheet yields a Decimal that is not a number.
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), DECIMALS, st.none()))
def test_no_cell_whatever_makes_a_reader_fall_over(raw: object) -> None:
    for kind in ("money", "int", "bool", "date", "month", "region", "place", "text", "id", "code"):
        with suppress(CellError):
            assert isinstance(convert(kind, raw, CODES), str | int | None)


def test_every_spelling_names_a_code_that_exists(law) -> None:
    for sheet in sheets(law).values():
        for column in sheet.columns:
            assert set(column.codes.values()) == set(column.labels), column.key
