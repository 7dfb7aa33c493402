"""Which documents may be quoted: by date, by place, and never a name nobody registered."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from doudi.assessment.contents import Contents
from doudi.assessment.evaluate import assess
from doudi.assessment.program import program
from doudi.law.citing import DIBAO_2012, DIBAO_2021, JIANGXI_2018, applicable, cited, quoted, source
from doudi.law.predicate import Predicate
from doudi.law.rulebook import Law
from doudi.law.worked import load_cases, values_of

BOTH = quoted(DIBAO_2012.art("第四条"), DIBAO_2021.art("第十三条"), JIANGXI_2018.art("五(一)1"))


@pytest.mark.parametrize(
    ("on", "place", "told"),
    [
        (date(2021, 6, 30), "440703", "民发〔2012〕220号 第四条"),
        (date(2021, 7, 1), "440703", "民发〔2021〕57号 第十三条"),
        (date(2018, 6, 1), "360102", "民发〔2012〕220号 第四条；赣发〔2018〕7号 五(一)1"),
        (date(2018, 6, 1), "370784", "民发〔2012〕220号 第四条"),
        (date(2010, 6, 1), "370784", ""),
    ],
)
def test_a_citation_is_quoted_where_and_when_its_document_governs(on: date, place: str, told: str) -> None:
    assert applicable(BOTH, on=on, place=place) == told


def test_what_cites_no_document_stays() -> None:
    assert applicable("系统默认，非法定", on=date(2010, 1, 1), place="110105") == "系统默认，非法定"


def test_a_cite_knows_the_days_of_its_document() -> None:
    cite = DIBAO_2012.art("第十七条")
    assert (cite.from_, cite.until) == (date(2012, 12, 12), date(2021, 7, 1))
    assert DIBAO_2021.art("").text == "民发〔2021〕57号"


def test_a_document_nobody_registered_cannot_be_cited() -> None:
    with pytest.raises(KeyError):
        source("某发〔2099〕1号")


# --- what the receipts of all worked cases quote -------------------------------------------------------

HOMES = {
    "江府〔2018〕6号": ("4407",),
    "《“两线合一”构建立体化社保扶贫格局》": ("4407",),
    "赣发〔2018〕7号": ("36",),
    "江西省": ("36",),
    "《织密扎牢民生兜底脱贫保障“安全网”》": ("370784",),
    "山东省": ("37",),
    "盘州市": ("520281123", "520281214"),
    "贵州省": ("52",),
    "广东省": ("44",),
    "浙江省": ("33",),
}
"""Whose documents they are, as the documents say of themselves."""


@cache
def law() -> Law:
    return Law.load().with_values(values_of(load_cases()))


@cache
def told() -> dict[str, Contents]:
    """Every worked case as its receipt has it."""
    made = {}
    for case in load_cases():
        on = date.fromisoformat(str(case.on))
        made[case.id] = Contents(assess(case.document(law().book), on=on, law=law()))
    return made


@cache
def answers(case_id: str) -> list[dict[str, Any]]:
    contents = told()[case_id]
    return [contents.result(answer) for answer in contents.it.answers]


def quotations(case_id: str) -> Iterator[tuple[str, str, int]]:
    """(citation, place, day) of everything a receipt quotes; a law value goes by its own place and day."""
    contents = told()[case_id]
    place, on = contents.labels.place, contents.labels.on
    for row in answers(case_id):
        texts = [row["basis"], (row["reason"] or {}).get("article", "")]
        texts += [one["cites"] for one in (*row["conditions"], *row["supplements"])]
        yield from ((text, place, on) for text in texts)
    rules = {rule.name: rule.cites for rule in law().rules}
    for name, _ in contents.behind:
        yield applicable(rules.get(name, ""), on=contents.it.on, place=place), place, on
    for row in contents.values():
        yield row.get("cites", ""), row["place"], row["on"]


def test_every_citation_of_every_case_is_in_force_there_and_then() -> None:
    documents = law().values.documents
    wrong = set()
    for key in told():
        for text, place, on in quotations(key):
            for part in filter(None, text.split("；")):
                named = [one for name, one in documents.items() if part.startswith(name)]
                home = next((codes for name, codes in HOMES.items() if part.startswith(name)), ("",))
                if not all(one.in_force(on) for one in named) or not place.startswith(home):
                    wrong.add((part, place, on, key))
    assert wrong == set()


def conclusion(case_id: str, key: str = "dibao") -> dict[str, Any]:
    return next(row for row in answers(case_id) if row["scheme"] == key and row["verdict"] == "YES")


def test_who_is_admitted_by_the_expenditure_route_reads_which_document_admits() -> None:
    by_route, below = conclusion("dibao-route-01"), conclusion("dibao-jiangxi-01")
    income = next(one for one in by_route["conditions"] if one["rule"] == "dibao_income_met")
    assert "赣发〔2018〕7号 五(一)1、五(一)3" in by_route["basis"]
    assert "赣发〔2018〕7号 五(一)1、五(一)3" in income["cites"]
    assert "赣发" not in below["basis"]
    anqiu = conclusion("dibao-anqiu-0012")["basis"]
    assert "（安丘市） 做法1" in anqiu
    assert "赣发" not in anqiu


def test_our_reading_of_a_word_the_document_leaves_open_says_it_is_ours() -> None:
    """赣发〔2018〕7号 四(三) lists 因祸 and explains it nowhere: a disaster is not turned away."""
    disaster = conclusion("expenditure-poor-cause-06", "expenditure_poor")
    (cause,) = [one for one in disaster["conditions"] if one["rule"] == "expenditure_cause"]
    for told in (disaster["basis"], cause["cites"]):
        assert "赣发〔2018〕7号 四(三)" in told
        assert "系统默认，非法定（文件没有解释“因祸”，含因灾）" in told
    assert "系统默认" not in conclusion("expenditure-poor-cause-04", "expenditure_poor")["basis"]


def test_a_grace_names_the_local_rule_it_runs_by() -> None:
    assert "江府〔2018〕6号 一(三)" in conclusion("grace-jiangmen-01", "grace")["basis"]


@pytest.mark.parametrize(
    ("case_id", "refusal", "document"),
    [
        ("grace-jiangxi-02", "不属当地规定的渐退对象", "赣发〔2018〕7号 五(一)1"),
        ("grace-jiangmen-08", "不属当地规定的渐退对象", "江府〔2018〕6号 一(三)"),
        ("grace-jiangmen-04", "渐退期已满", "江府〔2018〕6号 一(三)"),
        ("grace-jiangmen-11", "没有在享低保", ""),
    ],
)
def test_a_refusal_names_the_document_that_holds_the_condition_it_refuses_by(
    case_id: str, refusal: str, document: str
) -> None:
    reason = next(row for row in answers(case_id) if row["scheme"] == "grace")["reason"]
    assert reason["text"] == refusal
    local = [part for part in reason["article"].split("；") if not part.startswith(("民发", "《关于"))]
    assert local == ([document] if document else [])


def test_a_citation_with_a_condition_is_quoted_of_whom_it_is_about() -> None:
    route = (JIANGXI_2018.art("五(一)3", when="not below and route"),)
    there: dict[str, Any] = {"on": date(2018, 6, 1), "place": "360102"}
    assert cited(route, **there, figures={"below": False, "route": True}) == "赣发〔2018〕7号 五(一)3"
    for figures in ({"below": True, "route": True}, {"below": False, "route": None}, None):
        assert cited(route, **there, figures=figures) == ""


def test_what_a_citation_turns_on_stands_behind_a_condition_of_its_scheme() -> None:
    """A receipt holds what is behind its conditions; computed again from itself it must quote the same."""
    made, conditional = program(law()), 0
    for scheme in law().schemes:
        asked = {name for test in scheme.conditions for name in made.closure(test.rule)}
        parts = (scheme.basis, *(one.cites for one in (*scheme.conditions, *scheme.supplements)))
        for when in [cite.when for cites in parts for cite in cites if cite.when]:
            conditional += 1
            assert Predicate.parse(when).names() <= asked
    assert conditional


@pytest.mark.parametrize("on", [date(2013, 6, 1), date(2018, 6, 1), date(2020, 10, 1), date(2022, 6, 1)])
def test_income_and_the_line_are_never_without_an_article(on: date) -> None:
    """220号第十六条 is the whole of income before July 2021; 第四条 the line before the measures of 2014."""
    cites = {rule.name: rule.cites for rule in law().rules}
    for name in (
        "base_income_12m",
        "income_12m",
        "per_capita_income",
        "dibao_standard_12m",
        "dibao_distance",
    ):
        assert applicable(cites[name], on=on, place="110105"), (name, on)
