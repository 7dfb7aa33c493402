"""Region codes: forms of one place, the path on which values are looked up, county names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import numdb

from doudi.kernel.region import Level, RegionCode, RegionError, known_county

SIGNIFICANT = st.sampled_from([2, 4, 6, 9, 12]).flatmap(
    # No part ends in zeros only, so the code is its own shortest form.
    lambda length: st.from_regex(rf"[1-9][0-9]{{{length - 2}}}[1-9]", fullmatch=True)
)


def test_it_works():
    assert RegionCode.parse("520281103").path() == ["520281103", "520281", "5202", "52", ""]


@pytest.mark.parametrize(
    ("typed", "digits", "level"),
    [
        ("36", "36", Level.PROVINCE),
        ("360000", "36", Level.PROVINCE),
        ("360000000000", "36", Level.PROVINCE),
        ("440700", "4407", Level.PREFECTURE),
        ("4407", "4407", Level.PREFECTURE),
        ("440700000", "4407", Level.PREFECTURE),
        ("370784", "370784", Level.COUNTY),
        ("370784000000", "370784", Level.COUNTY),
        ("370790", "370790", Level.COUNTY),  # the zero is the county's own
        ("520281103", "520281103", Level.TOWNSHIP),
        ("520281103000", "520281103", Level.TOWNSHIP),
        ("520281100", "520281100", Level.TOWNSHIP),
        ("520281103210", "520281103210", Level.VILLAGE),
        ("441900003", "441900003", Level.TOWNSHIP),  # a town of 东莞, a city without counties
        (" ３７０７８４ ", "370784", Level.COUNTY),
        (370784, "370784", Level.COUNTY),
    ],
)
def test_forms_and_levels(typed, digits, level):
    code = RegionCode.parse(typed)
    assert (str(code), code.level) == (digits, level)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "3",
        "370",
        "37078",
        "3707841",
        "52028110",
        "000000",
        "03",
        "安丘市",
        "3707-84",
        "370784.0",
        True,
        None,
    ],
)
def test_other_texts_are_refused(typed):
    with pytest.raises(RegionError, match="应为 2、4、6、9 或 12 位数字"):
        RegionCode.parse(typed)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("520281103210", ["520281103210", "520281103", "520281", "5202", "52", ""]),
        ("370784", ["370784", "3707", "37", ""]),
        ("440700", ["4407", "44", ""]),
        ("36", ["36", ""]),
    ],
)
def test_values_are_looked_up_from_the_village_to_the_nation(code, path):
    assert RegionCode.parse(code).path() == path


@given(SIGNIFICANT)
def test_every_code_on_the_path_leads_further_up_the_same_path(digits):
    path = RegionCode.parse(digits).path()
    assert path[0] == digits
    assert path[-1] == ""
    for place, above in enumerate(path[:-1]):
        assert RegionCode(above).path() == path[place:]
        assert RegionCode(digits).within(RegionCode(above))


@given(SIGNIFICANT, st.sampled_from([2, 4, 6, 9, 12]))
def test_zero_filled_forms_name_the_same_place(digits, length):
    filled = digits.ljust(length, "0")
    assert RegionCode.parse(filled) == RegionCode.parse(digits)


@pytest.mark.parametrize(
    ("code", "other", "within"),
    [
        ("520281103", "5202", True),
        ("5202", "520281103", False),
        ("520281", "5203", False),
        ("52", "52", True),
    ],
)
def test_scope(code, other, within):
    assert RegionCode.parse(code).within(RegionCode.parse(other)) is within


@pytest.mark.parametrize(
    ("code", "county"),
    [("520281103210", "520281"), ("520281", "520281"), ("441900", "441900"), ("5202", None)],
)
def test_the_county_of_a_place(code, county):
    assert RegionCode.parse(code).county == county


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("370784", "安丘市"),
        ("370784000000", "安丘市"),
        ("520281103", "盘州市"),
        ("440703", "蓬江区"),
        ("440781", "台山市"),
        ("120110", "东丽区"),  # the list also knows its name before 1992
        ("110103", "崇文区"),  # abolished in 2010
        ("441900", "东莞市"),
        ("441900003", "东莞市"),
        ("440700", None),
        ("36", None),
        ("370799", None),
        ("999999", None),
    ],
)
def test_county_names(code, name):
    assert known_county(code) == known_county(RegionCode.parse(code)) == name


def test_county_names_agree_with_the_library_they_are_read_from():
    for code in ("110101", "130430", "370784", "469023", "520281", "659012", "710000", "820000", "990000"):
        entries = [found.get("county") for _, found in numdb.get("cn/loc").info(code)]
        names = re.sub(r"\[[^]]*\]", "", entries[-1] or "").split(",")
        expected = names[-1] or None if not code.endswith("0000") else None
        assert known_county(code) == expected
