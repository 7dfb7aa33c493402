"""What the documents demand of the values, on both sides of each line, and what each month still lacks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from doudi.law.checks import ERROR, HOLE, WARNING, Finding, check
from doudi.law.coverage import Claim, coverage, holes, load_claims
from doudi.law.errors import BadDeclaration
from doudi.law.rulebook import ROOT, Law
from doudi.law.values import Values
from tests.law.own_values import with_own

NANCHANG = 'region = "3601"\n'


def say(name: str, from_: str, value: str, *, until: str = "", place: str = NANCHANG) -> str:
    end = f"until = {until}\n" if until else ""
    return f"[[{name}]]\n{place}from = {from_}\n{end}value = {value}\n"


@cache
def shipped() -> frozenset[Finding]:
    return frozenset(check(Law.load().values))


def found(values: Values, kind: str) -> list[Finding]:
    """Findings of a kind that the shipped law alone does not have."""
    return [finding for finding in check(values) if finding.kind == kind and finding not in shipped()]


def test_the_shipped_law_meets_every_demand() -> None:
    assert [finding for finding in check(Law.load().values) if finding.kind == ERROR] == []


FUND_2018 = say("fund_dibao", "2018-06-01", '"100.00"')

# (what is saved for Nanchang or Jiangmen, words of the error; None = it stands)
DEMANDS: list[tuple[str, str, str | None]] = [
    ("tekun 755 >= 754", say("tekun_standard", "2018-01-01", '{ URBAN = "755.00" }'), None),
    ("tekun 754 >= 754", say("tekun_standard", "2018-01-01", '{ URBAN = "754.00" }'), None),
    ("tekun 753.99", say("tekun_standard", "2018-01-01", '{ URBAN = "753.99" }'), "754.00"),
    ("tekun 750", say("tekun_standard", "2018-01-01", '{ URBAN = "750.00" }'), "754.00"),
    ("dibao up alone", say("dibao_standard", "2018-07-01", '{ URBAN = "581.00" }'), "755.30"),
    ("orphan 755", say("orphan_scattered_standard", "2018-01-01", '"755.00"'), "没有高于特困标准"),
    ("orphan 755.01", say("orphan_scattered_standard", "2018-01-01", '"755.01"'), None),
    ("orphans in homes", say("orphan_institution_standard", "2018-01-01", '"700.00"'), "没有高于特困标准"),
    ("nursing 79.9%", say("tekun_nursing_full_ratio", "2018-03-06", '"79.9%"'), "不得低于 80%"),
    ("nursing 80%", say("tekun_nursing_full_ratio", "2018-03-06", '"80%"'), None),
    ("nursing 1343.99", say("tekun_nursing_full_amount", "2018-03-06", '"1343.99"'), "1,344.00"),
    ("nursing 1344", say("tekun_nursing_full_amount", "2018-03-06", '"1344.00"'), None),
    ("nursing 335.99", say("tekun_nursing_partial_amount", "2018-03-06", '"335.99"'), "336.00"),
    ("line apart", say("poverty_line", "2018-01-01", '{ URBAN = "580.01" }'), "两线合一"),
    ("funds less", FUND_2018 + say("fund_dibao", "2019-01-01", '"99.99"'), "少于"),
    ("funds same", FUND_2018 + say("fund_dibao", "2019-01-01", '"100.00"'), None),
    ("shorter when extended", say("recognition_extended_days", "2022-01-01", "29"), "短于原时限 30"),
    ("grace 24 of 24", say("grace_months", "2018-03-06", "24", until="2021-01-01"), None),
    ("grace 25 of 24", say("grace_months", "2018-03-06", "25", until="2021-01-01"), "12 个月 至 24 个月"),
    ("grace 11 of 12", say("grace_months", "2018-03-06", "11", until="2021-01-01"), "12 个月 至 24 个月"),
    ("grace 12 of 12", say("grace_months", "2018-03-06", "12", until="2021-01-01"), None),
    ("disabled 37", say("grace_months_disabled", "2018-03-06", "37", until="2021-01-01"), "至 36 个月"),
    ("disabled 23", say("grace_months_disabled", "2018-03-06", "23", until="2021-01-01"), "24 个月 至"),
    ("disabled 36", say("grace_months_disabled", "2018-03-06", "36", until="2021-01-01"), None),
    (
        "six months are six in Jiangmen",
        say("grace_months", "2018-06-01", "5", place='region = "440703"\n', until="2019-07-01"),
        "文件规定 6 个月 至 6 个月",
    ),
    ("float 50%", say("temporary_float_most", "2018-03-06", '"50%"'), None),
    ("float 50.1%", say("temporary_float_most", "2018-03-06", '"50.1%"'), "不得超过 50%"),
    ("3 more times", say("temporary_extra_times", "2018-03-06", "3"), "文件规定 1 次/年 至 2 次/年"),
    ("no more times", say("temporary_extra_times", "2018-03-06", "0"), "文件规定 1 次/年 至 2 次/年"),
    ("1 more time", say("temporary_extra_times", "2018-03-06", "1"), None),
    ("income of six months", say("income_window_months", "2018-03-06", "6"), "申请前12个月"),
    ("income of twelve months", say("income_window_months", "2018-03-06", "12"), None),
    (
        "spot check 9.9%",
        say("spot_check_ratio", "2025-09-12", '"9.9%"', place='region = "520281123"\n', until="2026-01-01"),
        "不得低于 10%",
    ),
    (
        "spot check 10%",
        say("spot_check_ratio", "2025-09-12", '"10%"', place='region = "520281123"\n', until="2026-01-01"),
        None,
    ),
    (
        "31 days",
        say("recognition_total_days", "2025-01-01", "31", place='region = "110105"\n'),
        "不得超过 30 工作日",
    ),
    (
        "lines apart in 2018",
        say("poverty_line", "2018-06-01", '"700.00"', place='region = "4407"\n', until="2018-12-31"),
        "两线合一",
    ),
    (
        "urban apart",
        say("dibao_standard", "2018-01-01", '{ URBAN = "800.01", RURAL = "800.00" }', until="2018-12-31",
            place='region = "440703"\n'),
        "要求一体化",
    ),
    (
        "line behind dibao in 2019",
        say("dibao_standard", "2019-07-01", '"880.00"', place='region = "4407"\n', until="2021-01-01"),
        "两线合一",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in DEMANDS], ids=[row[0] for row in DEMANDS])
def test_what_a_document_demands_is_demanded_on_saving(tmp_path: Path, text: str, words: str | None) -> None:
    wrong = found(with_own(tmp_path, text), ERROR)
    if words is None:
        assert wrong == []
    else:
        assert any(words in finding.text and "own.toml" in finding.where for finding in wrong), wrong


PILOT, ANQIU, LATE = "520281123", "370784", "2025-09-12"

# (parameter, place, from, what a county saves, the least lawful figure and the article)
UNDERCUT = [
    ("notice_days", PILOT, LATE, "1", "不得低于 7 天（民发〔2021〕57号 第十九条）"),
    ("refusal_notice_days", PILOT, LATE, "60", "不得超过 3 天（民发〔2021〕57号 第二十一条）"),
    ("survey_start_days", PILOT, LATE, "60", "不得超过 3 工作日（民发〔2021〕57号 第十五条）"),
    ("investigators_least", PILOT, LATE, "1", "不得低于 2 人（民发〔2021〕57号 第十六条）"),
    ("tekun_minor_age", PILOT, LATE, "10", "不得低于 16 岁（民发〔2021〕43号 第五条）"),
    ("tekun_review_months", PILOT, LATE, "120", "不得超过 12 个月（"),
    ("edge_ratio", PILOT, LATE, '"1.2"', "不得低于 1.5 倍（民发〔2021〕57号 第八条）"),
    ("joint_recognition", PILOT, LATE, "false", "文件规定为 是（盘州市"),
    ("medical_extra_points", "3601", "2018-03-06", '"3%"', "不得低于 5%（赣发〔2018〕7号 五(三)）"),
    ("disability_living_rate", "3601", "2018-03-06", '"30.00"', "不得低于 60.00 元/人月（赣发"),
    ("care_hours_none", ANQIU, "2020-12-01", "8", "不得低于 32 小时/月（"),
    ("comfort_payment_excluded", PILOT, LATE, "false", "文件规定为 是（民发〔2021〕57号 第十三条）"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "from_", "value", "words"), UNDERCUT, ids=lambda it: str(it)[:25])
def test_a_county_may_not_undercut_what_a_document_fixes(
    tmp_path: Path, name: str, place: str, from_: str, value: str, words: str
) -> None:
    text = say(name, from_, value, place=f'region = "{place}"\n', until=f"{int(from_[:4])}-12-31")
    wrong = [finding for finding in found(with_own(tmp_path, text), ERROR) if finding.parameter == name]
    assert wrong
    assert all(words in finding.text for finding in wrong), wrong


@pytest.mark.parametrize(
    ("name", "value", "kind", "words"),
    [
        ("notice_days", "7", "", ""),
        ("notice_days", "10", WARNING, "10 天，文件规定为 7 天（民发〔2021〕57号 第十九条）"),
        ("survey_start_days", "2", WARNING, "文件规定为 3 工作日（民发〔2021〕57号 第十五条）"),
        ("rigid_validity_months", "6", WARNING, "文件规定为 12 个月（民发〔2024〕57号 第十条）"),
        ("dibao_authority", '"TL"', WARNING, "文件规定为 "),
        ("undated_step_days", "4", "", ""),
    ],
)
def test_what_differs_from_a_document_is_shown_and_what_no_document_fixes_is_free(
    tmp_path: Path, name: str, value: str, kind: str, words: str
) -> None:
    text = say(name, "2025-02-01", value, place='region = "110105"\n')
    values = with_own(tmp_path, text)
    told = [one for wanted in (ERROR, WARNING) for one in found(values, wanted) if one.parameter == name]
    assert {one.kind for one in told} == ({kind} if kind else set())
    assert all(words in one.text for one in told), told


# (2019's 城镇低保标准 after 580.00 of 2018, is it outside 8 % to 12 %)
@pytest.mark.parametrize(
    ("standard", "outside"),
    [("626.39", True), ("626.40", False), ("638.00", False), ("649.60", False), ("649.61", True)],
)
def test_a_yearly_rise_outside_the_band_is_worth_a_look(tmp_path: Path, standard: str, outside: bool) -> None:
    text = say("dibao_standard", "2019-01-01", f'{{ URBAN = "{standard}" }}', place='region = "36"\n')
    warnings = [finding for finding in found(with_own(tmp_path, text), WARNING) if "增幅" in finding.text]
    assert bool(warnings) is outside
    assert all((finding.region, finding.from_) == ("36", 20190101) for finding in warnings)


@pytest.mark.parametrize(
    ("standard", "told"), [("700.00", True), ("799.99", True), ("800.00", False), ("880.00", False)]
)
def test_a_lower_dibao_standard_is_told(tmp_path: Path, standard: str, told: bool) -> None:
    """江府〔2018〕6号 二(一)1: 2018年后扶贫标准与低保标准同步提高; 800 in 2018, and no band of growth."""
    place = 'region = "440703"\n'
    both = (
        say(name, "2019-01-01", f'"{standard}"', place=place, until="2021-01-01")
        for name in ("dibao_standard", "poverty_line")
    )
    falls = [one for one in found(with_own(tmp_path, *both), WARNING) if "降为" in one.text]
    assert bool(falls) is told
    assert all("由 800.00 元/人月 降为 " + standard in one.text for one in falls), falls


def test_a_grace_longer_than_six_months_is_warned_about_from_october_2022(tmp_path: Path) -> None:
    before, after = (
        say("grace_months", "2021-07-01", "12", until="2022-10-20"),
        say("grace_months", "2022-10-20", "7"),
    )
    warnings = found(with_own(tmp_path, before, after), WARNING)
    assert {(one.area, one.from_, "超过国家原则上限 6 个月" in one.text) for one in warnings} == {
        ("URBAN", 20221020, True),
        ("RURAL", 20221020, True),
    }
    assert len(warnings) == 2


@pytest.mark.parametrize(
    ("cites", "from_", "words"),
    [
        ("县发〔2030〕1号", "2030-01-01", "没有登记"),
        ("民发〔2021〕57号 第十九条", "2021-06-30", "生效日早于"),
        ("民发〔2012〕220号 第二十五条", "2020-01-01", "停止施行"),
    ],
)
def test_an_entry_rests_on_a_document_in_force(tmp_path: Path, cites: str, from_: str, words: str) -> None:
    text = say("notice_days", from_, "7") + f'cites = "{cites}"\n'
    assert [words in finding.text for finding in found(with_own(tmp_path, text), WARNING)] == [True]


def test_a_county_registers_its_own_document(tmp_path: Path) -> None:
    document = '[documents."县发〔2030〕1号"]\ntitle = "办法"\nissued = 2030-01-01\n'
    document += 'from = 2030-01-01\nsource = "seen"\n'
    text = document + say("notice_days", "2030-01-01", "7") + 'cites = "县发〔2030〕1号 第三条"\n'
    assert found(with_own(tmp_path, text), WARNING) == []


def test_the_doubtful_figure_of_anqiu_is_shown() -> None:
    doubts = [finding for finding in check(Law.load().values) if finding.parameter == "tekun_standard"]
    assert [(finding.kind, finding.region) for finding in doubts] == [(WARNING, "370784")]
    assert "960" in doubts[0].text


def test_every_month_the_shipped_law_claims_has_one_value_or_a_named_hole() -> None:
    values = Law.load().values
    findings = coverage(values, load_claims(ROOT / "claims.toml", values))
    assert [finding for finding in findings if finding.kind != HOLE] == []
    assert all(finding.text for finding in findings)
    for name, region in (
        ("dibao_standard", "520281123"),
        ("minimum_wage", "370784"),
        ("exit_moratorium", "370784"),
    ):
        assert any((finding.parameter, finding.region) == (name, region) for finding in findings)


def test_a_gap_in_what_is_claimed_is_an_error(tmp_path: Path) -> None:
    first = say("dibao_growth_low", "2030-01-01", '"8%"', until="2030-06-01")
    last = say("dibao_growth_low", "2030-07-01", '"8%"', until="2030-12-01")
    values = with_own(tmp_path, first, last)
    claim = Claim("试", "360103", ("URBAN",), 20300101, 20310101, ("dibao_growth_low",))
    gaps = coverage(values, [claim])
    assert [(gap.kind, gap.from_, gap.until) for gap in gaps] == [
        (ERROR, 20300601, 20300701),
        (ERROR, 20301201, 20310101),
    ]


def test_demo_values_fill_what_the_pilot_townships_lack() -> None:
    demo = Path(__file__).parents[2] / "demo" / "values.toml"
    plain, filled = Law.load().values, Law.load([demo]).values
    pilot = [claim for claim in load_claims(ROOT / "claims.toml", plain) if claim.region.startswith("520281")]
    assert len(pilot) == 2
    assert coverage(plain, pilot)
    assert coverage(filled, pilot) == []
    assert [finding for finding in check(filled) if finding.kind == ERROR] == []


def test_a_county_sees_what_it_still_has_to_fill_in() -> None:
    lacking = {
        finding.parameter: finding.text for finding in holes(Law.load().values, region="520281", on=20251009)
    }
    assert lacking["dibao_standard"] == "请填写盘州市现行低保标准（元/人月）"
    assert "notice_days" not in lacking


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('parameters = ["dibao_standart"]\n', "dibao_standart"),
        ('parameters = ["rounding"]\nmonths = 3\n', "months"),
        ("", "parameters"),
    ],
)
def test_a_wrong_claim_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "claims.toml"
    head = (
        '[[claim]]\nabout = "试"\nregion = "36"\nareas = ["URBAN"]\nfrom = 2030-01-01\nuntil = 2031-01-01\n'
    )
    path.write_text(head + text, encoding="utf-8")
    with pytest.raises(BadDeclaration, match=words):
        load_claims(path, Law.load().values)
