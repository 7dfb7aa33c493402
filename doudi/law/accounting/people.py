"""Persons: age, who is counted, disability, labour capacity, self-care."""

from doudi.engine.vocabulary import all_of, any_of, count, is_in, known, person_rule, rule, where, years
from doudi.law.citing import (
    AGE_OF_YEARS,
    DEFAULT,
    DIBAO_2012,
    DIBAO_2021,
    JIANGMEN_2018,
    TEKUN_2016,
    TEKUN_2021,
    quoted,
    source,
)

HOUSEHOLD_MEMBERS = quoted(DIBAO_2012.art("第五条"), DIBAO_2021.art("第七条"))
TEKUN_FIRST = quoted(
    DIBAO_2012.art("第五条"), source("国发〔2016〕14号").art("制度衔接"), DIBAO_2021.art("第七条")
)
NO_LABOUR = quoted(TEKUN_2016.art("第五条"), TEKUN_2021.art("第五条"))
SELF_CARE = quoted(TEKUN_2021.art("第二十一条、第二十二条"))


@person_rule(unit="years", cites=AGE_OF_YEARS)
def age(birth_date, on):
    "年龄：核定日期的周岁，生日当天满岁"
    return years(birth_date, on)


@person_rule(unit="bool", cites=HOUSEHOLD_MEMBERS)
def co_living(counted, custody_from, on, clergy_three_years):
    "共同生活的家庭成员：计入共同生活成员，且不在服刑、强制隔离戒毒期间，也不是脱离家庭满三年的宗教教职人员"
    return (
        counted
        and not (known(custody_from) and custody_from <= on)
        and not (known(clergy_three_years) and clergy_three_years)
    )


@person_rule(unit="bool", cites=TEKUN_FIRST)
def counted_member(co_living, tekun_recipient, tekun_eligible, orphan_eligible, orphan_counts_in_dibao):
    "计入低保家庭人口：共同生活，且不属特困（特困优先：纳入特困供养的不再适用低保，人口、收入、金额都不重复计；已供养而不再符合的重新计入）；孤儿按当地规定"
    return (
        co_living
        and not (known(tekun_recipient) and tekun_recipient and not known(tekun_eligible))
        and not (known(tekun_eligible) and tekun_eligible)
        and not (known(orphan_eligible) and orphan_eligible and not orphan_counts_in_dibao)
    )


@person_rule(unit="bool", cites=TEKUN_FIRST)
def counted_for_certain(co_living, tekun_recipient, tekun_eligible, orphan_eligible, orphan_counts_in_dibao):
    "确定计入低保家庭人口：是否属特困、孤儿还没有核实的不详（人数和金额先按计入算）"
    return (
        co_living
        and not (known(tekun_recipient) and tekun_recipient and not known(tekun_eligible))
        and not tekun_eligible
        and not (orphan_eligible and not orphan_counts_in_dibao)
    )


@person_rule(unit="bool", cites=TEKUN_FIRST)
def open_member(counted_member, counted_for_certain):
    "是否计入尚待核实：先按计入算，核实为特困、孤儿后不再计入"
    return counted_member and not known(counted_for_certain)


@rule(unit="persons", cites=TEKUN_FIRST)
def open_members(open_member):
    "是否计入尚待核实的人数：特困、孤儿还没有核实的成员数"
    return count(open_member)


@rule(unit="bool", cites=TEKUN_FIRST)
def members_settled(counted_member, counted_for_certain):
    "计入人口已核实：没有人是否属特困、孤儿尚待核实；有的不详"
    return all_of(not counted_member or counted_for_certain)


@rule(unit="persons", cites=HOUSEHOLD_MEMBERS)
def members(counted_member):
    "计入人口：计入低保家庭人口的成员数（特困人员等另算）"
    return count(counted_member)


@rule(unit="bool", cites=TEKUN_FIRST)
def has_counted_member(members, open_members, members_settled):
    "有计入低保家庭人口的成员：至少一名；计入的都还待核实的不详"
    return members > open_members or (members > 0 and members_settled)


@rule(unit="persons", cites=HOUSEHOLD_MEMBERS)
def household_size(co_living):
    "共同生活人口：全部共同生活成员数"
    return count(co_living)


# -- disability ------------------------------------------------------------------------------------


@person_rule(unit="code", cites=TEKUN_2021.art("第五条").text)
def disability_kind(disability_type, disability_main_type):
    "残疾类别（认定用）：多重残疾按等级所依据的最重一类"
    return where(disability_type == "MULTIPLE", disability_main_type, disability_type)


@person_rule(unit="bool", cites=NO_LABOUR)
def disability_without_labour(
    disability_type,
    disability_kind,
    disability_grade,
    tekun_mental_grade,
    tekun_physical_grade,
    tekun_visual_grade,
):
    "残疾致无劳动能力：智力、精神、肢体、视力残疾，等级在当时规定以内"
    return (
        disability_type != "NO"
        and disability_grade >= 1
        and (
            (is_in(disability_kind, "INTELLECTUAL", "MENTAL") and disability_grade <= tekun_mental_grade)
            or (disability_kind == "PHYSICAL" and disability_grade <= tekun_physical_grade)
            or (disability_kind == "VISUAL" and disability_grade <= tekun_visual_grade)
        )
    )


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def severe_disability(disability_type, disability_grade):
    "重度残疾：残疾等级一级或二级"
    return disability_type != "NO" and disability_grade >= 1 and disability_grade <= 2


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def third_grade_mental(disability_type, disability_kind, disability_grade):
    "三级智力或精神残疾：残疾类别为智力或精神，等级三级"
    return (
        disability_type != "NO" and disability_grade == 3 and is_in(disability_kind, "INTELLECTUAL", "MENTAL")
    )


# -- labour ----------------------------------------------------------------------------------------


@person_rule(unit="bool", cites=DEFAULT)
def presumed_workable(
    age,
    labour_age_from,
    labour_age_until,
    disability_without_labour,
    serious_illness,
    chronic_illness,
    disability_type,
    labour_capacity,
):
    "推定有劳动能力：未满劳动年龄或残疾致无劳动能力的为无；劳动年龄内且无残无病的为有；其余以调查认定为准"
    return where(
        age < labour_age_from or disability_without_labour,
        False,
        where(
            age < labour_age_until
            and disability_type == "NO"
            and not serious_illness
            and not chronic_illness,
            True,
            is_in(labour_capacity, "SKILLED", "ORDINARY", "WEAK_HALF"),
        ),
    )


@person_rule(unit="bool", cites=JIANGMEN_2018.art("一(三)").text)
def workable(student, labour_capacity, presumed_workable):
    "有劳动能力：技能、普通、弱或半劳动力，且不在校就读"
    return not student and where(
        known(labour_capacity), is_in(labour_capacity, "SKILLED", "ORDINARY", "WEAK_HALF"), presumed_workable
    )


@rule(unit="bool", cites=JIANGMEN_2018.art("一(三)").text)
def has_labour(counted_for_certain, workable):
    "家庭有劳动能力：至少一名家庭成员有劳动能力"
    return any_of(counted_for_certain and workable)


# -- self-care and maintenance ---------------------------------------------------------------------


@person_rule(unit="code", cites=SELF_CARE)
def self_care(self_care_failed):
    "生活自理能力：六项均能自主完成为全自理；一至三项不能为半自理；四项以上不能为全不能自理"
    return where(self_care_failed == 0, "SELF", where(self_care_failed <= 3, "PARTIAL", "NONE"))


@person_rule(unit="bool", cites=TEKUN_2021.art("第八条").text)
def able_obligor(co_living, workable, labour_capacity, age):
    "可履行义务的成年成员：18至59周岁、有完全劳动能力且不在校"
    return (
        co_living
        and age >= 18
        and age < 60
        and workable
        and not (known(labour_capacity) and labour_capacity == "WEAK_HALF")
    )


@rule(unit="bool", cites=TEKUN_2021.art("第八条").text)
def able_head(able_obligor, relation):
    "户主可履行义务：户主是可履行义务的成年成员"
    return any_of(able_obligor and relation == "HEAD")


@rule(unit="bool", cites=TEKUN_2021.art("第八条").text)
def able_spouse(able_obligor, relation):
    "户主配偶可履行义务：户主的配偶是可履行义务的成年成员"
    return any_of(able_obligor and relation == "SPOUSE")


@rule(unit="bool", cites=TEKUN_2021.art("第八条").text)
def able_child(able_obligor, relation):
    "子女可履行义务：至少一名子女是可履行义务的成年成员"
    return any_of(able_obligor and is_in(relation, "SON", "DAUGHTER"))


@person_rule(unit="bool", cites=TEKUN_2021.art("第八条").text)
def obligor_at_home(relation, able_head, able_spouse, able_child):
    "同户义务人：配偶、父母或子女同住且可履行义务"
    return (
        (is_in(relation, "SON", "DAUGHTER", "PARENT") and able_head)
        or (is_in(relation, "SON", "DAUGHTER", "HEAD") and able_spouse)
        or (relation == "SPOUSE" and able_head)
        or (is_in(relation, "HEAD", "SPOUSE") and able_child)
    )
