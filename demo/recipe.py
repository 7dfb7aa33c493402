"""A county's low-income register made by recipe: nobody in it is real; the same seed makes the same county.

Composition follows what counties report: a rural dibao household has about 1.6 persons; most are old, ill or
disabled; many families live on what one member earns elsewhere, and of some nobody knows the wage. Every ID
number has the region prefix 999999, which no county has. Money is fen, dates yyyymmdd, months yyyymm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

from demo.places import SAMPLE, Places
from doudi.kernel.month import Month, months_before
from doudi.kernel.resident_id import ResidentId

PREFIX = "999999"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "安平和顺福贵祥瑞康宁秀兰桂芳玉梅春华秋菊建国志强文明德清家兴永昌小燕美玲佳慧子涵浩然欣怡雨桐思远"
AWAY = ("330100", "330106", "440703", "440781")
"""Where people work who work away."""

Document = dict[str, Any]


def county(
    *, households: int, seed: int, region: str, on: date, places: Places = SAMPLE
) -> Iterator[Document]:
    """Canonical household documents. `region` is the county's six digits, `on` the day all are assessed."""
    taken: set[str] = set()
    for number in range(1, households + 1):
        yield _Family(number, Random(f"{seed}-{number}"), region, on, taken).document(places)


class _Family:
    """One household being made up."""

    def __init__(self, number: int, random: Random, region: str, on: date, taken: set[str]) -> None:
        self.number, self.random, self.region, self.on, self.taken = number, random, region, on, taken
        self.members: list[Document] = []
        self.expenditures: list[Document] = []
        self.assets: list[Document] = []
        self.surname = random.choice(SURNAMES)
        self.window = [month.yyyymm for month in months_before(Month.of(on), 12)]
        self.told = True

    def chance(self, percent: int) -> bool:
        """True in so many cases of a hundred."""
        return self.random.randrange(100) < percent

    def yuan(self, low: int, high: int) -> int:
        """An amount between two amounts of yuan, in whole tens, as fen."""
        return self.random.randrange(low // 10, high // 10 + 1) * 1000

    def document(self, places: Places) -> Document:
        """The finished household."""
        shapes, weights = zip(*SHAPES, strict=True)
        self.random.choices(shapes, weights)[0](self)
        township, (_, area) = self.random.choice(list(places.townships.items()))
        household = {
            "household_id": f"H{self.number:06}",
            "region_code": f"{self.region}{township}{self.random.randrange(1, places.villages + 1):03}",
            "area_type": area,
            "application_date": int(f"{self.on:%Y%m}{self.random.randrange(1, self.on.day + 1):02}"),
            "hukou_type": "RESIDENT_URBAN" if area == "URBAN" else "RESIDENT_RURAL",
            "hukou_local": not self.chance(3),
            "income_complete": self.told,
            "expenditure_complete": not self.chance(4),
            "property_complete": not self.chance(4),
            "property_conclusion": self.random.choices(("PASS", "FAIL", "NEEDS_REVIEW"), (94, 4, 2))[0],
            "authorised_all": not self.chance(2),
            "ex_poor": area == "RURAL" and self.chance(35),
            "risk_confirmed": area == "RURAL" and self.chance(20),
            "expenditure_route_approved": False,
            "dibao_recipient": self.chance(40),
        }  # fmt: skip
        if household["dibao_recipient"]:
            household["dibao_amount_before"] = 40000 * len(self.members)
        self._spend_and_own()
        return {
            "household": household, "members": self.members,
            "expenditures": self.expenditures, "assets": self.assets,
        }  # fmt: skip

    # --- people ---------------------------------------------------------------------------------------

    def person(self, relation: str, age: int, sex: str = "", **facts: Any) -> Document:
        """A member of about that age; `facts` replace what is usual at it."""
        random = self.random
        sex = sex or random.choice(("MALE", "FEMALE"))
        born = date(self.on.year - age - 1, random.randrange(1, 13), random.randrange(1, 29))
        own = relation in {"HEAD", "SON", "DAUGHTER", "GRANDCHILD", "SIBLING"}
        name = (self.surname if own else random.choice(SURNAMES)) + "".join(
            random.sample(GIVEN, random.choice((1, 2, 2)))
        )
        minor, old = age < 16, age >= 60
        member = {
            "name": name, "id_no": self._id_no(born, sex), "relation": relation, "sex": sex, "counted": True,
            "labour_capacity": "NONE" if minor or age >= 75 else "WEAK_HALF" if old else "ORDINARY",
            "student": 6 <= age < 18, "school_stage": _stage(age),
            "serious_illness": self.chance(12 if old else 4),
            "chronic_illness": self.chance(45 if old else 8),
            "disability_type": "NO", "disability_grade": 0, "employed": False, "outside_worker": False,
            "obligor_state": random.choices(("CAPABLE", "INCAPABLE"), (96, 4))[0],
            "self_care_failed": random.choices((0, 2, 5), (85, 10, 5))[0] if old else 0,
            "support_mode": "HOME",
            "incomes": [], **facts,
        }  # fmt: skip
        if self.chance(2):
            member["serious_illness"] = None  # not yet found out
        if old:
            self.earn(member, "BASIC_PENSION", 14300, self.window)
            if self.chance(40):
                self.earn(
                    member,
                    "OLD_AGE_ALLOWANCE" if age >= 80 else "SUPPORT_RECEIVED",
                    self.yuan(30, 200),
                    self.window[::3],
                )
        # Told from what is known already, and not drawn: a draw more would change every family after it.
        member["needs_care"] = member["self_care_failed"] > 0 or member["disability_grade"] == 1
        self.members.append(member)
        return member

    def _id_no(self, born: date, sex: str) -> str:
        """A number nobody else in the county has: the third of the serial digits is odd for a man."""
        while True:
            serial = self.random.randrange(500) * 2 + (sex == "MALE")
            number = ResidentId.make(PREFIX, born, serial).number
            if number not in self.taken:
                self.taken.add(number)
                return number

    def disabled(self, **facts: Any) -> Document:
        """Facts of a disability, severe or not."""
        kind = self.random.choice(("VISUAL", "HEARING", "PHYSICAL", "PHYSICAL", "INTELLECTUAL", "MENTAL"))
        grade = self.random.choices((1, 2, 3, 4), (25, 35, 25, 15))[0]
        capacity = "LOST" if grade <= 2 else "WEAK_HALF"
        failed = self.random.choice((0, 2, 5)) if grade == 1 else 0
        return {
            "disability_type": kind,
            "disability_grade": grade,
            "labour_capacity": capacity,
            "self_care_failed": failed,
            **facts,
        }

    # --- money ----------------------------------------------------------------------------------------

    def earn(self, member: Document, item: str, amount: int, months: list[int], deduction: int = 0) -> None:
        """Adds the same amount in each of some months."""
        for month in months:
            row = {"item": item, "month": month, "amount": amount}
            member["incomes"].append({**row, "deduction": deduction} if deduction else row)

    def work(self, member: Document, low: int, high: int) -> None:
        """Wages at home or away. Of one worker in twelve the wage is not known; some of those do not tell."""
        away = self.chance(45)
        member |= {"employed": True, "outside_worker": away, "wage_cooperation": True}
        if away:
            member |= {"work_place": self.random.choice(AWAY), "work_months": 12}
        if self.chance(8):
            self.told = False
            if away and self.chance(50):
                verified = self.on.year * 10000 + self.on.month * 100 + 1
                member |= {"wage_cooperation": False, "wage_imputed": True, "verification_date": verified}
            return
        months = (
            self.window
            if self.chance(60)
            else sorted(self.random.sample(self.window, self.random.randrange(5, 11)))
        )
        self.earn(member, "SALARY", self.yuan(low, high), months, 20000 if away else 0)
        if away and self.chance(60):
            self.earn(member, "SOCIAL_CONTRIBUTION", 40000, self.window[2:3])

    def farm(self, member: Document) -> None:
        """What a harvest and some animals bring in, less their cost."""
        self.earn(member, "CROP", self.yuan(600, 5200), [self.window[self.random.randrange(8, 12)]])
        if self.chance(30):
            self.earn(member, "LIVESTOCK", self.yuan(300, 3000), [self.random.choice(self.window)])
        if self.chance(25):
            self.earn(member, "LAND_TRANSFER", self.yuan(200, 900), [self.window[3]])

    def _spend_and_own(self) -> None:
        ill = any(member["serious_illness"] for member in self.members)
        if ill or self.chance(15):
            for month in self.random.sample(self.window, 3 if ill else 1):
                self.expenditures.append(
                    {"item": "MEDICAL", "month": month, "amount": self.yuan(200, 9000 if ill else 900)}
                )
        if any(member["school_stage"] in {"SENIOR_HIGH", "VOCATIONAL", "COLLEGE"} for member in self.members):
            self.expenditures.append(
                {"item": "EDUCATION", "month": self.window[-1], "amount": self.yuan(800, 6000)}
            )
        if self.chance(55):
            self.assets.append({"item": "DEPOSIT", "value": self.yuan(100, 15000)})
        if self.chance(80):
            self.assets.append({"item": "HOUSE", "count": 1})
        if self.chance(4):
            self.assets.append(
                {"item": "VEHICLE", "count": 1, "value": self.yuan(8000, 60000), "exempt": self.chance(30)}
            )

    # --- shapes of families ---------------------------------------------------------------------------

    def old_and_alone(self) -> None:
        """Nobody who could support them: what tekun is for."""
        self.person(
            "HEAD",
            self.random.randrange(62, 88),
            obligor_state=self.random.choice(("NONE", "NONE", "INCAPABLE")),
            support_mode="SCATTERED",
        )

    def old(self) -> None:
        """An old person whose children live elsewhere."""
        self.farm_or_not(self.person("HEAD", self.random.randrange(61, 85)))

    def old_couple(self) -> None:
        """Two old people, some still farming."""
        age = self.random.randrange(61, 80)
        self.farm_or_not(self.person("HEAD", age, "MALE"))
        self.person("SPOUSE", age - self.random.randrange(0, 5), "FEMALE")

    def farm_or_not(self, member: Document) -> None:
        """Half of the old farm on."""
        if self.chance(50):
            self.farm(member)

    def disabled_alone(self) -> None:
        """A disabled adult living alone."""
        self.person("HEAD", self.random.randrange(24, 59), **self.disabled())

    def disabled_with_parent(self) -> None:
        """An old head and a disabled grown-up child."""
        self.farm_or_not(self.person("HEAD", self.random.randrange(60, 76)))
        self.person("SON", self.random.randrange(26, 48), "MALE", **self.disabled())

    def one_parent(self) -> None:
        """A parent alone with children."""
        parent = self.person("HEAD", self.random.randrange(28, 48))
        self.work(parent, 1200, 2600)
        self.children(1, 2)

    def children(self, fewest: int, most: int) -> None:
        """Sons and daughters of school age."""
        for _ in range(self.random.randint(fewest, most)):
            sex = self.random.choice(("MALE", "FEMALE"))
            facts = self.disabled(labour_capacity="NONE") if self.chance(6) else {}
            self.person("SON" if sex == "MALE" else "DAUGHTER", self.random.randrange(2, 18), sex, **facts)

    def couple(self) -> None:
        """Parents and children; one or both earn."""
        age = self.random.randrange(28, 52)
        first = self.person("HEAD", age, "MALE")
        second = self.person("SPOUSE", age - self.random.randrange(0, 4), "FEMALE")
        self.work(first, 1600, 4200)
        (self.farm if self.chance(60) else lambda member: self.work(member, 1000, 2600))(second)
        self.children(0, 3)

    def three_generations(self) -> None:
        """Grandparents and children at home, a parent working away."""
        self.couple()
        self.person("PARENT", self.random.randrange(62, 82))

    def illness(self) -> None:
        """A family whose earner is seriously ill."""
        age = self.random.randrange(35, 58)
        self.person("HEAD", age, "MALE", serious_illness=True, labour_capacity="LOST")
        wife = self.person("SPOUSE", age - 2, "FEMALE")
        if self.chance(70):
            self.work(wife, 1000, 2800)
        self.children(0, 1)

    def costly_illness(self) -> None:
        """A family above every income line whose bills eat the income up."""
        self.couple()
        self.members[1]["serious_illness"] = True
        for month in self.window[2:8]:
            self.expenditures.append({"item": "MEDICAL", "month": month, "amount": self.yuan(5000, 14000)})


SHAPES: tuple[tuple[Callable[[_Family], None], int], ...] = (
    (_Family.old_and_alone, 9),
    (_Family.old, 27),
    (_Family.old_couple, 12),
    (_Family.disabled_alone, 16),
    (_Family.disabled_with_parent, 9),
    (_Family.one_parent, 6),
    (_Family.couple, 7),
    (_Family.three_generations, 4),
    (_Family.illness, 7),
    (_Family.costly_illness, 3),
)
"""The shapes of families and how many of a hundred have them."""


def _stage(age: int) -> str:
    """The school stage usual at an age."""
    if age < 3 or age >= 18:
        return "NONE"
    return "PRESCHOOL" if age < 6 else "COMPULSORY" if age < 15 else "SENIOR_HIGH"
