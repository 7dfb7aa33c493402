"""The county the browser stories play in: each size of screen has its own township, with the same people.

So what is done on the wide screen changes no picture of the phone's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from doudi.kernel.month import Month
from doudi.office import regions
from doudi.office.models import Officer, Region
from doudi.office.scope import Scope
from tests.rooms.people import COUNTY, SIBLING, TOWNSHIP, VILLAGE, a_small_country, an_officer
from tests.rooms.registry.families import a_member, an_id, registered
from tests.stories.browser import NOW, Site, a_site, chromium
from tests.stories.conftest import emptied_after, the_database_s_day
from tests.stories.register import a_lead

__all__ = ["County", "chrome", "clock", "counties", "county", "site"]
VALUES = """
[defaults]
status = "test"
cites = "演示数值（虚构）"
reviewed = 2026-09-01
[[dibao_standard]]
region = "520281"
from = 2026-01-01
value = { URBAN = "735.00", RURAL = "535.00" }
[[twelve_indicators_enabled]]
region = "520281"
from = 2026-01-01
value = true
"""
POSTS = {
    "village": "张庆云",
    "township_clerk": "李建国",
    "township_chief": "王敏",
    "county_handler": "周海燕",
    "county_approver": "何志强",
    "leader": "杨树林",
    "administrator": "孙晓东",
    "auditor": "郑明",
}
NEXT_VILLAGE, NEXT_VILLAGE_2 = "520281104202", "520281105202"
VILLAGE_2 = "520281105201"


@dataclass
class County:
    """One size's part of the county: its township and village, its families by head, who works there."""

    size: str
    township: str
    village: str
    families: dict[str, UUID] = field(default_factory=dict)

    def officer(self, role: str) -> Officer:
        """One more officer of a role: a one-time code works once, so each window has its own."""
        here = {"village": self.village, "township_clerk": self.township, "township_chief": self.township}
        region = here.get(role, COUNTY)
        kind = {
            "auditor": "审计局",
            "township_clerk": "人民政府",
            "township_chief": "人民政府",
            "village": "村民委员会",
        }.get(role, "民政局")
        office = Region.objects.get(code=region).name + kind
        name = f"{role}-{self.size}-{Officer.objects.count()}"
        return an_officer(name, role, region, called=POSTS[role], office=office)

    @property
    def clerk(self) -> Scope:
        """Who registers the families."""
        return Scope(region=self.township, role="township_clerk", name="本镇经办")


def a_family_of(county: County, husband: str, wife: str, number: int, wage: int) -> UUID:
    """A couple with a wage of so many fen a month, everything about them declared."""
    last = Month.of(date.today())
    months = [last.plus(-n).yyyymm for n in range(1, 13)]
    incomes = [{"item": "SALARY", "month": month, "amount": wage, "deduction": 0} for month in months]
    told: dict[str, Any] = {
        "serious_illness": False,
        "disability_type": "NO",
        "disability_grade": 0,
        "obligor_state": "CAPABLE",
    }
    serial = 2 * number + (100 if county.size == "phone" else 0)
    family = registered(
        a_member(husband, id_no=an_id(date(1966, 4, 2), serial + 1), phone="13912345678",
                 incomes=incomes, employed=True, labour_capacity="ORDINARY", **told),
        a_member(wife, "SPOUSE", id_no=an_id(date(1969, 9, 1), serial), chronic_illness=True,
                 employed=False, labour_capacity="WEAK_HALF", **told),
        by=county.clerk, region=county.village,
        household_id=f"{county.village[:10]}{number:05d}", address="3组18号", hukou_type="AGRICULTURAL",
        hukou_local=True, authorised_all=True, income_complete=True, expenditure_complete=True,
        property_complete=True,
        property_conclusion="PASS", housing_safety="B", water_safe=True, hardship_cause="ILLNESS",
        risk_confirmed=False,
    )  # fmt: skip
    county.families[husband] = family
    return family


@pytest.fixture(scope="module")
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def counties(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, clock: time_machine.Traveller
) -> Iterator[dict[str, County]]:
    """Two townships at work, one for each size."""
    values = Path(settings.OFFICE_VALUES, "browser.toml")
    values.parent.mkdir(exist_ok=True)
    values.write_text(VALUES, "utf-8")
    with emptied_after(django_db_blocker), the_database_s_day(NOW[:10]):
        a_small_country()
        more = {NEXT_VILLAGE: "大田村", VILLAGE_2: "嘎木村", NEXT_VILLAGE_2: "水塘村"}
        regions.load(list(more.items()))
        made = {"desk": County("desk", TOWNSHIP, VILLAGE), "phone": County("phone", SIBLING, VILLAGE_2)}
        for county in made.values():
            home = a_family_of(county, "陈国富", "李秀英", 1, 60000)
            a_family_of(county, "陈德福", "王桂芳", 2, 90000)
            a_family_of(county, "陈立军", "何玉珍", 3, 210000)
            a_family_of(county, "罗永平", "唐秋菊", 4, 30000)
            said = "医保部门提示：近三个月住院自付 18,200 元，请入户核实。"
            a_lead(home, county.village, "大病支出突增", said)
        yield made
    values.unlink()


@pytest.fixture
def county(counties: dict[str, County], size: str) -> County:
    """The part of the county that belongs to this size."""
    return counties[size]


@pytest.fixture(scope="module")
def site(counties: dict[str, County], clock: time_machine.Traveller) -> Iterator[Site]:
    with a_site(clock) as found:
        yield found


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop in this thread, which Django would take for a mistake of ours.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with chromium() as browser:
            yield browser
