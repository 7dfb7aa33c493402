"""Every programme as the documents give it: for which clause, by which department, in which tier and form,
to whom.

One line a programme: clauses, id, department, tier, forms, then who may get it. A condition is a set of
facts, each of them needed; `|` parts sets that do alone, `!` a fact that shuts out, a word in capitals the
groups a document names.
"""

from itertools import product

import pytest

from doudi.law.programmes import programmes
from tests.law.test_catalogues import ENTITY, the

# 盘州二(一)一: 低保对象、特困人员、低保边缘家庭成员、刚性支出困难家庭成员、防止返贫监测对象.
# 江府〔2018〕6号一(三): 低保户、特困供养人员、扶贫户和低收入家庭.
# 赣发〔2018〕7号四: 特困、低保、支出型贫困低收入家庭.
LOW = ("dibao_household", "tekun_eligible", "dibao_single_eligible", "edge_eligible", "rigid_eligible",
       "monitoring_object_eligible")  # fmt: skip
URBAN = ("dibao_household", "expenditure_poor_eligible")
GROUPS = {
    "LOW": LOW,
    "JIANGMEN": ("dibao_household", "tekun_eligible", "registered_poor", "edge_eligible"),
    "URBANPOOR": tuple(f"area_type=URBAN {one}" for one in ("tekun_eligible", *URBAN)),
    "URBANJOBS": tuple(f"area_type=URBAN {one}" for one in URBAN),
    "ONCARD": ("registered_poor", "development_track_eligible"),
    "COHORT": ("key_target_eligible", "registered_poor", "development_track_eligible"),
    "SEEKS": ("workable willing_to_work !employed",),
}

TABLE = """
R-081 aq-price CIVIL_AFFAIRS basic cash : price_subsidy_eligible
R-082 aq-disabled-living CIVIL_AFFAIRS special cash : disability_living_eligible
R-082 aq-disabled-nursing CIVIL_AFFAIRS special cash : disability_nursing_eligible
R-083 aq-child-care CIVIL_AFFAIRS special service : orphan_eligible !age=18 | de_facto_orphan_eligible !age=18 | key_child_eligible !age=18 | left_behind_child !age=18
R-084,R-110,R-111 aq-centralised CIVIL_AFFAIRS basic kind,service : tekun_eligible centralised_care_willingness=WILLING !centralised_care_willingness=UNWILLING
R-086,R-087,R-089 aq-home-care CIVIL_AFFAIRS basic service : tekun_eligible support_mode=SCATTERED !support_mode=CENTRALISED
R-088 aq-mental-pickup HEALTH special service : tekun_eligible disability_kind=MENTAL !disability_kind=INTELLECTUAL
R-090 aq-day-care CIVIL_AFFAIRS special service : age=60 !age=59
R-092 aq-small-sum CIVIL_AFFAIRS emergency cash : temporary_assistance_eligible temporary_small
R-093,R-108 aq-emergency CIVIL_AFFAIRS emergency cash,kind : sudden_event
R-094 aq-expenditure CIVIL_AFFAIRS emergency cash : temporary_assistance_eligible temporary_type=EXPENDITURE !temporary_type=EMERGENCY
R-100 aq-charity-grant CHARITY charity cash : registered_poor
R-100 aq-commercial-insurance CHARITY charity service : registered_poor
R-100 aq-barrier-free CHARITY charity kind : registered_poor severe_disability
R-101 aq-social-projects CIVIL_AFFAIRS charity service : registered_poor left_behind_child | registered_poor disability_grade=4 | registered_poor single_parent
R-102 aq-helper CIVIL_AFFAIRS charity service : registered_poor
R-060 jm-pension HUMAN_RESOURCES special cash : COHORT pension_entitled pension_willing
R-061 jm-medical-certificate HUMAN_RESOURCES special service : COHORT
R-062 jm-disabled-15-years EDUCATION special cash,service : disability_grade=4 school_stage=PRESCHOOL !school_stage=COLLEGE | disability_grade=1 school_stage=COMPULSORY | disability_grade=1 school_stage=SENIOR_HIGH | disability_grade=1 school_stage=VOCATIONAL
R-062 jm-left-behind CIVIL_AFFAIRS special service : area_type=RURAL left_behind_child !area_type=URBAN
R-063 jm-home-elders CIVIL_AFFAIRS special service : JIANGMEN age=60 !age=59
R-063 jm-support-fund CIVIL_AFFAIRS charity cash : JIANGMEN age=60 supported_by_children !age=59
R-063 jm-mutual-aid CIVIL_AFFAIRS charity service : JIANGMEN age=60 !age=59
R-064 jm-housekeeping CIVIL_AFFAIRS charity service : JIANGMEN workable wants_training
R-064 jm-contract BUSINESS_FEDERATION charity cash,kind,service : ONCARD has_labour
R-064 jm-risk-pool FINANCIAL_AFFAIRS special cash : body 金融机构
R-066 jm-premium HUMAN_RESOURCES special cash : COHORT
R-067 jm-commercial-insurance HUMAN_RESOURCES special service : ONCARD
R-067 jm-rehab-workshop DISABLED_FEDERATION special service : workable needs_rehabilitation disability_kind=MENTAL !disability_kind=VISUAL | workable needs_rehabilitation leprosy_recovered
R-058,R-015 jm-referral-medical HUMAN_RESOURCES special cash : JIANGMEN hardship_cause=ILLNESS !hardship_cause=SCHOOLING
R-058,R-015 jm-referral-education EDUCATION special cash : JIANGMEN hardship_cause=SCHOOLING !hardship_cause=ILLNESS
R-058,R-015 jm-referral-disability DISABLED_FEDERATION special kind,service : JIANGMEN hardship_cause=DISABILITY !hardship_cause=ILLNESS
R-058,R-015 jm-referral-disaster CIVIL_AFFAIRS special cash,kind : JIANGMEN hardship_cause=DISASTER !hardship_cause=ILLNESS
R-059 jm-temporary-2016 CIVIL_AFFAIRS emergency cash,kind : temporary_assistance_eligible
R-016,R-026 jm-industry AGRICULTURE special kind,service : JIANGMEN has_labour farms
R-026 jm-land AGRICULTURE special kind : JIANGMEN area_type=RURAL has_labour land_right_certified !area_type=URBAN
R-016,R-027 jm-startup-loan HUMAN_RESOURCES special cash : JIANGMEN workable wants_business
R-027 jm-startup-training HUMAN_RESOURCES special cash : JIANGMEN workable wants_business
R-027 jm-startup-grant HUMAN_RESOURCES special cash : JIANGMEN started_business
R-027 jm-startup-rent HUMAN_RESOURCES special cash : JIANGMEN started_business
R-027 jm-startup-jobs HUMAN_RESOURCES special cash : JIANGMEN started_business
R-027 jm-skill-training HUMAN_RESOURCES special service : JIANGMEN workable wants_training
R-028 jm-incubator HUMAN_RESOURCES special cash : body 创业孵化基地
R-016,R-029 jm-one-to-one HUMAN_RESOURCES special service : JIANGMEN SEEKS
R-030 jm-employer-insurance HUMAN_RESOURCES special cash : body 企业
R-030 jm-employer-post HUMAN_RESOURCES special cash : body 企业
R-030 jm-workshop HUMAN_RESOURCES special cash : body 扶贫车间
R-030 jm-hiring-award HUMAN_RESOURCES special cash : body 用人单位
R-030 jm-post-subsidy HUMAN_RESOURCES special cash : ONCARD employed
R-031 jm-public-post HUMAN_RESOURCES special service : JIANGMEN workable disability_grade=4 !employed | JIANGMEN workable zero_transfer_employment !employed
R-032 jm-agri-service AGRICULTURE special service : JIANGMEN farms
R-033 jm-equity RURAL_WORK special cash : JIANGMEN equity_project
R-016,R-034 jm-micro-loan AGRICULTURE special cash : JIANGMEN wants_loan
R-035 jm-farm-insurance AGRICULTURE special service : JIANGMEN area_type=RURAL farms !area_type=URBAN
R-036 jm-volunteers AGRICULTURE charity service : JIANGMEN
R-036 jm-doctors HEALTH charity service : body 村
R-036 jm-enterprises BUSINESS_FEDERATION charity cash,kind,service : body 村
R-036 jm-social-work CIVIL_AFFAIRS charity service : JIANGMEN
R-036 jm-charity-day AGRICULTURE charity cash,kind : JIANGMEN
R-023 jm-temporary CIVIL_AFFAIRS emergency cash,kind : temporary_assistance_eligible
R-024 jm-critical-insurance HUMAN_RESOURCES special service : JIANGMEN
R-025,R-066 jm-medical-full HUMAN_RESOURCES special cash : ONCARD
R-129 jx-more-dibao CIVIL_AFFAIRS basic cash : area_type=URBAN dibao_household still_hard !area_type=RURAL
R-129 jx-more-temporary CIVIL_AFFAIRS emergency cash : area_type=URBAN dibao_household still_hard
R-129 jx-more-visits CIVIL_AFFAIRS charity cash,kind : area_type=URBAN dibao_household still_hard
R-129 jx-more-pairing CIVIL_AFFAIRS charity service : area_type=URBAN dibao_household still_hard
R-156 jx-pairing CIVIL_AFFAIRS charity service : URBANPOOR
R-133 jx-disabled-living CIVIL_AFFAIRS special cash : disability_living_eligible
R-133 jx-disabled-nursing CIVIL_AFFAIRS special cash : disability_nursing_eligible
R-135,R-136 jx-nursing CIVIL_AFFAIRS basic service : area_type=URBAN tekun_eligible self_care=PARTIAL !self_care=SELF | area_type=URBAN tekun_eligible self_care=NONE
R-137 jx-orphan CIVIL_AFFAIRS basic cash : area_type=URBAN orphan_eligible !area_type=RURAL
R-138 jx-short-term CIVIL_AFFAIRS special cash,kind,service : area_type=URBAN expenditure_poor_eligible hardship_cause=ILLNESS !hardship_cause=UNEMPLOYMENT | area_type=URBAN expenditure_poor_eligible hardship_cause=DISABILITY | area_type=URBAN expenditure_poor_eligible hardship_cause=SCHOOLING | area_type=URBAN expenditure_poor_eligible hardship_cause=NO_HOUSING
R-139 jx-employment-aid HUMAN_RESOURCES special service : URBANJOBS workable difficult_worker
R-140 jx-training-subsidy HUMAN_RESOURCES special cash : URBANJOBS workable wants_training
R-140 jx-guidance HUMAN_RESOURCES special service : URBANJOBS SEEKS
R-140 jx-startup-training HUMAN_RESOURCES special cash,service : URBANJOBS workable wants_business
R-140 jx-startup-loan HUMAN_RESOURCES special cash : URBANJOBS workable wants_business
R-140 jx-tax-relief TAX special cash : URBANJOBS started_business
R-140 jx-venue HUMAN_RESOURCES special kind : URBANJOBS started_business
R-141 jx-premium HUMAN_RESOURCES special cash : URBANPOOR resident_medical_insured
R-141 jx-supplementary HUMAN_RESOURCES special service : URBANPOOR !area_type=RURAL
R-142 jx-medical-assistance CIVIL_AFFAIRS special cash : URBANPOOR has_medical_cost
R-143 jx-disease-emergency HEALTH special cash : URBANPOOR emergency_patient
R-143 jx-warm-heart HEALTH special cash : URBANPOOR has_medical_cost
R-143 jx-one-stop HUMAN_RESOURCES special service : URBANPOOR has_medical_cost
R-143 jx-pay-after HEALTH special service : URBANPOOR has_medical_cost
R-143 jx-two-cancers WOMEN_FEDERATION special cash,service : URBANPOOR sex=FEMALE !sex=MALE
R-144 jx-student-award EDUCATION special cash : URBANPOOR student
R-144 jx-student-grant EDUCATION special cash : URBANPOOR student
R-144 jx-student-loan EDUCATION special cash : URBANPOOR school_stage=COLLEGE !school_stage=COMPULSORY
R-144 jx-work-study EDUCATION special service : URBANPOOR school_stage=COLLEGE !school_stage=COMPULSORY | URBANPOOR school_stage=VOCATIONAL | URBANPOOR school_stage=SENIOR_HIGH
R-144 jx-fee-reduction EDUCATION special cash : URBANPOOR student
R-144 jx-fee-exemption EDUCATION special cash : URBANPOOR student
R-145 jx-pension-premium HUMAN_RESOURCES special cash : URBANPOOR cannot_pay_pension
R-145 jx-arrears HUMAN_RESOURCES special service : URBANPOOR arrears_of_employer
R-145 jx-insured-loan HUMAN_RESOURCES special cash : URBANPOOR cannot_pay_pension
R-146 jx-centralised-housing CIVIL_AFFAIRS basic kind,service : area_type=URBAN tekun_eligible support_mode=SCATTERED no_own_housing !support_mode=CENTRALISED
R-146 jx-tekun-housing HOUSING special cash,kind : area_type=URBAN tekun_eligible support_mode=SCATTERED no_own_housing !centralised_care_willingness=WILLING
R-146 jx-public-rental HOUSING special kind : URBANPOOR housing_hardship
R-146 jx-rent-subsidy HOUSING special cash : URBANPOOR housing_hardship
R-146 jx-shantytown HOUSING special kind : URBANPOOR lives_in_shantytown
R-147,R-148,R-149 jx-temporary CIVIL_AFFAIRS emergency cash : URBANPOOR temporary_assistance_eligible | URBANPOOR help_insufficient
R-150 jx-special CIVIL_AFFAIRS emergency cash : URBANPOOR special_assistance_eligible
R-153 jx-spring-jobs TRADE_UNION charity service : URBANPOOR workable !employed
R-153 jx-summer-cool TRADE_UNION charity kind : URBANPOOR employed
R-153 jx-autumn-school TRADE_UNION charity cash : URBANPOOR student
R-153 jx-winter-warmth TRADE_UNION charity cash,kind : URBANPOOR
R-153 jx-worker-aid TRADE_UNION charity cash,service : URBANPOOR employed
R-153 jx-charity CIVIL_AFFAIRS charity cash,kind,service : URBANPOOR
R-158 jx-after-exit CIVIL_AFFAIRS special cash,kind,service : area_type=URBAN exited_recently
R-217 cn-premium-full MEDICAL_INSURANCE special cash : tekun_eligible resident_medical_insured
R-217 cn-premium-fixed MEDICAL_INSURANCE special cash : dibao_household resident_medical_insured !tekun_eligible | edge_eligible resident_medical_insured
R-217 cn-medical MEDICAL_INSURANCE special cash : dibao_household has_medical_cost | tekun_eligible has_medical_cost | edge_eligible has_medical_cost | rigid_eligible has_medical_cost
R-217 cn-disease-emergency HEALTH special cash : emergency_patient
R-217 cn-education EDUCATION special cash,service : LOW student
R-217 cn-urban-housing HOUSING special cash,kind : LOW area_type=URBAN housing_hardship !area_type=RURAL
R-217 cn-rural-housing HOUSING special cash,kind : LOW area_type=RURAL house_dangerous !area_type=URBAN
R-217 cn-employment HUMAN_RESOURCES special cash,service : dibao_household workable !employed | edge_eligible workable !employed | rigid_eligible workable !employed
R-217 cn-disaster EMERGENCY special cash,kind : disaster_struck
R-217 cn-care CIVIL_AFFAIRS special service : LOW self_care=PARTIAL !self_care=SELF | LOW self_care=NONE
R-217 cn-charity CIVIL_AFFAIRS charity cash,kind,service : LOW
R-220,R-233 pz-dibao CIVIL_AFFAIRS basic cash : dibao_eligible
R-220,R-233 pz-dibao-single CIVIL_AFFAIRS basic cash : dibao_single_eligible
R-220,R-233 pz-tekun CIVIL_AFFAIRS basic cash,service : tekun_eligible
R-220,R-233 pz-orphan CIVIL_AFFAIRS basic cash : orphan_eligible
R-220,R-233 pz-temporary CIVIL_AFFAIRS emergency cash,kind : temporary_assistance_eligible
R-221,R-217 pz-charity CIVIL_AFFAIRS charity cash,kind,service : LOW | sudden_hardship_confirmed
R-220 pz-industry AGRICULTURE special kind,service : LOW has_labour farms
R-234 pz-monitor-measures AGRICULTURE special cash,kind,service : monitoring_object_eligible
R-236 pz-premium MEDICAL_INSURANCE special cash : LOW resident_medical_insured
R-236 pz-basic-medical MEDICAL_INSURANCE special cash : LOW has_medical_cost
R-236 pz-critical-illness MEDICAL_INSURANCE special cash : LOW has_medical_cost
R-236,R-222 pz-medical-assistance MEDICAL_INSURANCE special cash : LOW has_medical_cost
R-237,R-222 pz-grant EDUCATION special cash : LOW student
R-237 pz-student-living EDUCATION special cash : LOW student
R-237 pz-work-study EDUCATION special service : LOW school_stage=COLLEGE !school_stage=COMPULSORY | LOW school_stage=VOCATIONAL | LOW school_stage=SENIOR_HIGH
R-237 pz-student-loan EDUCATION special cash : LOW school_stage=COLLEGE !school_stage=SENIOR_HIGH
R-237 pz-fee-waiver EDUCATION special cash : LOW student
R-238,R-222 pz-public-rental HOUSING special kind : LOW housing_hardship
R-238 pz-rent-subsidy HOUSING special cash : LOW housing_hardship
R-238 pz-dangerous-house HOUSING special cash,kind : LOW area_type=RURAL house_dangerous !area_type=URBAN
R-239,R-222 pz-1311 HUMAN_RESOURCES special service : LOW SEEKS
R-239 pz-public-post HUMAN_RESOURCES special service : LOW SEEKS
R-239 pz-training HUMAN_RESOURCES special service : LOW workable wants_training
R-239 pz-insurance-subsidy HUMAN_RESOURCES special cash : LOW workable employed
R-239 pz-flexible-subsidy HUMAN_RESOURCES special cash : LOW workable flexible_worker
R-240 pz-relocation MIGRATION special kind,service : LOW relocated
R-241 pz-disabled-living DISABLED_FEDERATION special cash : LOW disability_grade=4
R-241 pz-rehabilitation DISABLED_FEDERATION special service : LOW disability_grade=4 needs_rehabilitation
R-242 pz-disease-emergency HEALTH special cash : emergency_patient
R-242 pz-fee-relief HEALTH special cash : LOW has_medical_cost
R-243 pz-water WATER special kind : LOW water_unsafe
R-217 pz-care CIVIL_AFFAIRS special service : LOW self_care=PARTIAL !self_care=SELF | LOW self_care=NONE
R-217 pz-loan-tax HUMAN_RESOURCES special cash : LOW workable !employed
R-244 pz-disaster-living EMERGENCY special cash,kind : disaster_struck
R-244 pz-house-rebuild EMERGENCY special cash : house_destroyed
"""  # noqa: E501
ROWS = [line.split(" ", 5) for line in TABLE.strip().split("\n")]
Given = dict[str, int | str]


def fact(word: str) -> tuple[str, int | str]:
    """`name` -> (name, 1), `name=4` -> (name, 4), `name=CODE` -> (name, CODE)."""
    name, _, value = word.partition("=")
    return name, int(value or 1) if not value or value.isdigit() else value


def ways(who: str) -> list[tuple[Given, list[tuple[str, int | str]]]]:
    """(the facts that suffice, the facts each of which shuts out) for every way into a programme."""
    found = []
    for way in who.split(" | "):
        for words in product(*(GROUPS.get(word, (word,)) for word in way.split())):
            every = " ".join(words).split()
            found.append((dict(fact(word) for word in every if word[0] != "!"),
                          [fact(word[1:]) for word in every if word[0] == "!"]))  # fmt: skip
    return found


def offered_to(id_: str, given: Given) -> bool | None:
    """The programme's answer where these facts are known and all others are no, none or zero."""
    programme = the(id_)
    assert programme.who is not None
    bare = dict.fromkeys(programme.who.names(), 0)
    everything = {**bare, **given}
    of_person = {name: value for name, value in everything.items() if ENTITY[name] == "person"}
    if programme.unit == "person":
        return programme.who.holds(everything)
    household = {name: value for name, value in everything.items() if name not in of_person}
    return programme.who.holds(household, [dict.fromkeys(of_person, 0), of_person])


def test_the_table_holds_every_programme_once() -> None:
    assert sorted(row[1] for row in ROWS) == sorted(programme.id for programme in programmes())


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_a_programme_is_given_by_whom_and_as_what_the_document_says(row: list[str]) -> None:
    clauses, id_, department, tier, forms, _ = row
    programme = the(id_)
    assert programme.row.trace == tuple(clauses.split(","))
    assert (programme.department, programme.tier.value) == (department, tier)
    assert [form.value for form in programme.forms] == forms.split(",")


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_a_programme_is_offered_to_those_the_document_names_and_to_nobody_else(row: list[str]) -> None:
    id_, who = row[1], row[5].removeprefix(": ")
    if who.startswith("body "):
        assert who.removeprefix("body ") in the(id_).body
        return
    for given, barred in ways(who):
        assert offered_to(id_, given) is True, given
        for name in given:
            assert offered_to(id_, {**given, name: 0}) is False, (given, "without", name)
        for name, value in barred:
            assert offered_to(id_, {**given, name: value}) is False, (given, name, value)
