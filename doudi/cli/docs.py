"""`doudi docs`: writes what the law says as pages, so that nobody has to read TOML, and checks that they
still agree.

`docs/law/` holds every value with its history, every scheme, programme, indicator, duty and word, and where
each clause lives; `docs/guide/procedures/` one page a procedure, with its diagram. `--check` writes nothing
and names what differs.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from doudi.cli import Exit, Refusal
from doudi.law.catalogue import Row, departments, duties, words
from doudi.law.documents import SOURCES
from doudi.law.indicators import Indicator, indicators
from doudi.law.parameters import read_toml
from doudi.law.procedures import procedures
from doudi.law.procedures import words as procedure_words
from doudi.law.programmes import groups, programmes, questions
from doudi.law.readers import readers
from doudi.law.rulebook import ROOT, Law
from doudi.law.spec import Cite, Edge, Form, Procedure, Scheme, Tier, Within
from doudi.law.texts import STATUSES, Entry
from doudi.law.trace import KINDS, clauses
from doudi.law.worked import load_cases

GENERATED = ("law", "guide/procedures")
MARK = "<!-- 由 doudi docs 生成，请勿手工修改 -->"
INDEX = {
    "schemes": "制度", "programmes": "项目", "indicators": "指标", "duties": "职责", "words": "用语",
    "documents": "文件", "trace": "条款落点",
}  # fmt: skip
AREAS = {"URBAN": "城镇 ", "RURAL": "农村 ", "": ""}
UNITS = {"household": "家庭", "person": "个人", "body": "单位"}
TIERS = {Tier.BASIC: "基本", Tier.SPECIAL: "专项", Tier.EMERGENCY: "急难", Tier.CHARITY: "慈善"}
FORMS = {Form.CASH: "现金", Form.KIND: "实物", Form.SERVICE: "服务"}
PERIODS = {"month": "每月", "half-year": "每半年", "year": "每年", "once": "一次"}
FORMULAS = {
    "entry": "填报", "share": "占比", "average": "平均", "difference": "之差", "growth": "增幅",
    "top_up": "补差水平",
}  # fmt: skip
LEVELS = {"prefecture": "设区的市", "county": "县", "township": "乡镇", "village": "村"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doudi docs`."""
    parser.add_argument("--check", action="store_true", help="只比对，不写文件；不一致则退出码为 6")
    parser.add_argument(
        "--folder", type=Path, default=Path("docs"), metavar="文件夹", help="文档文件夹，默认 docs"
    )


def run(args: argparse.Namespace) -> int:
    """Writes the pages; with --check raises Refusal naming those that differ, lack or are left over."""
    wanted = {args.folder / name: text for name, text in pages(Law.load()).items()}
    found = {path for part in GENERATED for path in (args.folder / part).glob("**/*.md")}
    stale = [path for path, text in wanted.items() if path not in found or path.read_text("utf-8") != text]
    left = sorted(found - set(wanted))
    if args.check:
        if stale or left:
            lines = [*(f"需重新生成：{path}" for path in stale), *(f"多余：{path}" for path in left)]
            raise Refusal("\n".join([*lines, "请运行 doudi docs"]), Exit.RECHECK_DIFFERS)
        print(f"{len(wanted)} 页文档与政策一致")
        return Exit.OK
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in left:
        path.unlink()
    print(f"共 {len(wanted)} 页，更新 {len(stale)} 页，删除 {len(left)} 页")
    return Exit.OK


def pages(law: Law) -> dict[str, str]:
    """Every generated page: its path under docs/ -> its text."""
    values = _values(law)
    made = {
        **{f"law/values/{name}.md": text for name, (_, text) in values.items()},
        "law/schemes.md": _schemes(law),
        "law/programmes.md": _programmes(),
        "law/indicators.md": _indicators(),
        "law/duties.md": _duties(),
        "law/words.md": _words(),
        "law/documents.md": _documents(law),
        "law/trace.md": _trace(),
        **{f"guide/procedures/{key}.md": _procedure(one, law) for key, one in procedures().items()},
    }
    topics = [f"- [{topic}](values/{name}.md)" for name, (topic, _) in values.items()]
    rows = [f"- [{one.label}](../guide/procedures/{key}.md)" for key, one in procedures().items()]
    made["law/README.md"] = _page(
        "政策",
        "　".join(f"[{label}]({name}.md)" for name, label in INDEX.items()),
        "## 数值\n\n"
        + "\n".join(topics)
        + "\n\n“止”空白：到同一地区的下一条生效为止；没有下一条的，至今有效。",
        "## 程序\n\n" + "\n".join(rows),
    )
    return dict(sorted(made.items()))


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MARK, *(part for part in parts if part)]) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


def _day(day: object) -> str:
    text = str(day or "")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 else text


def _cites(cites: Iterable[Cite]) -> str:
    return "；".join(cite.text for cite in cites)


# --- values -----------------------------------------------------------------------------------------


def _values(law: Law) -> dict[str, tuple[str, str]]:
    """file name -> (topic, page): every parameter of the topic with every entry ever in force, by region."""
    topics: dict[str, str] = {}
    for path in sorted((ROOT / "parameters").glob("*.toml")):
        topics.setdefault(read_toml(path, path.name).get("topic", path.stem), path.stem)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in law.values.entries:
        entries[entry.parameter].append(entry)
    made, who = {}, readers(law)
    for topic, name in topics.items():
        parts = []
        for parameter in (p for p in law.parameters.values() if p.topic == topic):
            rows = sorted(entries[parameter.name], key=lambda e: (e.region, e.from_))
            about = f"{parameter.unit}{'，分城乡' if parameter.by_area else ''}。{parameter.about}"
            table = _table(
                ("地区", "起", "止", "数值", "性质", "依据", "核对日", "说明"), [_entry(law, e) for e in rows]
            )
            read = f"谁用它：{'、'.join(who[parameter.name])}"
            shown = table if rows else "还没有数值。"
            parts.append(f"## {parameter.label} `{parameter.name}`\n\n{about}{read}\n\n{shown}")
        made[name] = (topic, _page(topic, *parts))
    return made


def _entry(law: Law, entry: Entry) -> tuple[str, ...]:
    parameter = law.parameters[entry.parameter]
    shown = [f"{AREAS[area]}{parameter.show(value)}" for area, value in entry.values.items()]
    shown += [f"{AREAS[area]}**待填写**：{text}" for area, text in entry.holes.items()]
    choice = f"可选 {' 至 '.join(map(parameter.show, entry.range))}" if len(set(entry.range)) > 1 else ""
    remarks = "；".join(text for text in (choice, entry.note, entry.flag) if text)
    where = f"{law.values.region_name(entry.region)} {entry.region}".strip()
    return (
        where, _day(entry.from_), _day(entry.until), "，".join(dict.fromkeys(shown)), STATUSES[entry.status],
        entry.cites, _day(entry.reviewed), remarks,
    )  # fmt: skip


# --- schemes ----------------------------------------------------------------------------------------


def _schemes(law: Law) -> str:
    return _page("制度", *(_scheme(law, scheme) for scheme in law.schemes))


def _scheme(law: Law, scheme: Scheme) -> str:
    rules = {rule.name: rule for rule in law.rules}
    labels = {one.key: one.label for one in law.schemes}
    facts = [f"对象：{UNITS[scheme.unit]}", f"依据：{_cites(scheme.basis)}", f"开关：`{scheme.enabled}`"]
    if scheme.procedure:
        label = procedures()[scheme.procedure].label
        facts.append(f"程序：[{label}](../guide/procedures/{scheme.procedure}.md)")
    if scheme.yields_to:
        facts.append("让位于：" + "、".join(labels.get(key, key) for key in scheme.yields_to))
    if scheme.amount:
        rule = rules.get(scheme.amount)
        facts.append(f"金额：`{scheme.amount}`" + (f"，{rule.doc}（{rule.cites}）" if rule else ""))
    facts += [
        f"另加：{extra.label} `{extra.amount}`（{_cites(extra.cites)}）" for extra in scheme.supplements
    ]
    facts += [text for text in (scheme.default_basis, scheme.notes) if text]
    rows = [
        (number, one.label, one.refusal, f"`{one.code}`", f"`{one.rule}`", _cites(one.cites))
        for number, one in enumerate(scheme.conditions, 1)
    ]
    table = _table(("", "条件", "不符合时", "原因", "规则", "依据"), rows)
    return f"## {scheme.label} `{scheme.key}`\n\n" + "\n".join(f"- {fact}" for fact in facts) + f"\n\n{table}"


# --- procedures -------------------------------------------------------------------------------------


def _procedure(one: Procedure, law: Law) -> str:
    known = procedure_words()

    def asked(name: str) -> str:
        return f"（{law.parameters[name].label}）"

    whole = [
        f"- {label}：{_limit(within, law)}"
        for label, within in (("总时限", one.total), ("延长后", one.extended), ("权限下放后", one.delegated))
        if within
    ]
    if one.instead:
        other = procedures()[one.instead[1]].label
        whole.append(f"- {_said(one.instead[0], law)}的地方和时期，按“{other}”办理")
    if one.borrowed:
        whole.append(f"- {_said(one.borrowed, law)}的，除总时限外各步参照低保程序，系统默认，非法定")
    rows = [
        (
            one.states.get(edge.from_, "决定之前各步"), edge.label, one.states.get(edge.to, "不变"),
            "、".join(_actor(code, law) for code in edge.who),
            f"{_limit(edge.within, law)}{'（满期才可办）' if edge.waits else ''}" if edge.within else "",
            _switch(edge, law), known.guard(edge.guard, asked) if edge.guard else "",
            known.notices[edge.notice]["label"] if edge.notice else "", _cites(edge.cites),
        )
        for edge in one.edges
    ]  # fmt: skip
    heading = ("从", "事项", "到", "由谁", "期限", "何时何地有", "须先", "公示", "依据")
    return _page(
        one.label,
        f"代号 `{one.key}`；`doudi deadline {one.key} --region 代码 --accept 日期` 列出一件的各个日期。",
        "\n".join(
            [
                *whole,
                "- “须先”一列由办理人员核对，系统还不逐项检查（办案、决定两室待建）",
                "- 天数、由谁决定和有没有某一环节，各地各时期见[程序与时限](../../law/values/procedure.md)",
            ]
        ),
        f"```mermaid\n{_diagram(one)}\n```",
        _table(heading, rows),
    )


def _diagram(one: Procedure) -> str:
    lines = ["stateDiagram-v2", *(f'  state "{label}" as {state}' for state, label in one.states.items())]
    lines.append(f"  [*] --> {one.start}")
    for edge in one.edges:
        if edge.from_ != "*":
            mark = "（可跳过）" if edge.skips else ""
            lines.append(f"  {edge.from_} --> {edge.to}: {edge.label.replace(':', '：')}{mark}")
    return "\n".join([*lines, *(f"  {state} --> [*]" for state in one.final)])


def _limit(within: Within, law: Law) -> str:
    known = procedure_words()
    count = f"`{within.count}`" if isinstance(within.count, str) else str(within.count)
    unit = known.units.get(within.unit) or f"（单位 `{within.unit}`）"
    label = f"{law.parameters[within.count].label}，" if isinstance(within.count, str) else ""
    since = "" if within.start == "previous" else f"，自 `{within.start}` 起"
    return f"{label}{count} {unit}{since}"


def _actor(code: str, law: Law) -> str:
    known = procedure_words().actors
    return known[code] if code in known else f"{law.parameters[code].label} `{code}`"


def _switch(edge: Edge, law: Law) -> str:
    """The edge's switch in words: each value by its label."""
    return _said(edge.switch or "", law) + ("；没有时跳过" if edge.skips else "")


def _said(switch: str, law: Law) -> str:
    for name in sorted(law.parameters, key=len, reverse=True):
        switch = switch.replace(name, f"“{law.parameters[name].label}”") if name in switch.split() else switch
    switch = switch.replace("is not NONE", "有规定").replace("filled ", "县里填了的")
    return switch.replace("is STABLE_EMPLOYMENT", "为就业稳定").replace("not ", "没有").replace(" and ", "，")


# --- catalogues -------------------------------------------------------------------------------------


def _span(row: Row) -> str:
    """The days a row holds, whether our own choice ends it, and the townships of a pilot."""
    end = f"，{row.until} 前" if row.until else ""
    end += f"（终止日{STATUSES['default']}）" if row.until_status == "default" else ""
    names = read_toml(ROOT / "regions.toml", "regions.toml")["regions"]
    where = "、".join(names[place] for place in row.places)
    return f"{row.from_} 起{end}" + (f"，只在{where}" if where else "")


def _programmes() -> str:
    asked = [(f"`{q.name}`", q.label, UNITS[q.entity]) for q in questions().values()]
    named = [(f"`{g.name}`", g.label, f"`{g.who.text}`") for g in groups().values()]
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for one in programmes():
        who = f"`{one.who.text}`" if one.who else one.body
        note = "；".join(filter(None, (one.row.note, one.amount and f"按 `{one.amount}`")))
        rows[f"{one.row.cites.split(' ')[0]}，{_span(one.row)}"].append(
            (
                one.label, f"{UNITS[one.unit]}：{who}", departments()[one.department].label, TIERS[one.tier],
                "、".join(FORMS[form] for form in one.forms), one.row.cites, note, f"`{one.id}`",
            )
        )  # fmt: skip
    heading = ("项目", "给谁", "部门", "层次", "形式", "依据", "说明", "编号")
    return _page(
        "项目",
        "`…_eligible` 是制度的测算结论；其余名字是事实、规则、下列人群或询问。",
        *(f"## {title}\n\n{_table(heading, found)}" for title, found in rows.items()),
        "## 人群\n\n" + _table(("名字", "人群", "条件"), named),
        "## 询问\n\n" + _table(("名字", "问什么", "问谁"), asked),
    )


def _indicators() -> str:
    rows = [
        (
            one.label, "；".join(one.inputs.values()), _target(one),
            "、".join(LEVELS[level] for level in one.level), PERIODS[one.period],
            _span(one.row), one.row.cites, STATUSES[one.row.status], one.row.note,
            f"`{one.id}`",
        )
        for one in indicators()
    ]  # fmt: skip
    heading = ("指标", "数什么", "公式与目标", "层级", "周期", "时期", "依据", "性质", "说明", "编号")
    return _page("指标", _table(heading, rows))


def _target(one: Indicator) -> str:
    asked = [FORMULAS[one.formula], f"`{one.target.text}`" if one.target else ""]
    if one.published:
        told = "，".join(f"{one.inputs[name]} {figure}" for name, figure in one.published.items())
        asked.append(f"公布：{told}")
    return "　".join(text for text in asked if text)


def _duties() -> str:
    rows = [
        (one.task, "、".join(one.lead), "、".join(one.responsible), "、".join(one.principal), one.row.cites)
        for one in duties()
    ]
    names = [(one.label, "、".join(one.names), f"`{code}`") for code, one in departments().items()]
    heading = ("任务", "牵头单位（承担单位）", "责任单位", "责任主体", "依据")
    return _page(
        "职责", _table(heading, rows), "## 部门\n\n" + _table(("部门", "文件中的名称", "代号"), names)
    )


def _words() -> str:
    rows = [
        (
            f"`{one.term}`",
            one.label,
            one.row.region or "全国",
            _span(one.row),
            one.row.cites,
            STATUSES[one.row.status],
            one.row.note,
        )
        for one in words()
    ]
    return _page("用语", _table(("术语", "显示为", "地区", "时期", "依据", "性质", "说明"), rows))


def _documents(law: Law) -> str:
    rows = [
        (name, one.title, _day(one.from_), _day(one.until), SOURCES[one.source], one.note)
        for name, one in law.values.documents.items()
    ]
    return _page("文件", _table(("引用名", "标题", "起", "止", "阅读情况", "说明"), rows))


def _trace() -> str:
    cases: dict[str, list[str]] = defaultdict(list)
    for case in load_cases():
        for number in case.table.get("trace", ()):
            cases[number].append(case.id)
    rows = []
    for one in clauses():
        lives = "，".join(
            f"{KINDS[kind]} `{name}`" for kind, _, name in (target.partition(":") for target in one.lives)
        )
        proofs = [f"`{test.rsplit('/', 1)[-1]}`" for test in one.tests] + [
            f"`{case}`" for case in cases[one.number]
        ]
        rows.append(
            (one.number, one.zh, one.at, lives, "，".join(proofs), one.screen and f"待建：{one.screen}")
        )
    heading = ("编号", "条款要点", "出处", "落在哪里", "由什么证明", "待建")
    return _page("条款落点", f"四份文件的 {len(rows)} 条。", _table(heading, rows))
