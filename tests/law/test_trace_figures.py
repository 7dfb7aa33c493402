"""The figures the four documents print, asked of the law by place and day: written from the documents."""

from datetime import date

import pytest

from doudi.law.errors import MissingValue
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law

LAW = Law.load()
HOLE = object()
JM, XINHUI, TAISHAN = "440703", "440705", "440781"
JX, AQ, PG, PZ = "360102", "370784", "520281123", "520281"

# (clause, parameter, place, area, day, what the document says: fen, thousandths, numbers, codes)
FIGURES = (
    ("R-006", "dibao_standard", JM, "URBAN", date(2018, 6, 1), 80_000),
    ("R-006", "dibao_standard", TAISHAN, "RURAL", date(2018, 12, 31), 80_000),
    ("R-012", "registered_poor_track_enabled", JM, "", date(2019, 6, 30), True),
    ("R-012", "registered_poor_track_enabled", JM, "", date(2019, 7, 1), False),
    ("R-014", "top_up_ratio_target", JM, "URBAN", date(2018, 6, 1), 750),
    ("R-014", "top_up_ratio_target", JM, "RURAL", date(2018, 6, 1), 500),
    ("R-019", "list_adjustment_months", JM, "", date(2018, 6, 1), 6),
    ("R-025", "premium_subsidy_ratio", JM, "URBAN", date(2018, 6, 1), 1000),
    ("R-028", "incubator_grant", JM, "", date(2018, 6, 1), 20_000_000),
    ("R-052", "identification_line_2015", JM, "RURAL", date(2016, 6, 1), 660_000),
    ("R-052", "identification_line_2015", TAISHAN, "RURAL", date(2016, 6, 1), 504_000),
    ("R-052", "identification_line_2015", "440783", "RURAL", date(2016, 6, 1), 504_000),
    ("R-052", "identification_line_2015", "440785", "RURAL", date(2016, 6, 1), 504_000),
    ("R-052", "identification_line_2015", TAISHAN, "URBAN", date(2016, 6, 1), 660_000),
    ("R-052", "identification_line_2015", "440784", "RURAL", date(2016, 6, 1), 660_000),
    ("R-055", "twelve_indicators_enabled", JM, "", date(2020, 1, 1), True),
    ("R-055", "twelve_indicators_enabled", JM, "", date(2019, 12, 31), False),
    ("R-068", "twelve_indicators_enabled", JM, "", date(2020, 6, 1), True),
    ("R-069", "exit_series_months", JM, "", date(2018, 9, 14), 3),
    ("R-072", "dibao_standard", AQ, "URBAN", date(2020, 9, 1), 71_900),
    ("R-072", "dibao_standard", AQ, "RURAL", date(2020, 9, 1), 53_700),
    ("R-073", "tekun_standard", AQ, "URBAN", date(2020, 9, 1), 93_500),
    ("R-073", "tekun_standard", AQ, "RURAL", date(2020, 9, 1), 96_000),
    ("R-074", "orphan_institution_standard", AQ, "URBAN", date(2020, 9, 1), 176_000),
    ("R-074", "orphan_scattered_standard", AQ, "URBAN", date(2020, 9, 1), 140_000),
    ("R-074", "key_child_standard", AQ, "", date(2020, 9, 1), 98_000),
    ("R-078", "grace_rule", AQ, "URBAN", date(2020, 9, 1), "REGISTERED_POOR"),
    ("R-078", "grace_months", AQ, "URBAN", date(2020, 9, 1), 6),
    ("R-079", "exit_moratorium", AQ, "", date(2020, 6, 1), HOLE),
    ("R-086", "care_hours_self", AQ, "", date(2020, 12, 1), 10),
    ("R-086", "care_hours_partial", AQ, "", date(2020, 12, 1), 16),
    ("R-086", "care_hours_none", AQ, "", date(2020, 12, 1), 32),
    ("R-088", "hospital_visit_months", AQ, "", date(2020, 12, 1), 1),
    ("R-091", "dibao_authority", AQ, "", date(2020, 11, 30), "CCA"),
    ("R-091", "dibao_authority", AQ, "", date(2020, 12, 1), "TL"),
    ("R-091", "tekun_authority", AQ, "", date(2020, 12, 1), "TL"),
    ("R-091", "temporary_authority", AQ, "", date(2020, 12, 1), "TL"),
    ("R-091", "disability_authority", AQ, "", date(2020, 12, 1), "TL"),
    ("R-092", "temporary_small_limit", AQ, "", date(2020, 12, 1), 100_000),
    ("R-092", "reserve_fund_level", AQ, "URBAN", date(2020, 12, 1), "COUNTY"),
    ("R-093", "emergency_hours", AQ, "", date(2020, 12, 12), 24),
    ("R-106", "recognition_total_days", AQ, "", date(2020, 12, 1), 20),
    ("R-107", "review_notice", AQ, "", date(2021, 6, 30), False),
    ("R-107", "review_notice", AQ, "", date(2021, 7, 1), True),
    ("R-107", "approval_notice", AQ, "", date(2020, 12, 7), True),
    ("R-107", "democratic_appraisal", AQ, "", date(2020, 12, 7), False),
    ("R-108", "temporary_green_channel", AQ, "", date(2020, 12, 7), True),
    ("R-122", "poverty_line", JX, "URBAN", date(2018, 6, 1), 58_000),
    ("R-123", "expenditure_poor_ratio", JX, "", date(2018, 6, 1), 1500),
    ("R-126", "dibao_standard", JX, "URBAN", date(2018, 6, 1), 58_000),
    ("R-127", "avg_top_up_target", JX, "URBAN", date(2018, 6, 1), 38_000),
    ("R-130", "dibao_expenditure_route_enabled", JX, "URBAN", date(2018, 6, 1), True),
    ("R-130", "dibao_expenditure_route_enabled", JX, "RURAL", date(2018, 6, 1), False),
    ("R-131", "residence_permit_months", JX, "", date(2018, 6, 1), 12),
    ("R-132", "grace_months", JX, "URBAN", date(2018, 6, 1), 12),
    ("R-132", "grace_months_disabled", JX, "URBAN", date(2018, 6, 1), 24),
    ("R-133", "disability_living_rate", JX, "", date(2018, 6, 1), 6_000),
    ("R-133", "disability_nursing_rate", JX, "", date(2018, 6, 1), 7_000),
    ("R-134", "tekun_standard", JX, "URBAN", date(2018, 6, 1), 75_500),
    ("R-134", "tekun_min_ratio", JX, "URBAN", date(2018, 6, 1), 1300),
    ("R-135", "tekun_nursing_full_ratio", JX, "URBAN", date(2018, 6, 1), 800),
    ("R-135", "tekun_nursing_partial_ratio", JX, "URBAN", date(2018, 6, 1), 200),
    ("R-136", "nursing_beds_least", JX, "", date(2018, 6, 1), 100),
    ("R-137", "orphan_scattered_standard", JX, "URBAN", date(2018, 6, 1), 80_000),
    ("R-137", "orphan_institution_standard", JX, "URBAN", date(2018, 6, 1), 120_000),
    ("R-142", "medical_extra_points", JX, "URBAN", date(2018, 6, 1), 50),
    ("R-141", "premium_subsidy_ratio", JX, "URBAN", date(2018, 6, 1), 1000),
    ("R-148", "temporary_float_most", JX, "URBAN", date(2018, 6, 1), 500),
    ("R-148", "temporary_float_most", JX, "RURAL", date(2018, 6, 1), 0),
    ("R-149", "temporary_extra_times", JX, "URBAN", date(2018, 6, 1), 2),
    ("R-149", "temporary_annual_cap", JX, "", date(2018, 6, 1), HOLE),
    ("R-150", "special_assistance_enabled", JX, "URBAN", date(2018, 6, 1), True),
    ("R-151", "reserve_fund_enabled", JX, "URBAN", date(2018, 6, 1), True),
    ("R-151", "temporary_small_authority", JX, "URBAN", date(2018, 6, 1), "TL"),
    ("R-158", "post_exit_policy_months", JX, "URBAN", date(2018, 6, 1), 12),
    ("R-190", "joint_recognition", PG, "", date(2025, 9, 12), True),
    ("R-190", "joint_recognition", PG, "", date(2026, 1, 1), False),
    ("R-151", "reserve_filing_days", JX, "", date(2018, 6, 1), 5),
    ("R-159", "list_comparison_months", JX, "", date(2018, 6, 1), 6),
    ("R-163", "funds_never_lower", JX, "", date(2018, 6, 1), True),
    ("R-190", "joint_recognition", PZ, "", date(2025, 10, 9), False),
    ("R-194", "recognition_total_days", PG, "", date(2025, 10, 9), 20),
    ("R-194", "recognition_extended_days", PG, "", date(2025, 10, 9), 30),
    ("R-205", "spot_check_ratio", PG, "", date(2025, 10, 9), 100),
    ("R-205", "tekun_spot_check_ratio", PG, "", date(2025, 10, 9), 300),
    ("R-205", "relative_check_ratio", PG, "", date(2025, 10, 9), 1000),
    ("R-218", "aid_chain_years", PG, "", date(2025, 10, 9), 3),
    ("R-215", "reason_text_least", PG, "", date(2025, 10, 9), 10),
    ("R-224", "feedback_days", PG, "", date(2025, 10, 9), 10),
    ("R-230", "joint_recognition", PG, "", date(2025, 12, 31), True),
    ("R-230", "joint_recognition", PG, "", date(2026, 1, 1), False),
    ("R-223", "list_refresh_months", PG, "", date(2025, 10, 9), 1),
    ("R-225", "list_refresh_months", PG, "", date(2025, 10, 9), 1),
    ("R-228", "coordination_meeting_months", PG, "", date(2025, 10, 9), 1),
    ("R-233", "dibao_standard", PG, "RURAL", date(2025, 10, 9), HOLE),
)


@pytest.mark.parametrize(("clause", "name", "place", "area", "on", "figure"), FIGURES)
def test_a_figure_of_the_documents(
    clause: str, name: str, place: str, area: str, on: date, figure: object
) -> None:
    if figure is HOLE:
        with pytest.raises(MissingValue, match="请"):
            LAW.values.require(name, place, area, ymd(on))
        return
    found = LAW.values.explain(name, place, area, ymd(on))
    assert found.value == figure, clause
    assert type(found.value) is type(figure), clause
