"""Two worked families of the law, as canonical documents: amounts in fen, dates yyyymmdd, months yyyymm."""

from datetime import date
from functools import lru_cache
from typing import Any

from doudi.assessment.evaluate import Assessment, assess
from doudi.law.rulebook import Law
from tests.law.cases import Case, load_cases

Document = dict[str, Any]
ANQIU, PANGUAN, HANGZHOU = "370784", "520281123", "330100"
DECEMBER_2020, OCTOBER_2025 = date(2020, 12, 7), date(2025, 10, 9)


@lru_cache(maxsize=1)
def anqiu_law() -> Law:
    """The law with the employment cost that the Anqiu document leaves to the county."""
    return Law.load().with_values({"employment_cost_fixed": "150.00"}, region=ANQIU)


@lru_cache(maxsize=1)
def panzhou_law() -> Law:
    """The law with the three figures that the Panzhou plan leaves open."""
    given = {"dibao_standard": "500.00", "monitoring_line": "8000.00", "minimum_wage@3301": "2490.00"}
    return Law.load().with_values(given, region="520281")


@lru_cache(maxsize=1)
def cases_law() -> Law:
    """The law with the test values of every worked case, each at its own place."""
    return Law.load().with_values({k: v for case in load_cases() for k, v in case.test_values.items()})


def assessed(case: Case) -> Assessment:
    """One worked case of the law, assessed on its day."""
    on = date(case.on // 10000, case.on // 100 % 100, case.on % 100)
    return assess(case.document(cases_law().book), on=on, law=cases_law())


def household(**facts: Any) -> Document:
    """The facts of a household whose papers are complete."""
    plain = {
        "household_id": "T-001",
        "area_type": "RURAL",
        "hukou_local": True,
        "authorised_all": True,
        "income_complete": True,
        "expenditure_complete": True,
        "property_complete": True,
        "property_conclusion": "PASS",
        "expenditure_route_approved": False,
    }
    return {**plain, **facts}


def member(name: str, relation: str, **facts: Any) -> Document:
    """A healthy adult without income, with whatever is said otherwise."""
    plain = {
        "name": name,
        "relation": relation,
        "birth_date": 19800101,
        "student": False,
        "serious_illness": False,
        "chronic_illness": False,
        "disability_type": "NO",
        "disability_grade": 0,
        "employed": False,
        "obligor_state": "CAPABLE",
        "incomes": [],
    }
    return {**plain, **facts}


def income(item: str, month: int, yuan: int | None) -> Document:
    """One row of the income sheet."""
    return {"item": item, "month": month, "amount": None if yuan is None else yuan * 100}


def anqiu_couple() -> Document:
    """C09: farm 4,800 and a wage of 800 a month, less 150 a month of employment cost; 525.00 a head."""
    wages = [income("SALARY", month, 800) for month in (201912, *range(202001, 202012))]
    return {
        "household": household(region_code=ANQIU),
        "members": [
            member("王建国", "HEAD", incomes=[*wages, income("CROP", 202009, 4800)]),
            member("刘桂兰", "SPOUSE", birth_date=19820301),
        ],
        "expenditures": [],
        "assets": [],
    }


def panzhou_family() -> Document:
    """C12: the father's wage imputed, the mother's farm, a pension that does not count, a disabled son."""
    mothers = [
        income("CROP", 202508, 6000),
        income("LAND_TRANSFER", 202501, 600),
        income("SOCIAL_CONTRIBUTION", 202502, 2000),
    ]
    away = {"outside_worker": True, "wage_cooperation": False, "wage_imputed": True, "employed": True}
    return {
        "household": household(
            region_code=PANGUAN, application_date=20251009, risk_confirmed=True, ex_poor=False
        ),
        "members": [
            member("陈大山", "HEAD", **away, work_place=HANGZHOU, verification_date=20251020),
            member("李秀英", "SPOUSE", incomes=mothers),
            member("周玉兰", "PARENT", birth_date=19580501, incomes=[income("BASIC_PENSION", 202508, 1800)]),
            member("陈小雨", "DAUGHTER", birth_date=20160201, student=True),
            member(
                "陈小宝", "SON", birth_date=20150115, student=True,
                disability_type="PHYSICAL", disability_grade=1,
            ),
        ],
        "expenditures": [],
        "assets": [],
    }  # fmt: skip


def couple_with_unknown_wage() -> Document:
    """C09, but nobody has said what the husband earned in one month."""
    document = anqiu_couple()
    document["members"][0]["incomes"][0]["amount"] = None
    return document


def anqiu(document: Document) -> Assessment:
    """Assessed in Anqiu on 2020-12-07."""
    return assess(document, on=DECEMBER_2020, law=anqiu_law())


def panzhou(document: Document) -> Assessment:
    """Assessed in Panguan on 2025-10-09."""
    return assess(document, on=OCTOBER_2025, law=panzhou_law())
