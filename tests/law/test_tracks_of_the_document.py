"""Which of two roads a family goes, written from 江府〔2018〕6号 一(三): 将属低保户且有劳动能力的城乡低保家庭
定为建档立卡贫困人口，作为城乡扶贫开发对象，对无劳动能力的继续由低保政策兜底管理.
"""

from dataclasses import replace

import pytest

from doudi.assessment.program import program
from doudi.law.labels import Labels
from doudi.law.rulebook import Law
from doudi.law.worked import load_cases

LAW = Law.load()
FAMILY = next(case for case in load_cases() if case.id == "track-02")

# (town or village, what each of the family can still do, the road, its name)
TRACKS = (
    ("URBAN", ("ORDINARY",), "DEVELOPMENT", "扶贫开发"),
    ("RURAL", ("ORDINARY",), "DEVELOPMENT", "扶贫开发"),
    ("URBAN", ("LOST", "SKILLED"), "DEVELOPMENT", "扶贫开发"),
    ("RURAL", ("NONE", "WEAK_HALF"), "DEVELOPMENT", "扶贫开发"),
    ("URBAN", ("LOST",), "SAFETY_NET", "低保兜底"),
    ("RURAL", ("LOST",), "SAFETY_NET", "低保兜底"),
    ("RURAL", ("NONE", "LOST"), "SAFETY_NET", "低保兜底"),
)


@pytest.mark.parametrize(("area", "labour", "track", "called"), TRACKS)
def test_who_can_work_is_developed_and_who_cannot_stays_on_the_safety_net(
    area: str, labour: tuple[str, ...], track: str, called: str
) -> None:
    members = [{"labour_capacity": one, **({"relation": "SIBLING"} if at else {})}
               for at, one in enumerate(labour)]  # fmt: skip
    place = {"region_code": "440703", "area_type": area}
    table = {**FAMILY.table, "household": place, "members": members}
    household, persons = replace(FAMILY, table=table).facts(LAW.book)
    found = program(LAW).scalar(LAW.values).evaluate(household, persons).household
    assert found["dibao_eligible"] is True, "应保尽保: on either road it is a dibao family"
    assert found["support_track"] == track
    assert found["development_track_eligible"] is (track == "DEVELOPMENT")
    assert Labels(LAW, "440703", area, 20180611).shown("support_track", track) == called
    assert found["dibao_standard_12m"] == 960_000 * len(labour), (
        "城乡低保一体化: 800 a head in town and village"
    )
