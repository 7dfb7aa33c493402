"""One household, every scheme: verdict, reason, distance, what is missing, amount."""

from datetime import date

import pytest

from doudi.assessment.evaluate import Answer, Assessment, assess
from doudi.engine.scalar import FactError
from doudi.kernel.verdict import Verdict
from doudi.law.rulebook import Law
from tests.law.cases import load_cases
from tests.rooms.assessment.households import (
    OCTOBER_2025,
    anqiu,
    anqiu_couple,
    assessed,
    couple_with_unknown_wage,
    household,
    income,
    member,
    panzhou,
    panzhou_family,
    panzhou_law,
)


def answer(assessment: Assessment, key: str, who: int | None = None) -> Answer:
    (found,) = [one for one in assessment.answers if (one.scheme.key, one.member) == (key, who)]
    return found


def test_it_works() -> None:
    it = anqiu(anqiu_couple())
    dibao = answer(it, "dibao")
    assert (dibao.verdict, dibao.amount, it.total) == (Verdict.YES, 2400, 2400)
    assert it.value("income_12m") == 1260000
    assert it.value("per_capita_income") == 52500


def test_a_family_may_be_in_several_categories_and_its_members_in_others() -> None:
    it = panzhou(panzhou_family())
    granted = {(one.scheme.key, one.member) for one in it.answers if one.verdict is Verdict.YES}
    low_income = {("edge", None), ("monitoring_object", None), ("dibao_single", 4)}
    assert {one for one in granted if one[0] not in ("disability_living", "disability_nursing")} == low_income
    assert it.total == 50000
    assert it.value("monitoring_category") == "MONITOR_MARGINAL"


def test_a_refusal_gives_the_distance_and_the_article_of_the_day() -> None:
    it = panzhou(panzhou_family())
    reason = it.reason(answer(it, "dibao"))
    assert reason is not None
    assert reason.code == "INCOME_ABOVE_LINE"
    assert reason.detail == "人均月收入高出低保标准 74.67 元/月"
    assert reason.article == "《社会救助暂行办法》（国务院令第649号） 第九条"


def test_the_same_refusal_quotes_the_document_then_in_force() -> None:
    document = anqiu_couple()
    document["household"]["property_conclusion"] = "FAIL"
    before = assess(document, on=date(2020, 12, 7), law=Law.load())
    after = assess(document, on=date(2022, 1, 7), law=Law.load())
    articles = [one.reason_of(answer(one, "dibao").failed[-1], None).article for one in (before, after)]
    assert "民发〔2012〕220号" in articles[0]
    assert "民发〔2021〕57号" not in articles[0]
    assert "民发〔2021〕57号" in articles[1]
    assert "民发〔2012〕220号" not in articles[1]


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (7467, "人均月收入高出低保标准 74.67 元/月"),
        (1, "人均月收入高出低保标准 0.01 元/月"),
        (0, "人均月收入与低保标准持平（相差不到 0.01 元）"),
        (-17533, "人均月收入低于低保标准 175.33 元/月"),
    ],
)
def test_a_distance_is_said_in_words(fen: int, words: str) -> None:
    assert panzhou(panzhou_family()).distance_words("dibao_distance", fen) == words


def test_an_unknown_wage_is_unclear_everywhere_it_matters() -> None:
    it = anqiu(couple_with_unknown_wage())
    dibao = answer(it, "dibao")
    assert (dibao.verdict, dibao.amount) == (Verdict.UNCLEAR, None)
    assert it.lacking(dibao) == [("wage_gross", 0)]
    assert it.total is None
    assert not [one for one in it.answers if one.scheme.low_income and one.verdict is Verdict.YES]


def test_only_what_would_settle_it_is_asked_for() -> None:
    """The engine's list names the minimum wage and the work place, too: the rule reads them for others."""
    document = panzhou_family()
    cooperates = {"wage_imputed": False, "wage_cooperation": True, "work_place": None}
    document["members"][0] |= {**cooperates, "incomes": [income("SALARY", 202501, None)]}
    it = panzhou(document)
    dibao = answer(it, "dibao")
    assert "work_place" in dibao.missing
    assert it.lacking(dibao) == [("value:employment_cost_fixed", None), ("wage_gross", 0)]


def test_an_unknown_work_place_is_asked_of_its_member() -> None:
    document = panzhou_family()
    document["members"][0]["work_place"] = None
    it = panzhou(document)
    assert it.lacking(answer(it, "dibao")) == [("work_place", 0)]


def test_what_is_asked_for_is_always_something_and_known_to_the_engine() -> None:
    for case in load_cases():
        it = assessed(case)
        for one in it.answers:
            if one.verdict is Verdict.UNCLEAR:
                asked = {name for name, _ in it.lacking(one)}
                assert asked, f"{case.id}: {one.scheme.key} is unclear and asks for nothing"
                assert asked <= set(one.missing), f"{case.id}: {one.scheme.key}"


def test_an_amount_that_cannot_be_known_yet_is_no_zero() -> None:
    """Tekun in Panzhou: the county has not given its standard."""
    old = member("赵德福", "HEAD", birth_date=19500101, obligor_state="NONE", self_care_failed=2)
    alone = {
        "household": household(region_code="520281123"),
        "members": [old],
        "expenditures": [],
        "assets": [],
    }
    it = panzhou(alone)
    tekun = answer(it, "tekun", 0)
    assert (tekun.verdict, tekun.amount) == (Verdict.YES, None)
    assert ("value:tekun_standard", None) in it.lacking(tekun)
    assert it.total is None


def test_a_household_without_region_is_refused() -> None:
    document = anqiu_couple()
    del document["household"]["region_code"]
    with pytest.raises(FactError, match="region_code"):
        assess(document, on=OCTOBER_2025, law=panzhou_law())


def test_members_without_a_name_are_numbered() -> None:
    document = anqiu_couple()
    document["members"][1]["name"] = None
    assert anqiu(document).who == ("王建国", "成员2")
