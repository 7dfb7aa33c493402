"""Conditions that several schemes share word for word: the same refusal reads the same everywhere."""

from dataclasses import replace

from doudi.law.citing import (
    ANQIU_2020,
    ASSISTANCE_ORDER,
    DIBAO_2012,
    DIBAO_2021,
    JIANGMEN_2016,
    RIGID_2024,
    TEKUN_2021,
    UNWRITTEN_BEFORE_2021,
)
from doudi.law.spec import Condition

RESIDENT = Condition(
    rule="hukou_local",
    label="户籍在申请地",
    refusal="户籍不在申请地",
    code="NOT_HUKOU_OR_RESIDENT",
    cites=(DIBAO_2012.art("第四条"), DIBAO_2021.art("第四条、第五条")),
)
RESIDENT_OR_PERMIT = replace(
    RESIDENT,
    rule="dibao_resident",
    label="户籍在申请地，或持居住证满规定时间且当地准许申请低保",
    refusal="户籍不在申请地，也不符合持居住证申请低保的规定",
)
AUTHORISED = Condition(
    rule="cooperating",
    label="全部家庭成员已授权核对家庭经济状况，并配合调查",
    refusal="有家庭成员没有授权核对家庭经济状况，或不配合调查、收入核实不了",
    code="REFUSED_COOPERATION",
    cites=(DIBAO_2012.art(""), ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第九条")),
)
PERSON_AUTHORISED = replace(
    AUTHORISED,
    rule="person_cooperating",
    label="已授权核对家庭经济状况，本人配合调查",
    refusal="没有授权核对家庭经济状况，或本人不配合调查、收入核实不了",
    cites=(ASSISTANCE_ORDER.art("第五十八条"), TEKUN_2021.art("")),
)
SOMEBODY = Condition(
    rule="has_co_living_member",
    label="有共同生活的家庭成员",
    refusal="没有计入的共同生活的家庭成员",
    code="NOT_CO_LIVING",
    cites=(DIBAO_2012.art("第五条"), DIBAO_2021.art("第七条")),
)
NOT_ALL_TEKUN = Condition(
    rule="has_counted_member",
    label="家庭中有不按特困供养、孤儿保障的成员",
    refusal="全部成员都按特困人员供养或孤儿保障，没有计入家庭人口的成员",
    code="ALREADY_IN_OTHER_SYSTEM",
    cites=(DIBAO_2012.art(""), ASSISTANCE_ORDER.art("第十四条"), TEKUN_2021.art("第四条")),
)
NOT_DIBAO = Condition(
    rule="not_dibao",
    label="不符合低保条件",
    refusal="符合低保条件，应纳入低保",
    code="ALREADY_IN_OTHER_SYSTEM",
    cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条"), RIGID_2024.art("第四条")),
)
NOT_CONTINUED = Condition(
    rule="dibao_not_continued",
    label="没有按低保继续保障",
    refusal="在享的低保没有停（退出监测中，或者暂停退出），按低保继续保障",
    code="ALREADY_IN_OTHER_SYSTEM",
    cites=(JIANGMEN_2016.art("经验启示"), ANQIU_2020.art("做法1"), DIBAO_2021.art("第三十二条")),
)
NOT_IN_GRACE = Condition(
    rule="not_in_grace",
    label="家庭不在低保渐退期内",
    refusal="家庭在低保渐退期内，低保金没有停，本人仍随家庭享受",
    code="ALREADY_IN_OTHER_SYSTEM",
    cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条、第三十三条")),
)
