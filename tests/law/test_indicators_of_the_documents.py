"""Every indicator as the documents set it: clause, name, which way and how far, and what was printed."""

from datetime import date
from fractions import Fraction

import pytest

from doudi.law.indicators import Reading, asked_for, indicators, reading
from doudi.law.rulebook import Law
from tests.law.test_catalogues_indicators import an

LAW = Law.load()
JM, JX, AQ, PG = (
    ("440703", date(2018, 6, 1)), ("360102", date(2018, 6, 1)), ("370784", date(2020, 12, 1)),
    ("520281123", date(2025, 10, 9)),
)  # fmt: skip
PLACES = {"jm": JM, "jx": JX, "aq": AQ, "pz": PG, "cn": JX}
ALL = Fraction(1)

# (clauses, id, words of its name, sign, what is asked; "" and None where the document names no target)
TARGETS = (
    ("R-002", "jm-incidence", "发生率", "<=", Fraction(2, 100)),
    ("R-003,R-013", "jm-line-gap", "扶贫标准与低保标准", "=", Fraction(0)),
    ("R-004", "jm-five-assurances", "五项全部有保障", ">=", ALL),
    ("R-005", "jm-village-services", "村（社区）公共服务", "", None),
    ("R-014", "jm-top-up-urban", "城镇低保补差", ">=", Fraction(75, 100)),
    ("R-014", "jm-top-up-rural", "农村低保补差", ">=", Fraction(50, 100)),
    ("R-016", "jm-development-measures", "落实开发措施", ">=", ALL),
    ("R-025", "jm-medical-full", "医疗保障精准扶贫", ">=", ALL),
    ("R-028", "jm-incubators", "创业孵化基地", ">=", Fraction(1)),
    ("R-035", "jm-rice", "水稻保险", ">=", Fraction(90, 100)),
    ("R-037", "jm-collective", "村级集体经济", ">=", Fraction(20_000_000)),
    ("R-037", "jm-collective-villages", "村级集体经济", ">=", ALL),
    ("R-051", "jm-cohort-exit", "脱贫退出", ">=", ALL),
    ("R-051,R-053", "jm-cohort-households", "建档立卡贫困户", "", None),
    ("R-060", "jm-pension", "养老保险待遇", ">=", ALL),
    ("R-061", "jm-medical-enrolled", "参加医疗保障", ">=", ALL),
    ("R-065", "jm-inclusion-error", "错保率（保不应保）", "", None),
    ("R-065", "jm-exclusion-error", "漏保率（应保未保）", "", None),
    ("R-067", "jm-commercial", "商业保险", ">=", ALL),
    ("R-071", "aq-poverty-households", "贫困户", ">=", ALL),
    ("R-071", "aq-poverty-persons", "贫困人口", ">=", ALL),
    ("R-071", "aq-poor-villages", "贫困村", ">=", ALL),
    ("R-082", "aq-disability", "残疾人两项补贴", ">=", ALL),
    ("R-083", "aq-child-supervisors", "每个镇街区", ">=", Fraction(1)),
    ("R-083", "aq-child-directors", "每个行政村", ">=", Fraction(1)),
    ("R-086", "aq-care-delivered", "居家照料", ">=", ALL),
    ("R-111", "aq-placement", "愿进全进", ">=", ALL),
    ("R-118", "jx-all-helped", "得到帮扶", ">=", ALL),
    ("R-118", "jx-accuracy", "五项精准", ">=", Fraction(5)),
    ("R-120,R-121", "jx-assurances", "两不愁三保障", ">=", ALL),
    ("R-126", "jx-dibao-growth-low", "不低于", ">=", Fraction(8, 100)),
    ("R-126", "jx-dibao-growth-high", "不高于", "<=", Fraction(12, 100)),
    ("R-127", "jx-top-up", "人均补差", ">=", Fraction(38_000)),
    ("R-127", "jx-top-up-growth", "年增幅", ">=", Fraction(9, 100)),
    ("R-128", "jx-persons-per-household", "户均保障人数", "", None),
    ("R-128", "jx-whole-household", "整户保障比例", "", None),
    ("R-128", "jx-long-term", "常补对象保障比例", "", None),
    ("R-136", "jx-nursing-homes", "护理型养老院", ">=", Fraction(1)),
    ("R-136", "jx-nursing-cover", "失能护理", ">=", ALL),
    ("R-139", "jx-zero-employment", "零就业家庭", "=", Fraction(0)),
    ("R-141", "jx-premium", "个人缴费全额补助", ">=", ALL),
    ("R-141", "jx-supplementary", "重大疾病医疗补充保险", ">=", ALL),
    ("R-159", "jx-comparison", "半年比对", ">=", ALL),
    ("R-163", "jx-fund-dibao", "最低生活保障资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-tekun", "特困人员救助供养资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-temporary", "临时救助资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-medical-assistance", "医疗救助资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-medical-insurance", "基本医疗保险资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-pension", "基本养老保险资金", ">=", Fraction(0)),
    ("R-163", "jx-fund-education", "教育资助资金", ">=", Fraction(0)),
    ("R-065", "cn-inclusion-error", "错保率", "", None),
    ("R-065,R-099", "cn-exclusion-error", "漏保率", "", None),
    ("R-104,R-159", "cn-list-difference", "两个名单差异", "", None),
    ("R-205", "pz-spot-check", "抽查复核比例", ">=", Fraction(10, 100)),
    ("R-207", "pz-not-included", "应保尽保、应纳尽纳", "=", Fraction(0)),
    ("R-214,R-215", "pz-marked", "标注", ">=", ALL),
    ("R-219", "pz-joint-visits", "联合入户", ">=", ALL),
    ("R-224", "pz-feedback", "反馈", ">=", ALL),
    ("R-225", "pz-refresh", "按月更新", ">=", ALL),
    ("R-194", "pz-within-limit", "在规定工作日内", ">=", ALL),
)

# What the article about Anqiu and the one about Jiangmen print; money in fen. (clause, id, figures)
PRINTED: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("R-051", "jm-cohort-exit", {"part": 16_659, "whole": 16_659}),
    ("R-051", "jm-cohort-households", {"figure": 5_097}),
    ("R-070", "aq-population", {"figure": 978_000}),
    ("R-070", "aq-rural-population", {"figure": 567_700}),
    ("R-070", "aq-townships", {"figure": 14}),
    ("R-070", "aq-villages", {"figure": 866}),
    ("R-070", "aq-area", {"figure": 1_783}),
    ("R-071", "aq-poverty-households", {"part": 20_292, "whole": 20_292}),
    ("R-071", "aq-poverty-persons", {"part": 41_855, "whole": 41_855}),
    ("R-071", "aq-poor-villages", {"part": 40, "whole": 40}),
    ("R-075", "aq-payout", {"figure": 10_214_500_000}),
    ("R-080", "aq-new-dibao", {"figure": 1_658}),
    ("R-080", "aq-new-tekun", {"figure": 236}),
    ("R-080", "aq-new-children", {"figure": 135}),
    ("R-081", "aq-price", {"figure": 400_230_000}),
    ("R-082", "aq-disability", {"part": 23_220, "whole": 23_220}),
    ("R-087", "aq-care-coverage", {"figure": 3_065}),
    ("R-087", "aq-care-hours", {"total": 373_000, "count": 3_065}),
    ("R-087", "aq-care-hours-total", {"figure": 373_000}),
    ("R-087", "aq-care-agencies", {"figure": 7}),
    ("R-090", "aq-facilities", {"figure": 6}),
    ("R-090", "aq-day-care", {"figure": 5}),
    ("R-090", "aq-happy-yards", {"figure": 65}),
    ("R-090", "aq-new-beds", {"figure": 540}),
    ("R-090", "aq-facility-grants", {"figure": 512_000_000}),
    ("R-090", "aq-granted-facilities", {"figure": 11}),
    ("R-090", "aq-regional-facilities", {"figure": 4}),
    ("R-095", "aq-temporary-mean", {"total": 292_500_000, "count": 1_263}),
    ("R-100", "aq-charity-funds", {"figure": 527_560_000}),
    ("R-100", "aq-charity-grants", {"figure": 2_548}),
    ("R-100", "aq-charity-insurance", {"figure": 14_608}),
    ("R-100", "aq-charity-barrier-free", {"figure": 2_630}),
    ("R-101", "aq-social-projects", {"figure": 21_920_000}),
    ("R-101", "aq-social-awards", {"figure": 6_000_000}),
)


def test_the_tables_hold_every_indicator() -> None:
    told = {row[1] for row in TARGETS} | {row[1] for row in PRINTED}
    assert told == {indicator.id for indicator in indicators()}
    assert {row[1] for row in PRINTED} == {one.id for one in indicators() if one.published}


@pytest.mark.parametrize(
    ("clauses", "id_", "label", "sign", "figure"), TARGETS, ids=[row[1] for row in TARGETS]
)
def test_a_target_is_the_document_s(
    clauses: str, id_: str, label: str, sign: str, figure: Fraction | None
) -> None:
    indicator = an(id_)
    assert indicator.row.trace == tuple(clauses.split(","))
    assert label in indicator.label
    assert (indicator.target.sign if indicator.target else "") == sign
    if figure is not None:
        assert indicator.target is not None
        assert indicator.target.of(LAW.values, *PLACES[id_[:2]]) == figure


@pytest.mark.parametrize(("clause", "id_", "figures"), PRINTED, ids=[row[1] for row in PRINTED])
def test_a_printed_figure_is_the_document_s(clause: str, id_: str, figures: dict[str, int]) -> None:
    assert clause in an(id_).row.trace
    assert an(id_).published == figures


def test_what_is_asked_without_a_figure_is_written_down_by_the_village_each_year() -> None:
    """江府〔2018〕6号 一(二) 全面提升村（社区）公共服务水平: a village counts its own, nothing judges it."""
    services = an("jm-village-services")
    assert (services.level, services.period, services.row.cites) == (
        ("village",),
        "year",
        "江府〔2018〕6号 一(二)",
    )
    assert (services.formula, list(services.inputs)) == ("entry", ["figure"])
    assert reading(services, {"figure": 87}, None) == Reading(Fraction(87), None, None, None)
    assert services in asked_for(*JM)
    assert services in asked_for("440781", JM[1])
    assert services not in asked_for(*JX)
    assert services not in asked_for("440703", date(2017, 12, 31))
