"""Every procedure as one region runs it on one day: whole, owned, dated, and nobody approves what they
prepared.

A place and day is a row of CLAIMED; a new procedure, switch or region is tested by being there.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from doudi.law.casefile import NO_DOCUMENT
from doudi.law.errors import BadDeclaration, MissingValue
from doudi.law.procedures import citation, procedures, read_edge, words
from doudi.law.procedures.enacted import Place, actors, enact, limit
from doudi.law.rulebook import Law
from doudi.law.spec import Edge, Procedure
from doudi.law.steps import UNDATED

LAW = Law.load()

CLAIMED = (
    ("440703", "URBAN", 20180611, "江门 2018，试行办法"),
    ("440781", "RURAL", 20200615, "江门 2020"),
    ("360102", "URBAN", 20190301, "江西 2019"),
    ("370784", "RURAL", 20201130, "安丘，下放前一天"),
    ("370784", "RURAL", 20201201, "安丘，下放当天"),
    ("370784", "RURAL", 20210630, "安丘，试行办法最后一天"),
    ("370784", "RURAL", 20210701, "安丘，新办法第一天"),
    ("520281", "RURAL", 20251009, "盘州，非试点乡镇"),
    ("520281123", "RURAL", 20250911, "盘关镇，试点前一天"),
    ("520281123", "RURAL", 20250912, "盘关镇，试点第一天"),
    ("520281214", "RURAL", 20251231, "保基乡，试点最后一天"),
    ("520281214", "RURAL", 20260101, "保基乡，试点结束"),
    ("110101", "URBAN", 20221019, "全国，2022年通知前一天"),
    ("110101", "URBAN", 20221020, "全国，2022年通知当天"),
)
# What no document gives, filled in so that the exit procedure can be drawn at all.
FILLED = LAW.values.with_plain(
    {"exit_moratorium@370784": False, "grace_months@370784": 6, "grace_months@110101": 6}
)
# States that no claimed place and day has.
ELSEWHERE = {
    # a moratorium is a county's own notice; appraisal of an expenditure case is a county's choice
    "exit_with_grace": {"queued"},
    "expenditure_aid": {"appraised"},
    # shares its table with the procedure of 2012, which is older than the families it recognises
    "rigid_recognition": {
        "appraised", "county_checked", "approval_opined", "approval_noticing", "approval_reopened",
        "decidable",
    },
}  # fmt: skip
# Open states for which the documents set no day and no total: the desk reminds after `undated_step_days`.
UNDATED_BY_DOCUMENT = {
    # 民发〔2012〕220号: between the dated steps the measures say 及时, and there is no total
    "unified_recognition": {"accepted", "appraised", "opinion_given", "submitted", "approval_opined"},
    "tekun_recognition": {"opinion_given", "confirmed"},
    "tekun_termination": {"reported", "verified", "proposed", "decidable", "terminated"},
    "child_allowance": {"refused"},
    "disability_subsidies": {"accepted", "verified", "checked"},
}
# The procedure's own document did not exist before.
SINCE = {
    "rigid_recognition": 20250101,
    "child_allowance": 20200101,
    "disability_subsidies": 20160101,
    "monitoring_recognition": 20210101,
    "risk_elimination": 20210101,
}


def enacted() -> Iterator[tuple[Procedure, Procedure, Place, int]]:
    """(as written, as enacted, place, day) for every procedure at every claimed place and day."""
    for region, area, on, _ in CLAIMED:
        place = Place(FILLED, region, area)
        for key, procedure in procedures().items():
            if on >= SINCE.get(key, 0):
                yield procedure, enact(procedure, place, on), place, on


EVERY = [
    pytest.param(*row, id=f"{row[0].key}-{row[2].region}-{row[3]}") for row in enacted()
]  # fmt: skip


def paths(procedure: Procedure, state: str, seen: tuple[Edge, ...] = ()) -> Iterator[tuple[Edge, ...]]:
    """Every way from a state to a final one that takes no edge twice."""
    if state in procedure.final:
        yield seen
        return
    for edge in procedure.edges:
        if (
            edge.from_ == state
            and edge not in seen
            and edge.to != state
            and edge.event not in ("withdraw", "terminate")
        ):
            if any(step.from_ == edge.to for step in seen):
                continue
            yield from paths(procedure, edge.to, (*seen, edge))


def test_it_works() -> None:
    assert "unified_recognition" in procedures()
    assert procedures()["unified_recognition"].label == "低收入人口统一认定"


@pytest.mark.parametrize(("written", "run", "place", "on"), EVERY)
def test_every_state_is_reached_and_leads_to_an_end(
    written: Procedure, run: Procedure, place: Place, on: int
) -> None:
    reached = {run.start, *(edge.to for edge in run.edges)}
    assert set(run.states) == reached
    ends = set(run.final)
    while more := {edge.from_ for edge in run.edges if edge.to in ends} - ends:
        ends |= more
    assert reached == ends, "a case could stop where no end can be reached"
    assert run.final, "the procedure has no end here"


@pytest.mark.parametrize(("written", "run", "place", "on"), EVERY)
def test_every_open_state_has_an_owner_and_a_deadline(
    written: Procedure, run: Procedure, place: Place, on: int
) -> None:
    assert limit(UNDATED, place, on).count > 0
    undated = UNDATED_BY_DOCUMENT.get(written.key, set())
    for state in set(run.states) - set(run.final):
        out = [edge for edge in run.edges if edge.from_ == state and edge.to != state]
        assert out, state
        for edge in out:
            codes = actors(edge.who, place, on)
            assert codes, (state, edge.event)
            assert all(code in words().actors for code in codes), (state, codes)
        own = [limit(edge.within, place, on).count for edge in out if edge.within]
        total = limit(run.total, place, on).count if run.total else 0
        started = state != run.start
        assert not started or any(own) or total or state in undated, state


@pytest.mark.parametrize(("written", "run", "place", "on"), EVERY)
def test_nobody_approves_what_they_prepared(
    written: Procedure, run: Procedure, place: Place, on: int
) -> None:
    for way in paths(run, run.start):
        prepared = {code for edge in way if edge.prepares for code in actors(edge.who, place, on)}
        approved = {code for edge in way if edge.approves for code in actors(edge.who, place, on)}
        assert not prepared & approved, [edge.event for edge in way]


def test_a_decision_given_back_to_its_preparer_would_be_seen() -> None:
    values = LAW.values
    place = Place(values, "110101", "URBAN")
    run = enact(procedures()["small_sum_aid"], place, 20250101)
    wrong = replace(run, edges=tuple(replace(e, who=("T",)) if e.approves else e for e in run.edges))
    with pytest.raises(AssertionError):
        test_nobody_approves_what_they_prepared(wrong, wrong, place, 20250101)


@pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.key)
def test_every_way_to_an_approval_was_prepared_by_someone(procedure: Procedure) -> None:
    """A procedure that decides something has a row that prepares it; registration and filing are decisions,
    too.
    """
    assert any(edge.approves for edge in procedure.edges)
    assert any(edge.prepares for edge in procedure.edges)


@pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.key)
def test_every_state_is_used_somewhere(procedure: Procedure) -> None:
    used = {
        state
        for written, run, _, _ in enacted()
        if written.key == procedure.key
        for edge in run.edges
        for state in (edge.from_, edge.to)
    }
    assert set(procedure.states) - used == ELSEWHERE.get(procedure.key, set())


@pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.key)
def test_words_are_known_and_events_unambiguous(procedure: Procedure) -> None:
    for edge in procedure.edges:
        assert edge.guard is None or edge.guard in words().guards
        assert edge.notice is None or edge.notice in words().notices
        assert edge.notice is None or edge.within is not None, "a notice hangs for a time"
    once = Counter((edge.from_, edge.event) for edge in procedure.edges)
    assert max(once.values()) == 1


def test_every_guard_and_board_is_asked_for_somewhere() -> None:
    guards = {edge.guard for procedure in procedures().values() for edge in procedure.edges}
    boards = {edge.notice for procedure in procedures().values() for edge in procedure.edges}
    assert set(words().guards) - guards == set()
    assert set(words().notices) - boards == set()


def test_a_check_names_the_value_it_is_held_against() -> None:
    """220号第二十二条: 三分之二; 第十八条: at least two. A county that says three is asked for three."""
    counted = {"investigators_least": "3", "appraisal_villagers_thirds": "2"}
    assert words().guard("two_investigators", counted.__getitem__).startswith("调查人员不少于3人，")
    assert words().guard("appraisal_quorum", counted.__getitem__).endswith("三分之2")
    named = {name for text in words().guards.values() for name in re.findall(r"\{(\w+)\}", text)}
    assert named <= set(LAW.parameters)


def test_a_rigid_family_is_recognised_by_whom_its_own_measures_name() -> None:
    """民发〔2024〕57号第三条: the county, also where dibao is decided in the township."""
    rigid = {code for edge in procedures()["rigid_recognition"].edges for code in edge.who}
    assert "rigid_authority" in rigid
    assert "dibao_authority" not in rigid


def test_every_scheme_s_procedure_is_here() -> None:
    for scheme in LAW.schemes:
        assert scheme.procedure is None or scheme.procedure in procedures(), scheme.key


def test_a_child_is_never_posted() -> None:
    """民发〔2019〕62号 二(二)：为保护儿童隐私，不宜设置公示环节."""
    run = procedures()["child_allowance"]
    assert all(edge.notice is None for edge in run.edges)
    assert not any("公示" in edge.label or "公布" in edge.label for edge in run.edges)


def test_no_notice_shows_id_disease_or_bank() -> None:
    for board in words().notices.values():
        assert not any(word in board["shows"] for word in ("身份证", "疾病", "残疾", "账户", "住址"))


def test_one_table_runs_under_four_versions() -> None:
    """The same rows under the trial measures, Anqiu, the national measures and the pilot."""

    def main(region: str, on: int) -> list[str]:
        run = enact(procedures()["unified_recognition"], Place(LAW.values, region, "RURAL"), on)
        state, way = run.start, []
        while state not in run.final:
            edge = next(edge for edge in run.edges if edge.from_ == state and edge.to != state)
            way.append(edge.event)
            state = edge.to
        return way

    township = ["accept", "start_investigation", "finish_investigation"]
    assert main("440703", 20180611) == [
        *township, "appraise", "give_opinion", "post_notice", "notice_over", "county_check",
        "approval_opinion", "post_approval_notice", "approval_notice_over", "confirm", "take_effect",
    ]  # fmt: skip
    assert main("370784", 20201207) == [
        *township, "give_opinion", "county_check", "approval_opinion", "post_approval_notice",
        "approval_notice_over", "confirm", "take_effect",
    ]  # fmt: skip
    assert main("370784", 20210701) == [
        *township,
        "give_opinion",
        "post_notice",
        "notice_over",
        "confirm",
        "take_effect",
    ]
    assert main("520281214", 20251009) == [
        *township, "analyse", "give_opinion", "spot_check", "post_notice", "notice_over", "confirm_civil",
        "confirm_agriculture", "mark_systems", "take_effect",
    ]  # fmt: skip
    assert main("520281214", 20251009) != main("520281214", 20260101) == main("520281", 20251009)


def test_two_departments_may_sign_in_either_order_and_disagreement_has_an_owner() -> None:
    run = enact(procedures()["unified_recognition"], Place(LAW.values, "520281123", "RURAL"), 20251009)
    decisions = {
        tuple(edge.event for edge in way if edge.approves)
        for way in paths(run, run.start)
        if way[-1].event == "take_effect" and all(edge.event not in ("object",) for edge in way)
    }
    assert decisions == {
        ("confirm_civil", "confirm_agriculture"),
        ("confirm_agriculture", "confirm_civil"),
        ("confirm_civil", "conference_ruling"),
        ("confirm_agriculture", "conference_ruling"),
    }


def test_a_switch_nobody_filled_in_is_asked_for() -> None:
    """Where the table says that the row can wait (`filled`), the rest of the procedure stands without it."""
    anqiu, run = Place(LAW.values, "370784", "RURAL"), procedures()["exit_with_grace"]
    enacted = enact(run, anqiu, 20200601)
    assert "queued" not in enacted.states
    assert "grace" in enacted.states
    strict = [replace(edge, switch=(edge.switch or "").removeprefix("filled ") or None) for edge in run.edges]
    with pytest.raises(MissingValue, match="暂停低保退出"):
        enact(replace(run, edges=tuple(strict)), anqiu, 20200601)


def test_a_region_s_own_document_is_not_quoted_elsewhere() -> None:
    assert words().quotable("赣发〔2018〕7号 五(七)", "360102")
    assert not words().quotable("赣发〔2018〕7号 五(七)", "440703")
    assert words().quotable("民发〔2021〕57号 第十九条", "440703")


def test_a_citation_knows_its_document() -> None:
    assert citation("民发〔2012〕220号 第十三条").until is not None
    assert citation(NO_DOCUMENT).text == NO_DOCUMENT
    with pytest.raises(KeyError):
        citation("民发〔2099〕1号 第一条")


def test_a_table_with_a_wrong_word_is_refused() -> None:
    row = {"from": "a", "event": "x", "to": "b", "who": ["T"], "label": "一", "cites": ["民发〔2021〕57号"]}
    for wrong, what in (
        ({**row, "whom": ["T"]}, "不认识的键：whom"),
        ({key: value for key, value in row.items() if key != "who"}, "缺少：who"),
        ({**row, "to": "nowhere"}, "nowhere"),
        ({**row, "cites": ["某文件"]}, "某文件"),
    ):
        with pytest.raises(BadDeclaration, match=what):
            read_edge(wrong, 1, {"a": "甲", "b": "乙"}, "procedures/x.toml")
