"""Children without parents, and what is known of each parent."""

from doudi.engine.vocabulary import any_of, is_in, known, person_rule, rule, where
from doudi.law.citing import ANQIU_2020, JIANGXI_2018, ORPHANS_2019, TEKUN_2021, quoted, source

ORPHANS_2010 = source("国办发〔2010〕54号")
GONE = quoted(ORPHANS_2010.art(""))
UNABLE = quoted(ORPHANS_2019.art("一"), source("民发〔2020〕125号").art(""))


@person_rule(unit="bool", cites=GONE)
def child(age):
    "未成年人：未满18周岁"
    return age < 18


@person_rule(unit="bool", cites=GONE)
def parents_told(father_state, mother_state):
    "填写了父母情况：至少填了一方；双方都空白的为没有规定情形，只填一方的另一方不详"
    return known(father_state) or known(mother_state)


@person_rule(unit="bool", cites=GONE)
def father_gone(parents_told, father_state):
    "父亲死亡或失踪：死亡、宣告失踪或查找不到"
    return parents_told and is_in(father_state, "DEAD", "MISSING", "UNFOUND")


@person_rule(unit="bool", cites=GONE)
def mother_gone(parents_told, mother_state):
    "母亲死亡或失踪：死亡、宣告失踪或查找不到"
    return parents_told and is_in(mother_state, "DEAD", "MISSING", "UNFOUND")


@person_rule(unit="bool", cites=UNABLE)
def father_unable(
    parents_told, father_state, father_state_months, parent_absence_months, parent_rights_lost_counts
):
    "父亲不能抚养：重残、重病，或者失联（查找不到的也是失联）、服刑、强制隔离戒毒、限制人身自由满规定月数；2021年起加被撤销监护资格、被遣送（驱逐）出境"
    return parents_told and (
        is_in(father_state, "SEVERE_DISABILITY", "SERIOUS_ILLNESS")
        or (
            is_in(father_state, "IN_CUSTODY", "COMPULSORY_REHAB", "RESTRICTED", "LOST_CONTACT", "UNFOUND")
            and father_state_months >= parent_absence_months
        )
        or (parent_rights_lost_counts and is_in(father_state, "REVOKED", "EXPELLED"))
    )


@person_rule(unit="bool", cites=UNABLE)
def mother_unable(
    parents_told, mother_state, mother_state_months, parent_absence_months, parent_rights_lost_counts
):
    "母亲不能抚养：重残、重病，或者失联（查找不到的也是失联）、服刑、强制隔离戒毒、限制人身自由满规定月数；2021年起加被撤销监护资格、被遣送（驱逐）出境"
    return parents_told and (
        is_in(mother_state, "SEVERE_DISABILITY", "SERIOUS_ILLNESS")
        or (
            is_in(mother_state, "IN_CUSTODY", "COMPULSORY_REHAB", "RESTRICTED", "LOST_CONTACT", "UNFOUND")
            and mother_state_months >= parent_absence_months
        )
        or (parent_rights_lost_counts and is_in(mother_state, "REVOKED", "EXPELLED"))
    )


@person_rule(unit="bool", cites=GONE)
def parents_gone(father_gone, mother_gone):
    "父母双亡或失踪：父母双方都死亡、宣告失踪或查找不到"
    return father_gone and mother_gone


@rule(unit="code", cites=quoted(ORPHANS_2010.art(""), ORPHANS_2019.art("一")))
def parents_notice(co_living, child, parents_told, relation):
    "父母情况提示：孙子女没有户主的成年子女同住、未成年户主和弟妹没有父母同住，而父母情况双方都空白"
    return where(
        (
            any_of(co_living and child and not parents_told and relation == "GRANDCHILD")
            and not any_of(co_living and not child and is_in(relation, "SON", "DAUGHTER"))
        )
        or (
            any_of(co_living and child and not parents_told and is_in(relation, "HEAD", "SIBLING"))
            and not any_of(co_living and relation == "PARENT")
        ),
        "PARENTS_NOT_TOLD",
        "NONE",
    )


@person_rule(unit="bool", cites=TEKUN_2021.art("第九条").text)
def not_supported_as_tekun(tekun_eligible):
    "没有按特困供养：不符合特困人员条件，或者应当先纳入、选择了儿童保障"
    return not tekun_eligible


@person_rule(unit="fen/month", cites=quoted(JIANGXI_2018.art("五(一)2"), ANQIU_2020.art("做法1")))
def orphan_living(support_mode, orphan_institution_standard, orphan_scattered_standard):
    "孤儿基本生活费：集中供养的按机构养育标准，其余按散居标准"
    return where(support_mode == "CENTRALISED", orphan_institution_standard, orphan_scattered_standard)
