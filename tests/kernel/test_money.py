"""Money: what an officer may type, what is refused, and the four roundings."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.kernel.money import (
    MAX_FEN,
    MoneyError,
    Rounding,
    div_half_up,
    div_up,
    format_yuan,
    parse_yuan,
    round_half_up_yuan,
    round_up_yuan,
)

READ = [
    # as typed            fen
    ("800", 80_000),
    ("800.5", 80_050),
    ("800.50", 80_050),
    ("0", 0),
    ("0.01", 1),
    ("-300", -30_000),
    ("−300", -30_000),
    ("－300．25", -30_025),
    ("+12", 1_200),
    ("-0.00", 0),
    ("1,234.50", 123_450),
    ("1，234，567", 123_456_700),
    ("1 234.50", 123_450),
    ("１２３４", 123_400),
    (" 5040.00 元 ", 504_000),
    ("￥5,040", 504_000),
    ("007", 700),
    (800, 80_000),
    (-3, -300),
    (Decimal("5039.99"), 503_999),
    (Decimal("5E+3"), 500_000),
    (Decimal("12.500"), 1_250),
    (Decimal("-0"), 0),
    ("90071992547409.92", MAX_FEN),
    ("-90,071,992,547,409.92", -MAX_FEN),
]

REFUSED = [
    # as typed                       the message says
    ("", "金额为空"),
    ("   ", "金额为空"),
    ("元", "金额为空"),
    ("1.5万", "无法识别"),
    ("1e5", "无法识别"),
    ("4.40e+17", "无法识别"),
    ("约1000", "无法识别"),
    ("12,34", "无法识别"),
    ("1,2345", "无法识别"),
    ("1234,567", "无法识别"),
    ("12 34", "无法识别"),
    ("12.", "无法识别"),
    (".5", "无法识别"),
    ("1.2.3", "无法识别"),
    ("--5", "无法识别"),
    ("=A1+1", "无法识别"),
    ("١٢٣", "无法识别"),
    ("12.345", "两位小数"),
    ("12.500", "两位小数"),
    (Decimal("12.345"), "两位小数"),
    ("90071992547409.93", "超过系统上限"),
    ("9" * 5000, "超过系统上限"),
    (10**14, "超过系统上限"),
    (Decimal(10**14), "超过系统上限"),
    (Decimal("1E+999999"), "过大"),
    (Decimal("1E-999999"), "过大"),
    (Decimal("NaN"), "不是有效数字"),
    (Decimal("-Infinity"), "不是有效数字"),
    (800.5, "浮点数"),
    (800.0, "浮点数"),
    (True, "应为文本或数字"),
    (None, "应为文本或数字"),
]


def test_it_works():
    assert format_yuan(parse_yuan("1,234.50")) == "1,234.50"


@pytest.mark.parametrize(("typed", "fen"), READ)
def test_amounts_are_read_exactly(typed, fen):
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(("typed", "says"), REFUSED)
def test_what_needs_rounding_or_guessing_is_refused(typed, says):
    with pytest.raises(MoneyError, match=says):
        parse_yuan(typed)


def test_a_refused_amount_is_shown_in_short():
    with pytest.raises(MoneyError) as refused:
        parse_yuan("9" * 5000)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_450, "1,234.50"), (MAX_FEN, "90,071,992,547,409.92")],
)
def test_amounts_are_shown_with_two_decimals(fen, shown):
    assert format_yuan(fen) == shown


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_shown_amounts_read_back_the_same(fen):
    assert parse_yuan(format_yuan(fen)) == fen
    assert parse_yuan(Decimal(fen).scaleb(-2)) == fen


@pytest.mark.parametrize(
    ("n", "d", "half_up", "up"),
    [
        (7, 2, 4, 4),
        (5, 2, 3, 3),  # round() would say 2
        (-5, 2, -3, -2),
        (-7, 2, -4, -3),  # -7 // 2 is -4 here and -3 in SQL
        (1, 3, 0, 1),
        (-1, 3, 0, 0),
        (0, 12, 0, 0),
        (2**53 + 1, 2, 2**52 + 1, 2**52 + 1),  # beyond what a float holds
    ],
)
def test_division_is_defined_for_negatives_and_halves(n, d, half_up, up):
    assert div_half_up(n, d) == half_up
    assert div_up(n, d) == up


@given(st.integers(), st.integers(min_value=1))
def test_division_agrees_with_fractions(n, d):
    exact = Fraction(n, d)
    nearest = div_half_up(n, d)
    off = abs(nearest - exact)
    assert off <= Fraction(1, 2)
    assert off < Fraction(1, 2) or abs(nearest) > abs(exact)
    assert exact <= div_up(n, d) < exact + 1


@pytest.mark.parametrize("d", [0, -1])
@pytest.mark.parametrize("divide", [div_half_up, div_up])
def test_a_divisor_must_be_positive(divide, d):
    with pytest.raises(ValueError, match="positive"):
        divide(10, d)


@pytest.mark.parametrize(
    ("fen", "cent", "yuan_up", "yuan_half_up"),
    [
        (2_400, 2_400, 2_400, 2_400),
        (2_401, 2_401, 2_500, 2_400),
        (2_449, 2_449, 2_500, 2_400),
        (2_450, 2_450, 2_500, 2_500),
        (-2_450, -2_450, -2_400, -2_500),
        (0, 0, 0, 0),
    ],
)
def test_each_county_rounds_its_own_way(fen, cent, yuan_up, yuan_half_up):
    assert Rounding.CENT.apply(fen) == cent
    assert Rounding.YUAN_UP.apply(fen) == round_up_yuan(fen) == yuan_up
    assert Rounding.YUAN_HALF_UP.apply(fen) == round_half_up_yuan(fen) == yuan_half_up


def test_roundings_are_read_from_their_codes():
    assert [Rounding(code) for code in ("CENT", "YUAN_UP", "YUAN_HALF_UP")] == list(Rounding)
