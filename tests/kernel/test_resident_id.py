"""ID numbers: what is put right, what is refused and why. All people are invented (prefix 999999)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from doudi.kernel.resident_id import DisabilityCertificate, IdError, IdFault, ResidentId

TODAY = date(2025, 10, 20)
MOTHER = "99999919830228004X"
SON = "999999201506010134"

MADE = st.builds(
    ResidentId.make,
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def test_it_works():
    son = ResidentId.parse(SON, today=TODAY)
    assert son == ResidentId.make("999999", date(2015, 6, 1), 13)
    assert (son.birth_date, son.sex, son.region6) == (date(2015, 6, 1), "1", "999999")
    assert not son.converted


@pytest.mark.parametrize(
    "typed",
    [
        "99999919830228004X",
        "99999919830228004x",
        "  999999 19830228 004X\n",
        "999999\u300019830228\u00a0004X",
        "\ufeff99999919830228004X\u200b",
        "'99999919830228004X",
        "９９９９９９１９８３０２２８００４Ｘ",
        "９９９９９９１９８３０２２８００４ｘ",
    ],
)
def test_spellings_of_one_number(typed):
    assert ResidentId.parse(typed) == ResidentId(MOTHER)


REFUSED = [
    # as typed                          reason                  the message says
    (None, IdFault.EMPTY, "为空"),
    ("", IdFault.EMPTY, "为空"),
    (" \u3000'", IdFault.EMPTY, "为空"),
    (999999198302280023, IdFault.NUMBER, "末几位已丢失"),
    (9.99999198302e17, IdFault.NUMBER, "“文本”格式"),
    (Decimal(999999198302280023), IdFault.NUMBER, "末几位已丢失"),
    ("4.40e+17", IdFault.SCIENTIFIC, "科学计数法"),
    ("4.40704E+17", IdFault.SCIENTIFIC, "科学计数法"),
    ("4E17", IdFault.SCIENTIFIC, "科学计数法"),
    ("9999991983022800", IdFault.LENGTH, "现为 16 位"),
    ("99999919830228004", IdFault.LENGTH, "现为 17 位"),
    ("99999919830228004XX", IdFault.LENGTH, "现为 19 位"),
    ("99999919830228004*", IdFault.CHARACTER, "不允许的字符"),
    ("9999991983022800X4", IdFault.CHARACTER, "不允许的字符"),
    ("99999919830228004Х", IdFault.CHARACTER, "不允许的字符"),  # a Cyrillic letter
    ("99999983022800X", IdFault.CHARACTER, "不允许的字符"),
    ("999999198302300044", IdFault.BIRTH_DATE, "不存在"),  # 30 February
    ("999999198313010044", IdFault.BIRTH_DATE, "不存在"),
    ("999999190002290044", IdFault.BIRTH_DATE, "不存在"),  # 1900 was no leap year
    ("999999000001010044", IdFault.BIRTH_DATE, "不存在"),
    ("999999108302280044", IdFault.BIRTH_DATE, "不存在"),
    ("999999830230004", IdFault.BIRTH_DATE, "旧证第 7 至 12 位"),
    ("999999202510210044", IdFault.FUTURE_BIRTH, "晚于 2025-10-20"),
    ("999999198302280040", IdFault.CHECK_DIGIT, "校验位不符"),
    ("999999010101996", IdFault.CENTURY, "1900 年以前"),
]


@pytest.mark.parametrize(("typed", "code", "says"), REFUSED)
def test_each_refusal_has_its_reason(typed, code, says):
    with pytest.raises(IdError, match=says) as refused:
        ResidentId.parse(typed, today=TODAY)
    assert refused.value.code is code
    assert refused.value.text == str(refused.value)


@pytest.mark.parametrize(
    "typed", [typed for typed, _, _ in REFUSED if isinstance(typed, str) and len(typed) > 9]
)
def test_no_message_repeats_the_number(typed):
    with pytest.raises(IdError) as refused:
        ResidentId.parse(typed, today=TODAY)
    assert typed[:14] not in str(refused.value)
    assert typed[-6:] not in str(refused.value)


def test_a_child_born_today_is_not_from_the_future():
    assert ResidentId.parse(ResidentId.make("999999", TODAY, 1).number, today=TODAY).birth_date == TODAY


def test_an_old_number_is_converted_and_flagged():
    converted = ResidentId.parse("999999830228004")
    assert (converted.number, converted.converted) == (MOTHER, True)
    assert (converted.birth_date, converted.sex) == (date(1983, 2, 28), "2")
    assert ResidentId.parse("999999010101995").birth_date == date(1901, 1, 1)


def test_lists_show_six_and_four_digits():
    assert ResidentId(MOTHER).masked() == "999999********004X"


@given(MADE)
def test_made_numbers_read_back_and_agree_with_stdnum(made):
    assert ResidentId.parse(made.number, today=TODAY) == made
    assert made.number[-1] == ric.calc_check_digit(made.number)
    assert made.birth_date == ric.get_birth_date(made.number)
    assert made.sex == ("1" if int(made.number[14:17]) % 2 else "2")


@given(MADE, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(made, place, shift):
    right = 10 if made.number[place] == "X" else int(made.number[place])
    wrong = "0123456789X"[(right + shift) % (11 if place == 17 else 10)]
    with pytest.raises(IdError):
        ResidentId.parse(made.number[:place] + wrong + made.number[place + 1 :], today=TODAY)


@given(MADE, st.integers(0, 15))
def test_two_neighbouring_digits_swapped_never_pass(made, place):
    digits = list(made.number)
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    swapped = "".join(digits)
    if swapped != made.number:
        with pytest.raises(IdError):
            ResidentId.parse(swapped, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "kind", "grade", "reissue"),
    [(f"{SON}41", "4", 1, ""), (f"{MOTHER.lower()}64", "6", 4, ""), (f" {SON} 71 b1", "7", 1, "B1")],
)
def test_disability_certificates(typed, kind, grade, reissue):
    certificate = DisabilityCertificate.parse(typed, today=TODAY)
    assert (certificate.kind, certificate.grade, certificate.reissue) == (kind, grade, reissue)
    assert certificate.number == "".join(typed.split()).upper()
    assert certificate.holder.number in (SON, MOTHER)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (SON, IdFault.CERTIFICATE_LENGTH),
        (f"{SON}411", IdFault.CERTIFICATE_LENGTH),
        (f"{SON}81", IdFault.CERTIFICATE_KIND),
        (f"{SON}01", IdFault.CERTIFICATE_KIND),
        (f"{SON}45", IdFault.CERTIFICATE_KIND),
        (f"{SON}41-1", IdFault.CERTIFICATE_KIND),
        (f"{SON[:17]}041", IdFault.CHECK_DIGIT),
        (f"{ResidentId.make('999999', date(2025, 10, 21), 1)}41", IdFault.FUTURE_BIRTH),
        (99999920150601013441, IdFault.NUMBER),
        (None, IdFault.EMPTY),
    ],
)
def test_other_certificate_numbers_are_refused(typed, code):
    with pytest.raises(IdError) as refused:
        DisabilityCertificate.parse(typed, today=TODAY)
    assert refused.value.code is code
