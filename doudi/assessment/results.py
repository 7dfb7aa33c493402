"""The answers for a file's households as tables, one row a household or a person, for any kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from doudi.assessment.batch import CO_LIVING, MEMBERS, Outcome, Row, Said
from doudi.assessment.program import program
from doudi.engine.vocabulary import HOUSEHOLD, PERSON, Value
from doudi.intake.households import Family
from doudi.intake.writing import Table
from doudi.kernel.verdict import Verdict
from doudi.law.citing import cited
from doudi.law.labels import Labels
from doudi.law.rulebook import Law
from doudi.law.spec import Scheme, Unit

WORDS = {Verdict.YES: "符合", Verdict.NO: "不符合", Verdict.UNCLEAR: "待核实"}
NOT_IN_FORCE = ("NOT_IN_FORCE", "未实行")
Done = Sequence[tuple[Family, Outcome]]


def tables(done: Done, law: Law, *, every: bool = False) -> list[Table]:
    """结果 and 成员结果; with `every` also 测算过程 and 成员测算过程, a column for each figure."""
    made = [_households(done, law), _persons(done, law)]
    if every and done:
        made += [_figures(done, law, HOUSEHOLD), _figures(done, law, PERSON)]
    return made


def _households(done: Done, law: Law) -> Table:
    schemes = [scheme for scheme in law.schemes if scheme.unit is Unit.HOUSEHOLD]
    columns = [
        *_texts(household_id="户编号", head="户主", region_code="地区代码"),
        ("area_type", "城乡类型", "coded"),
        (MEMBERS, "计入人口", "int"),
        (CO_LIVING, "共同生活人口", "int"),
        *_columns(schemes),
    ]
    return Table("结果", "results", columns, (_household(*one, schemes, law) for one in done))


def _household(family: Family, outcome: Outcome, schemes: Sequence[Scheme], law: Law) -> list[Any]:
    row, head = outcome.household, family.heads[0].values.get("name")
    code = str(row["area_type"])
    area = (code, law.codes["area_type"].labels[code])
    said = ((scheme, outcome.said(scheme)[0]) for scheme in schemes)
    people = (row[MEMBERS], row[CO_LIVING])
    return [family.key, head, row["region_code"], area, *people, *_cells(said, row, family, law)]


def _persons(done: Done, law: Law) -> Table:
    schemes = [scheme for scheme in law.schemes if scheme.unit is Unit.PERSON]
    columns = [*_texts(household_id="户编号", person_id="人员编号", name="姓名"), *_columns(schemes)]
    return Table(
        "成员结果", "persons", columns, (row for one in done for row in _members(*one, schemes, law))
    )


def _members(family: Family, outcome: Outcome, schemes: Sequence[Scheme], law: Law) -> Iterator[list[Any]]:
    answers = [(scheme, outcome.said(scheme)) for scheme in schemes]
    for at, member in enumerate(family.members):
        said = ((scheme, found[at]) for scheme, found in answers)
        row = {**outcome.household, **outcome.persons[at]}
        yield [*_who(family, at), member.values.get("name"), *_cells(said, row, family, law)]


def _who(family: Family, at: int) -> tuple[Value, Value]:
    return family.key, family.members[at].values.get("person_id") or f"{family.key}-{at + 1}"


def _texts(**headers: str) -> Iterator[tuple[str, str, str]]:
    return ((key, header, "text") for key, header in headers.items())


def _columns(schemes: Sequence[Scheme]) -> Iterator[tuple[str, str, str]]:
    for scheme in schemes:
        key, short = scheme.key, scheme.short
        yield f"{key}_verdict", short, "coded"
        if scheme.amount:
            monthly = "月" if scheme.amount_unit == "fen/month" else ""
            yield f"{key}_amount", f"{short}{monthly}金额", "money"
        for extra in scheme.supplements:
            yield f"{key}_{extra.key}", f"{short}：{extra.label}", "money"
        yield from (
            (f"{key}_reason", f"{short}：理由", "text"),
            (f"{key}_missing", f"{short}：待核实", "text"),
        )


def _cells(said: Iterable[tuple[Scheme, Said]], row: Row, family: Family, law: Law) -> Iterator[Any]:
    """`row`: the figures of the household, or of a member with the household's behind."""
    for scheme, answer in said:
        yield (answer.verdict.value, WORDS[answer.verdict]) if answer.in_force else NOT_IN_FORCE
        if scheme.amount:
            yield answer.amount if answer.in_force else None
        yield from answer.supplements
        yield _reason(answer, row)
        yield "、".join(_leaf(name, at, family, law) for name, at in answer.lacking) or None


def _reason(answer: Said, row: Row) -> str | None:
    """Why not, with the articles that govern there and then and are about them; None unless it is no."""
    if answer.failed is None:
        return None
    on = date.fromisoformat(str(row["on"]))
    articles = cited(answer.failed.cites, on=on, place=str(row["region_code"]), figures=row)
    return f"{answer.failed.refusal}（{articles}）" if articles else answer.failed.refusal


def _leaf(name: str, at: int | None, family: Family, law: Law) -> str:
    if name.startswith("value:"):
        return f"政策数值“{law.parameters[name.removeprefix('value:')].label}”"
    who = "" if at is None else f"{family.members[at].values.get('name') or f'成员{at + 1}'}的"
    return who + law.facts[name].label


def _figures(done: Done, law: Law, entity: str) -> Table:
    labels, columns, whole = Labels(law, "", "", 0), program(law).columns, entity == HOUSEHOLD
    names = [name for name, column in columns.items() if column.rule and column.entity == entity]
    kinds = {name: "money" if labels.unit(name).startswith("fen") else "text" for name in names}
    keys = _texts(household_id="户编号") if whole else _texts(household_id="户编号", person_id="人员编号")
    heads = [*keys, *((name, labels.name(name), kind) for name, kind in kinds.items())]
    rows = (
        [*_who(family, at)[: 1 if whole else 2], *(_figure(row[n], k, n, labels) for n, k in kinds.items())]
        for family, outcome in done
        for at, row in enumerate([outcome.household] if whole else outcome.persons)
    )  # fmt: skip
    return Table(*(("测算过程", "figures") if whole else ("成员测算过程", "person_figures")), heads, rows)


def _figure(value: Value, kind: str, name: str, labels: Labels) -> Value:
    return value if kind == "money" else labels.shown(name, value)
