"""Who acts and what is asked first, of every row of every procedure, written from the documents.

A row: from, event, who (codes of words.toml, the first answers for the step; a name that ends in _authority
is a value: by place and day), what is asked first, P prepares / A approves, the notice board. The headings
say where the documents give the key to whom; no row may be missing here, none stand here that the law
has not.
"""

import pytest

from doudi.law.procedures import procedures
from doudi.law.rulebook import Law
from doudi.law.spec import Edge

LAW = Law.load()

# 盘州方案 二(一)七 "由市民政部门牵头，农业农村部门配合开展审核确认"; 二(四)三 "事实或者口径不一致的会商":
# two keys in either order, neither department turns the other's; the conference rules where they differ.
# 二(一)八 "均需在各自系统标注…均需标注具体原因".
JOINT = """
decidable    confirm_civil        CCA  relatives_visited    A -
decidable    confirm_agriculture  CAG  -                    A -
civil_signed confirm_agriculture  CAG  result_or_reason     A -
agri_signed  confirm_civil        CCA  result_or_reason     A -
civil_signed refuse               CAG  refusal_reason       A -
agri_signed  refuse               CCA  refusal_reason       A -
civil_signed disagree             CAG  -                    - -
agri_signed  disagree             CCA  -                    - -
deadlocked   conference_ruling    JC   conference_recorded  A -
deadlocked   conference_refusal   JC   refusal_reason       A -
"""

# 民发〔2012〕220号 and 民发〔2021〕57号: 第十条 the township receives, one full list of what is missing;
# 赣发 四(三) and 57号 第九条 "授权核对" before anything is asked; 220号 第十八条, 57号 第十六条 two
# investigators, both sign; 220号 第二十二条 villagers are two thirds; 第十九条 the township's opinion,
# posted in the village (盘州 附件: 指导村（社区）公示公开), open objections first; 220号 第二十六条 the
# county checks its sample; 57号 第二十条 relatives and complaints are visited by the county, which
# decides (or who it is delegated to); 57号 第二十一条 a refusal says why; 第二十二条 an extension says
# why; 盘州 二(一)五 joint analysis, 二(一)七 the sample of both departments is entered, 二(一)八 both
# systems.
UNIFIED = """
applied           accept               T               materials_complete  - -
applied           return_materials     T               -                   - -
incomplete        supplement           APPLICANT       -                   - -
accepted          start_investigation  T+V             authorised_all      - -
investigating     finish_investigation T+V             two_investigators   - -
investigating     request_verification T               -                   - -
investigating     start_verification   CCA             -                   - -
investigated      appraise             T+V             appraisal_quorum    - -
appraised         analyse              CCA+CAG+T       -                   - -
analysed          give_opinion         T               -                   P -
opinion_given     spot_check           CCA+CAG         spot_check_entered  - -
spot_checked      post_notice          V+T             -                   - -
noticing          notice_over          T               no_open_objection   - village_board
noticing          object               ANYONE          -                   - -
reopened          renew_opinion        T               -                   P -
submitted         county_check         CCA             spot_check_entered  - -
county_checked    approval_opinion     dibao_authority relatives_visited   - -
approval_opined   post_approval_notice T+V             -                   - -
approval_noticing approval_notice_over T               no_open_objection   - government_board
approval_noticing object_to_approval   ANYONE          -                   - -
approval_reopened reexamine            dibao_authority -                   - -
decidable         confirm              dibao_authority relatives_visited   A -
decidable         refuse               dibao_authority refusal_reason      A -
confirmed         mark_systems         CCA+CAG         both_systems_marked - -
marked            take_effect          CCA             -                   - -
effective         pay                  CCA             monthly_payment     - -
confirmed         announce             T+V             -                   - announcement
refused           notify_refusal       T               refusal_reason      - -
*                 extend               dibao_authority extension_reason    - -
*                 terminate            dibao_authority refusal_reason      A -
*                 withdraw             APPLICANT       -                   - -
"""

# 民发〔2021〕43号: 第十二条 received by the township, 第十三条 its investigation and opinion, 第十五条
# seven days in the village, 第十六条 the county's sample of 30 % and decision, 第十七条 published,
# 第十八条 reasons in writing, 第二十条 县级民政部门组织 the assessment of self-care.
TEKUN = """
applied       accept               T               materials_complete  - -
applied       return_materials     T               -                   - -
incomplete    supplement           APPLICANT       -                   - -
accepted      finish_investigation T+V             authorised_all      - -
investigated  appraise             T+V             appraisal_quorum    - -
appraised     analyse              CCA+CAG+T       -                   - -
analysed      give_opinion         T               -                   P -
opinion_given spot_check           CCA+CAG         spot_check_entered  - -
spot_checked  post_notice          V+T             -                   - -
noticing      notice_over          T               no_open_objection   - village_board
noticing      object               ANYONE          -                   - -
reopened      renew_opinion        T               -                   P -
submitted     county_check         CCA             spot_check_entered  - -
decidable     confirm              tekun_authority -                   A -
decidable     refuse               tekun_authority refusal_reason      A -
confirmed     assess_self_care     CCA+T+V         -                   - -
assessed      mark_systems         CCA+CAG         both_systems_marked - -
marked        take_effect          CCA             -                   - -
confirmed     announce             T+V             -                   - announcement
refused       notify_refusal       T               refusal_reason      - -
*             extend               tekun_authority extension_reason    - -
*             withdraw             APPLICANT       -                   - -
"""

TABLES = {
    "unified_recognition": UNIFIED + JOINT,
    # 民发〔2024〕57号 第三条: the county recognises a rigid family, wherever dibao is decided
    "rigid_recognition": UNIFIED.replace("dibao_authority", "rigid_authority") + JOINT,
    "tekun_recognition": TEKUN + JOINT,
    # 民发〔2019〕62号 二(一)至(四): township checks in fifteen days, county confirms, no notice anywhere
    "child_allowance": """
applied   receive        T               -              - -
received  verify         T               -              P -
verified  submit         T               -              - -
submitted confirm        child_authority -              A -
submitted refuse         child_authority refusal_reason A -
confirmed take_effect    CCA             -              - -
effective review         T+V             -              - -
refused   notify_refusal T               refusal_reason - -
""",
    # 国发〔2015〕52号: 乡镇受理初审, 残联审核, 民政审定; 安丘 做法3 since 2020-12-01 the township decides
    "disability_subsidies": """
applied  accept           T                    materials_complete - -
accepted verify           T+V                  -                  P -
verified check_disability CX:残联              -                  - -
checked  grant            disability_authority -                  A -
checked  refuse           disability_authority refusal_reason     A -
granted  take_effect      CCA                  -                  - -
refused  notify_refusal   T                    refusal_reason     - -
""",
    # 安丘 做法3 "由镇街区在24小时先行救助，后补齐相关手续"; 民发〔2018〕23号 二; 赣发 五(七) filed with
    # the county
    "emergency_aid": """
unreported report             ANYONE+V                  -                - -
reported   judge              T+V                       -                P -
judged     aid                temporary_small_authority within_small_sum A -
judged     exceed_small_sum   T                         above_small_sum  - -
judged     dismiss            temporary_small_authority refusal_reason   A -
aided      complete_paperwork T                         -                - -
completed  file_with_county   T+CCA                     -                - -
""",
    # 江府〔2018〕6号 一(三) the county determines anew after the grace; 经验启示: a series of months, not
    # one check
    "exit_with_grace": """
enjoying   determine               T               monitored_series P -
determined queue                   CCA             -                - -
queued     recheck                 T               -                - -
determined enter_grace             dibao_authority grace_qualifies  A -
determined stop                    dibao_authority no_moratorium    A -
determined keep                    dibao_authority still_eligible   A -
grace      redetermine             CCA+T           -                - -
grace      redetermine_disabled    CCA+T           disabled_worker  - -
grace      prepare_redetermination T               -                - -
reviewing  stop                    dibao_authority no_moratorium    A -
reviewing  resume                  dibao_authority still_eligible   A -
exiting    notify                  T               refusal_reason   - -
""",
    # 《社会救助暂行办法》 第四十八条 township examines and posts, county decides; 安丘 做法3 一事一议,
    # 总结2 绿色通道
    "expenditure_aid": """
applied       accept           T                   materials_complete  - -
accepted      put_first        T                   watched_family      - -
applied       return_materials T                   -                   - -
incomplete    supplement       APPLICANT           -                   - -
accepted      investigate      T+V                 two_investigators   - -
investigated  appraise         T+V                 -                   - -
appraised     give_opinion     T                   -                   P -
opinion_given post_notice      V+T                 -                   - -
noticing      notice_over      T                   no_open_objection   - village_board
noticing      object           ANYONE              -                   - -
reopened      renew_opinion    T                   -                   P -
submitted     approve          temporary_authority -                   A -
submitted     convene          temporary_authority -                   - -
in_conference confer           CCA+T               conference_recorded - -
conferred     approve          temporary_authority -                   A -
submitted     refuse           temporary_authority refusal_reason      A -
approved      pay              CCA+T               -                   - -
refused       notify_refusal   T                   refusal_reason      - -
*             withdraw         APPLICANT           -                   - -
""",
    # 盘州 二(三)三 monthly, 二(二)二 近三年…一户（人）一条救助链, 二(二)三 乡镇、村联合入户, 二(四)三
    # 会商; 赣发 六(三) two lists
    "list_upkeep": """
adopted  adopt     CCA+list_partner - - -
watched  refresh   CCA     -              - -
watched  chain     CCA     chain_complete - -
watched  confer    JC      -              - -
watched  compare   CCA+CAG -              - -
compared verify    T+V     lists_differ   P -
verified feed_back CCA     -              - -
verified adjust    CCA+list_partner - A -
""",
    # 盘州 附件（市农业农村局）: 监测对象认定和帮扶; village, township, county
    "monitoring_recognition": """
undiscovered discover    V+T                  -                 - -
discovered   check       V                    -                 - -
checked      post_notice V                    -                 P -
noticing     notice_over T                    no_open_objection - village_board
reviewed     confirm     monitoring_authority -                 A -
reviewed     dismiss     monitoring_authority refusal_reason    A -
listed       support     T+CAG                -                 - -
""",
    "risk_elimination": """
unlisted list      monitoring_authority -              - -
listed   propose   V                    -              P -
proposed review    T                    -              - -
reviewed eliminate monitoring_authority -              A -
reviewed keep      monitoring_authority refusal_reason A -
""",
    # 220号 第十四条, 57号 第十一条 单独登记备案; 220号 第二十六条, 57号 第二十条 the county visits every
    # one
    "near_relative_filing": """
declared   accept   T   - - -
accepted   register T   - P -
accepted   clear    TL  - A -
registered visit    CCA - - -
visited    close    CCA - A -
""",
    # 220号 第三十三条, 57号 第三十一条 three classes; 《社会救助暂行办法》 第四十五条 连续3次; 57号
    # 第三十二条 告知并说明理由
    "periodic_review": """
enjoying  last_review              T               -                       - -
scheduled review_stable            T+V             class_stable            - -
scheduled review_relatively_stable T+V             class_relatively_stable - -
scheduled review_unstable          T+V             class_unstable          - -
scheduled review_tekun             T+V             class_tekun             - -
scheduled review_after_death       T+V             member_died             - -
scheduled report_change            APPLICANT       situation_changed       - -
reviewing give_opinion             T               -                       P -
opined    keep                     dibao_authority -                       A -
opined    decide_change            dibao_authority -                       A -
opined    reduce_share             dibao_authority work_refused            A -
opined    find_over_line           dibao_authority monitored_series        A -
decided   notify                   T               refusal_reason          - -
notified  adjust                   CCA             -                       - -
""",
    # 43号 第二十三条: 供养服务机构、村（居）委会、本人报告; 县级民政部门组织复核评估
    "self_care_review": """
supported report       CX:供养机构+V+APPLICANT - P -
reported  assess       CCA+T+V                 - - -
assessed  decide_class tekun_authority         - A -
assessed  keep_class   tekun_authority         - A -
decided   adjust       CCA                     - - -
""",
    # 赣发 五(七) "金额较小的…全部委托街道审批发放，报县级民政备案"; 安丘 做法3 备用金
    "small_sum_aid": """
applied  accept           T                         -                - -
accepted verify           T+V                       -                P -
verified approve          temporary_small_authority within_small_sum A -
verified exceed_small_sum T                         above_small_sum  - -
verified refuse           temporary_small_authority refusal_reason   A -
approved pay              T                         reserve_balance  - -
paid     file_with_county T+CCA                     -                - -
refused  notify_refusal   T                         refusal_reason   - -
""",
    # 43号 第二十四至二十七条: reported, verified by the township, the county posts and decides, other
    # help is checked
    "tekun_termination": """
supported  report       V+CX:供养机构+T -                 - -
reported   verify       T               -                 P -
verified   propose      CCA             -                 - -
verified   keep         tekun_authority still_eligible    A -
proposed   post_notice  T+V             -                 - -
noticing   notice_over  T               no_open_objection - facility_board
noticing   object       ANYONE          -                 - -
reopened   reexamine    CCA             -                 - -
decidable  terminate    tekun_authority refusal_reason    A -
terminated refer        T+CCA           -                 - -
referred   stop_support CCA             -                 - -
""",
}


# 安丘 做法3: 城乡低保、特困人员供养、临时救助、残疾人“两项补贴”
DELEGATED = ("dibao", "tekun", "temporary", "disability")


def row(edge: Edge) -> tuple[str, ...]:
    """An edge as a row of the tables above."""
    marks = ("P" if edge.prepares else "") + ("A" if edge.approves else "")
    who = "+".join(edge.who)
    return edge.from_, edge.event, who, edge.guard or "-", marks or "-", edge.notice or "-"


def rows(table: str) -> list[tuple[str, ...]]:
    """The rows of a table above."""
    return [tuple(line.split()) for line in table.strip().splitlines() if line]


@pytest.mark.parametrize("key", sorted({*procedures(), *TABLES}))
def test_who_holds_the_key_and_what_is_asked_first(key: str) -> None:
    run = [row(edge) for edge in procedures()[key].edges]
    told = rows(TABLES[key])
    assert len(set(told)) == len(told), "a row stands here twice"
    assert sorted(run) == sorted(told)


@pytest.mark.parametrize(
    ("name", "region", "on", "who"),
    [
        # 民发〔2012〕220号 第二十六条; 民发〔2021〕57号 第二十条
        ("dibao_authority", "440703", 20180611, "CCA"),
        ("dibao_authority", "110101", 20210701, "CCA"),
        # 安丘 做法3: 自2020年12月1日起…审批权限下放至镇街区
        *((f"{kind}_authority", "370784", 20201130, "CCA") for kind in DELEGATED),
        *((f"{kind}_authority", "370784", 20201201, "TL") for kind in DELEGATED),
        ("tekun_authority", "110101", 20210701, "CCA"),  # 43号 第三条
        ("disability_authority", "110101", 20200101, "CCA"),  # 国发〔2015〕52号
        ("rigid_authority", "370784", 20250101, "CCA"),  # 民发〔2024〕57号 第三条
        ("child_authority", "370784", 20210101, "CCA"),  # 民发〔2019〕62号 二(三)
        ("monitoring_authority", "520281", 20250912, "CAG"),  # 盘州 附件（市农业农村局）
        ("list_partner", "440703", 20180312, "CAG"),  # 江府 二(二)1 牵头单位：市扶贫办、市民政局
        ("list_partner", "360102", 20180630, "CCA"),
        ("temporary_small_authority", "370784", 20201201, "TL"),  # 安丘 做法3: 1000元以下
        ("temporary_small_authority", "360102", 20190301, "TL"),  # 赣发 五(七): 全部委托街道
    ],
)  # fmt: skip
def test_who_decides_where_and_when(name: str, region: str, on: int, who: str) -> None:
    area = "URBAN" if region.startswith("36") else "RURAL"  # 赣发 is about towns
    assert LAW.values.require(name, region, area, on) == who
