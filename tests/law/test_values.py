"""What the law says where and when: the figures of the documents, and how place, day and area type choose.

Figures are written here from the documents, in yuan, not from the files under test.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from doudi.law.errors import MissingValue
from doudi.law.rulebook import Law
from doudi.law.values import FIRST_DAY, LAST_DAY, Values
from tests.law.own_values import with_own

ALL, U, R = "", "URBAN", "RURAL"

# (parameter, region, area type, day, what an officer reads; None = nobody has filled it in)
FIGURES: list[tuple[str, str, str, int, str | None]] = [
    # 江门市 江府〔2018〕6号
    ("dibao_standard", "440703", U, 20180101, "800.00 元/人月"),
    ("dibao_standard", "440785", R, 20180312, "800.00 元/人月"),
    ("dibao_standard", "440703", U, 20171231, None),
    ("dibao_standard", "440703", U, 20190331, "800.00 元/人月"),
    ("dibao_standard", "440703", U, 20210101, None),
    ("poverty_line", "440781", R, 20180601, "800.00 元/人月"),
    ("top_up_ratio_target", "440703", U, 20180601, "75%"),
    ("top_up_ratio_target", "440703", R, 20180601, "50%"),
    ("identification_line_2015", "440781", R, 20160630, "5,040.00 元/人年"),
    ("identification_line_2015", "440781", U, 20160630, "6,600.00 元/人年"),
    ("identification_line_2015", "440783", R, 20160630, "5,040.00 元/人年"),
    ("identification_line_2015", "440785", R, 20160630, "5,040.00 元/人年"),
    ("identification_line_2015", "440784", R, 20160630, "6,600.00 元/人年"),
    ("identification_line_2015", "440705", R, 20160630, "6,600.00 元/人年"),
    ("grace_months", "440703", "URBAN", 20180914, "6 个月"),
    ("grace_months", "440703", "URBAN", 20190630, "6 个月"),
    ("grace_months", "440703", "URBAN", 20190701, "0 个月"),
    ("minimum_wage", "440703", ALL, 20180701, "1,550.00 元/月"),
    # 江西省城镇 赣发〔2018〕7号
    ("dibao_standard", "360103", U, 20180101, "580.00 元/人月"),
    ("dibao_standard", "360103", R, 20180101, None),
    ("dibao_standard", "360103", U, 20190101, None),
    ("tekun_standard", "360103", U, 20181231, "755.00 元/人月"),
    ("avg_top_up_target", "36", U, 20180601, "380.00 元/人月"),
    ("orphan_scattered_standard", "36", "URBAN", 20180601, "800.00 元/人月"),
    ("orphan_institution_standard", "36", "URBAN", 20180601, "1,200.00 元/人月"),
    ("disability_living_rate", "36", ALL, 20180601, "60.00 元/人月"),
    ("disability_nursing_rate", "36", ALL, 20180601, "70.00 元/人月"),
    ("tekun_nursing_full_ratio", "360103", "URBAN", 20180601, "80%"),
    ("tekun_nursing_partial_ratio", "360103", "URBAN", 20180601, "20%"),
    ("minimum_wage", "360103", ALL, 20180601, "1,680.00 元/月"),
    ("expenditure_poor_ratio", "360103", ALL, 20180601, "1.5 倍"),
    ("temporary_float_most", "360103", U, 20180306, "50%"),
    ("temporary_float_most", "360103", U, 20180305, "0%"),
    ("temporary_float_most", "360103", R, 20180306, "0%"),
    ("temporary_extra_times", "360103", U, 20180306, "2 次/年"),
    ("medical_extra_points", "360103", "URBAN", 20180601, "5%"),
    # 安丘市 2020
    ("dibao_standard", "370784", U, 20201207, "719.00 元/人月"),
    ("dibao_standard", "370784", R, 20201207, "537.00 元/人月"),
    ("tekun_standard", "370784", U, 20201207, "935.00 元/人月"),
    ("tekun_standard", "370784", R, 20201207, "960.00 元/人月"),
    ("orphan_institution_standard", "370784", "URBAN", 20201207, "1,760.00 元/人月"),
    ("orphan_scattered_standard", "370784", "URBAN", 20201207, "1,400.00 元/人月"),
    ("key_child_standard", "370784", ALL, 20201207, "980.00 元/人月"),
    ("care_hours_self", "370784", ALL, 20201207, "10 小时/月"),
    ("care_hours_partial", "370784", ALL, 20201207, "16 小时/月"),
    ("care_hours_none", "370784", ALL, 20201207, "32 小时/月"),
    ("dibao_authority", "370784", ALL, 20201130, "县级民政部门"),
    ("dibao_authority", "370784", ALL, 20201201, "乡镇（街道）"),
    ("temporary_small_limit", "370784", ALL, 20201201, "1,000.00 元/次"),
    ("recognition_total_days", "370784", ALL, 20201130, "0 工作日"),
    ("recognition_total_days", "370784", ALL, 20201207, "20 工作日"),
    ("review_notice", "370784", ALL, 20201207, "否"),
    ("review_notice", "370784", ALL, 20210701, "是"),
    ("approval_notice", "370784", ALL, 20201207, "是"),
    ("democratic_appraisal", "370784", ALL, 20201207, "否"),
    ("exit_moratorium", "370784", ALL, 20200301, None),
    ("minimum_wage", "370784", ALL, 20201207, None),
    # 盘州市试点乡镇 2025
    ("recognition_total_days", "520281123", ALL, 20250911, "30 工作日"),
    ("recognition_total_days", "520281123", ALL, 20250912, "20 工作日"),
    ("recognition_extended_days", "520281214", ALL, 20251231, "30 工作日"),
    ("recognition_extended_days", "520281214", ALL, 20260101, "45 工作日"),
    ("spot_check_ratio", "520281123001", ALL, 20251009, "10%"),
    ("joint_recognition", "520281123", ALL, 20251009, "是"),
    ("joint_recognition", "520281001", ALL, 20251009, "否"),
    ("rigid_total_days", "520281123", ALL, 20251009, "20 工作日"),
    ("rigid_total_days", "520281001", ALL, 20251009, "30 工作日"),
    ("dibao_standard", "520281123", R, 20251009, None),
    ("monitoring_line", "520281123", ALL, 20230601, "7,300.00 元/人年"),
    ("monitoring_line", "520281123", ALL, 20251009, None),
    ("minimum_wage", "330106", ALL, 20251020, "2,490.00 元/月"),
    # 全国，按日期
    ("spot_check_ratio", "110101", ALL, 20210630, "30%"),
    ("approval_opinion_days", "110101", ALL, 20210630, "5 工作日"),
    ("approval_opinion_days", "110101", ALL, 20210701, "10 工作日"),
    ("recognition_total_days", "110101", ALL, 20210701, "30 工作日"),
    ("recognition_extended_days", "110101", ALL, 20210701, "45 工作日"),
    ("recognition_delegated_days", "110101", ALL, 20221019, "30 工作日"),
    ("recognition_delegated_days", "110101", ALL, 20221020, "20 工作日"),
    ("edge_enabled", "110101", U, 20210630, "否"),
    ("edge_enabled", "110101", U, 20210701, "是"),
    ("edge_ratio", "110101", ALL, 20210701, "1.5 倍"),
    ("rigid_enabled", "110101", R, 20241231, "否"),
    ("rigid_enabled", "110101", R, 20250101, "是"),
    ("monitoring_object_enabled", "520281", U, 20230601, "否"),
    ("monitoring_object_enabled", "520281", R, 20230601, "是"),
    ("review_months_c", "110101", U, 20200101, "1 个月"),
    ("review_months_c", "110101", R, 20200101, "3 个月"),
    ("review_months_c", "110101", R, 20210701, "6 个月"),
    ("basic_pension_excluded", "110101", U, 20251231, "是"),
    ("price_cpi_trigger", "110101", ALL, 20220831, "3.5%"),
    ("price_cpi_trigger", "110101", ALL, 20220901, "3%"),
    ("price_cpi_trigger", "110101", ALL, 20230331, "3%"),
    ("price_cpi_trigger", "110101", ALL, 20230401, "3.5%"),
    ("child_township_days", "110101", ALL, 20250101, "15 工作日"),
    ("tekun_minor_until_age", "110101", ALL, 20200101, "16 岁"),
    ("tekun_minor_until_age", "110101", ALL, 20210701, "18 岁"),
]


@pytest.fixture(scope="module")
def values() -> Values:
    return Law.load().values


@pytest.fixture
def law_of(tmp_path: Path) -> Callable[..., Values]:
    return partial(with_own, tmp_path)


@pytest.mark.parametrize(("name", "place", "area", "on", "shown"), FIGURES)
def test_the_law_says(values: Values, name: str, place: str, area: str, on: int, shown: str | None) -> None:
    value = values.lookup(name, place, area, on)
    assert (None if value is None else values.parameters[name].show(value)) == shown


def test_an_answer_names_its_document_status_days_and_file(values: Values) -> None:
    found = values.explain("dibao_standard", "370784101", R, 20201207)
    assert (found.value, found.region_name, found.from_, found.until) == (53700, "安丘市", 20200101, 20210101)
    assert found.entry.cites.startswith("《织密扎牢民生兜底脱贫保障“安全网”》")
    assert (found.entry.status, found.entry.reviewed) == ("statutory", 20261122)
    assert found.entry.file == "values/regions/370784/values.toml"


def test_a_missing_value_says_which_where_when_and_what_to_do(values: Values) -> None:
    with pytest.raises(MissingValue) as caught:
        values.require("dibao_standard", "520281123", R, 20251009)
    missing = caught.value
    assert (missing.parameter, missing.region, missing.on, missing.area) == (
        "dibao_standard", "520281123", 20251009, R,
    )  # fmt: skip
    for part in (
        "最低生活保障标准",
        "盘关镇",
        "520281123",
        "农村",
        "2025年10月9日",
        "请填写盘州市现行低保标准",
    ):
        assert part in str(missing)


def test_a_value_nobody_ever_named_is_missing_too(values: Values) -> None:
    with pytest.raises(MissingValue, match="请在数值文件中补上"):
        values.require("dibao_growth_low", "110101", None, 20250101)


def test_before_a_law_is_in_force_nobody_is_asked_to_fill_it_in(values: Values) -> None:
    """民发〔2024〕57号 begins on 2025-01-01."""
    with pytest.raises(
        MissingValue, match="全国的规定自2025年1月1日起施行，这一天还没有；请核对日期"
    ) as caught:
        values.require("rigid_total_days", "520281124", R, 20241009)
    assert "请在数值文件中补上" not in str(caught.value)
    assert values.require("rigid_total_days", "520281124", R, 20250101) == 30


def test_a_named_hole_is_not_filled_from_above(law_of: Callable[..., Values]) -> None:
    upper = '[[rounding]]\nregion = "37"\nfrom = 2020-01-01\nvalue = "YUAN_UP"\n'
    hole = '[[rounding]]\nregion = "3707"\nfrom = 2020-06-01\nuntil = 2020-07-01\nhole = "请填写"\n'
    values = law_of(upper + hole)
    days = (20200531, 20200601, 20200630, 20200701)
    found = [values.lookup("rounding", "370784", "", day) for day in days]
    assert found == ["YUAN_UP", None, None, "YUAN_UP"]


def test_the_most_specific_region_in_force_answers(law_of: Callable[..., Values]) -> None:
    values = law_of(
        *(
            f'[[notice_days]]\nregion = "{region}"\nfrom = {day}\nvalue = {value}\n'
            for region, day, value in (
                ("37", "2030-01-01", 1),
                ("3707", "2030-02-01", 2),
                ("370784", "2030-03-01", 3),
                ("370784101", "2030-04-01", 4),
                ("370784101001", "2030-05-01", 5),
            )
        )
    )
    village = [values.lookup("notice_days", "370784101001", "", 20300000 + 100 * m + 1) for m in range(1, 7)]
    assert village == [1, 2, 3, 4, 5, 5]
    assert values.lookup("notice_days", "370784101002", "", 20300601) == 4
    assert values.lookup("notice_days", "370784000000", "", 20300601) == 3
    assert values.lookup("notice_days", "3708", "", 20300601) == 1
    assert values.lookup("notice_days", "36", "", 20300601) == 7


def test_a_later_entry_ends_the_one_before(law_of: Callable[..., Values]) -> None:
    values = law_of(
        '[[notice_days]]\nregion = "36"\nfrom = 2030-06-01\nvalue = 9\n',
        '[[notice_days]]\nregion = "36"\nfrom = 2030-01-01\nvalue = 8\n',
    )
    assert [values.lookup("notice_days", "36", "", day) for day in (20300101, 20300531, 20300601)] == [
        8,
        8,
        9,
    ]


def test_a_users_entry_speaks_over_the_shipped_one_and_says_so(law_of: Callable[..., Values]) -> None:
    values = law_of(
        '[[dibao_standard]]\nregion = "370784"\nfrom = 2020-07-01\nuntil = 2020-10-01\n',
        'value = { RURAL = "600.00" }\n',
    )
    rural = [
        values.lookup("dibao_standard", "370784", R, day) for day in (20200630, 20200701, 20200930, 20201001)
    ]
    assert rural == [53700, 60000, 60000, 53700]
    assert values.lookup("dibao_standard", "370784", U, 20200701) == 71900
    found = values.explain("dibao_standard", "370784", R, 20200701)
    assert [(entry.values[R], entry.status) for entry in found.overrides] == [(53700, "statutory")]
    assert [(over.file, under.values[R]) for over, under in values.overridden()] == [("own.toml", 53700)]
    assert [(from_, until) for from_, until, _ in values.history("dibao_standard", "370784", R)][-4:] == [
        (20200101, 20200701), (20200701, 20201001), (20201001, 20210101), (20210101, LAST_DAY),
    ]  # fmt: skip


def test_an_invented_county_is_known_once_a_file_names_it(law_of: Callable[..., Values]) -> None:
    values = law_of(
        '[regions]\n"990101" = "示例县"\n',
        '[[dibao_standard]]\nregion = "990101"\nfrom = 2025-01-01\nvalue = "500.00"\n',
    )
    assert values.region_name("990101101") == "示例县"
    assert values.known_regions()["990101"] == "示例县"
    assert values.lookup("dibao_standard", "990101101", U, 20250601) == 50000


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("", "全国"),
        ("36", "江西省"),
        ("4407", "江门市"),
        ("370784", "安丘市"),
        ("520281214", "保基苗族彝族乡"),
        ("520281123005", "盘关镇"),
        ("520281999", "盘州市"),
        ("110101", "东城区"),
        ("889900", None),
        ("abc", None),
    ],
)
def test_a_region_has_a_name_or_is_unknown(values: Values, code: str, name: str | None) -> None:
    assert values.region_name(code) == name


def test_test_values_win_at_the_households_own_region(values: Values) -> None:
    given = values.with_plain({"dibao_standard": "500.00", "minimum_wage@33": "2490.00"}, region="520281123")
    assert given.lookup("dibao_standard", "520281123", R, 20251009) == 50000
    assert given.explain("dibao_standard", "520281123", R, 20251009).entry.status == "test"
    assert given.lookup("minimum_wage", "330282", "", 20251009) == 249000
    assert given.lookup("dibao_standard", "520281214", R, 20251009) is None
    again = given.with_plain({"dibao_standard": "600.00"}, region="520281123")
    assert again.lookup("dibao_standard", "520281123", R, 20251009) == 60000


def test_batch_rows_say_what_the_lookup_says(values: Values) -> None:
    names = tuple(values.parameters)
    rows = values.contexts(names)
    chosen = random.Random(20250912)
    for row in chosen.sample(rows, 40):
        for day in (row.from_ymd, min(row.until_ymd or LAST_DAY, LAST_DAY) - 1):
            looked_up = tuple(values.lookup(name, row.place, row.area_type, day) for name in names)
            assert looked_up == row.values, (row.place, row.area_type, day)


def test_batch_rows_cover_every_day_of_every_place_once(values: Values) -> None:
    rows = values.contexts(("dibao_standard", "edge_enabled", "minimum_wage"))
    lines: dict[tuple[str, str], list[tuple[int, int | None]]] = {}
    for row in rows:
        lines.setdefault((row.place, row.area_type), []).append((row.from_ymd, row.until_ymd))
    assert {area for _, area in lines} == {U, R}
    assert {"", "36", "3601", "370784", "4407", "520281"} <= {place for place, _ in lines}
    for spans in lines.values():
        assert spans[0][0] == FIRST_DAY
        assert spans[-1][1] == LAST_DAY
        assert all(end == start for (_, end), (start, _) in pairwise(spans))


def test_batch_rows_are_cut_only_where_a_value_changes(values: Values) -> None:
    rows = values.contexts(("rigid_enabled",))
    assert [(row.from_ymd, row.values) for row in rows if (row.place, row.area_type) == ("", U)] == [
        (20120101, (None,)), (20121212, (False,)), (20250101, (True,)),
    ]  # fmt: skip


def test_the_version_names_what_decides_and_nothing_else(tmp_path: Path) -> None:
    entry = (
        '[[notice_days]]\nregion = "36"\nfrom = 2030-01-01\nvalue = {}\ncites = "无明文规定"\n'
        'status = "test"\nreviewed = 2026-01-01\n'
    )
    versions = []
    for text in (entry.format(7), "# a comment\n" + entry.format(7), entry.format(8)):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        versions.append(Law.load([path]).version)
    assert versions[0] == versions[1] != versions[2]
    assert versions[0] != Law.load().version
    assert Law.load().version == Law.load().version


def test_every_shipped_entry_can_be_traced(values: Values) -> None:
    for entry in values.entries:
        assert entry.cites
        assert entry.reviewed
        assert entry.status in ("statutory", "default"), f"{entry.file} 第{entry.number}条 ships a test value"


def test_test_values_are_marked_in_the_demo() -> None:
    demo = Path(__file__).parents[2] / "demo" / "values.toml"
    own = [entry for entry in Law.load([demo]).values.entries if entry.own]
    assert own
    assert {entry.status for entry in own} == {"test"}
