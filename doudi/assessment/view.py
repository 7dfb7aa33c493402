"""A receipt arranged for reading: the answer, what is open, why not the others, the working.

Text and page show this. It reads the receipt alone, never the law, so that a receipt of years ago is shown as
it was issued.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from doudi.kernel.money import format_yuan

Row = dict[str, Any]
AREAS = {"URBAN": "城镇", "RURAL": "农村"}
PER = {"fen/month": "每月", "fen/year": "每年"}
NOTHING = "金额为零，请核对"
LONGEST_FIGURE = 24
"""Characters: what is longer is a sentence (a notice), not a figure to stand in a column."""
_OPERATION = re.compile("[+−×÷至]")


def view(made: Mapping[str, Any]) -> Row:
    """Everything the page and the text show, as texts and rows; what is unknown reads 待核实, never zero."""
    return _View(made).all()


class _View:
    def __init__(self, made: Mapping[str, Any]) -> None:
        self.made = made
        self.members = list(made["facts"].get("members", []))
        self.apart = made.get("apart", {"granted": False, "open": False, "partly": False, "labels": []})
        by: dict[str, list[Row]] = {"YES": [], "UNCLEAR": [], "NO": []}
        for row in made["results"]:
            by[row["verdict"]].append(row)
        self.granted, self.open, self.refused = by.values()

    def all(self) -> Row:
        region, household = self.made["region"], self.made["facts"]["household"]
        head = next((at for at, one in enumerate(self.members) if one.get("relation") == "HEAD"), 0)
        elsewhere = [row["label"] for row in self.refused if not row["in_force"]]
        unasked = [row["label"] for row in self.refused if _nobody_asked(row)]
        return {
            "title": f"{self.who(head)}家" if self.members else "这户家庭",
            "number": str(household.get("household_id") or ""),
            "place": f"{region['name']}（{region['code']}）{AREAS.get(region['area_type'], '')}",
            "on": _day(self.made["on"].replace("-", "")),
            "size": f"{len(self.members)} 人",
            "sentences": [*map(self.granted_sentence, self.granted), *self.unnamed_sentence()],
            "undecided": self.undecided(),
            "opening": self.opening(),
            "total": f"{format_yuan(self.made['total'])} 元/月" if self.made["total"] else "",
            "partly": bool(self.open)
            or self.apart["open"]
            or self.apart["partly"]
            or any(None in amounts for amounts in map(_amounts, self.granted)),
            "marks": self.marks() if self.granted else "",
            "unclear": self.unclear(),
            "refused": self.grouped(),
            "elsewhere": "、".join(dict.fromkeys(elsewhere)),
            "unasked": "、".join(dict.fromkeys(unasked)),
            "unnamed": "、".join(self.apart["labels"]),
            "met": [{**row, "who": self.named(row)} for row in (*self.granted, *self.open)],
            "working": [part for part in self.working() if part["rows"] or part["facts"]],
            "uncounted": [
                f"{self.named(row)} {row['label']} {row['shown']}" for row in self.made["uncounted"]
            ],
            **self.values(),
            "version": self.made["engine"].get("version", ""),
            "law": self.made["law"].get("version", ""),
            "hashes": self.made["hashes"],
        }

    def who(self, member: int) -> str:
        return str(self.members[member].get("name") or f"成员{member + 1}")

    def named(self, row: Row, household: str = "") -> str:
        """The member a row is about, or `household`."""
        return household if row["member"] is None else self.who(row["member"])

    # --- the answer --------------------------------------------------------------------------------------

    def opening(self) -> str:
        open_, granted = self.open or self.apart["open"], self.granted or self.apart["granted"]
        if open_ and not granted:
            return "情况还没有查清，现在不能下结论。补齐下面的情况后即可判断；不清楚不等于没有，也不等于零。"
        if open_:
            return "以上是已能确定的结果。补齐下面的情况后，其余类别即可判断。"
        return "" if granted else "按现有情况和核定日的规定，这户暂时不属于任何一类。原因和距离见下。"

    def granted_sentence(self, row: Row) -> Row:
        per = PER.get(row["unit"], "")
        extras = [extra for extra in row["supplements"] if extra["amount"] != 0]
        paid = "".join(
            before + ("金额待定" if fen is None else f"{per} {format_yuan(fen)} 元" if fen else NOTHING)
            for before, fen in [
                *([("，", row["amount"])] if row["pays"] else []),
                *((f"；另有{extra['label']}，", extra["amount"]) for extra in extras),
            ]
        )  # fmt: skip
        open_ = self.pending(row)
        classes = "".join(f"（{one['label']}：{one['shown']}）" for one in row["classes"])
        return {
            "text": f"{self.named(row, '这户')}符合{row['label']}条件{classes}{paid}。"
            + "".join(map(self.cut, row.get("cuts", ())))
            + (f"金额可能变化：{open_}。" if open_ else ""),
            "basis": row["basis"],
        }

    def cut(self, row: Row) -> str:
        """A bound that held, in words: what it would have been, the bound, what came of it, by which law."""
        basis = f"（依据：{row['cites']}）" if row["cites"] else ""
        before, bound = f"{self.named(row)}{row['before']} 元", f"{row['bound']} 元"
        return f"受封顶限制：{before}，超过{bound}，按 {row['after']}计{basis}。"

    def pending(self, *rows: Row) -> str:
        """The members whose category is open, where that changes what the family gets or whether it does."""
        told = (
            f"{self.named(one, '部分成员')}是否符合{one['label']}条件尚待核实"
            for row in rows
            for one in row.get("pending", ())
        )
        return "；".join(dict.fromkeys(told))

    def unnamed_sentence(self) -> list[Row]:
        """Help that the reader's role may not see by name: only that there is some, as part of the total."""
        told = "部分待遇：按月发放的已计入合计，名称和金额请向乡镇（街道）经办人了解。"
        return [{"text": told, "basis": ""}] if self.apart["granted"] else []

    def undecided(self) -> str:
        """The open categories in one sentence, each with the members it is about."""
        whose: dict[str, list[str]] = {}
        for row in self.open:
            whose.setdefault(row["label"], []).append(self.named(row))
        named = [label + (f"（{'、'.join(who)}）" if any(who) else "") for label, who in whose.items()]
        named += ["部分待遇"] if self.apart["open"] else []
        if not named:
            return ""
        told = f"现在还不能判断是否符合：{'；'.join(named)}。"
        if open_ := self.pending(*self.open):
            waiting = "、".join(dict.fromkeys(row["label"] for row in self.open if row.get("pending")))
            told += f"{waiting}的结论取决于谁计入家庭人口：{open_}；符合的不计入，查清以后才能下结论。"
        return told

    def marks(self) -> str:
        """The assumed or made-up law values behind the figures shown, for a warning under the answer."""
        found = [row for row in self.made["law"]["values"] if row["told"] and row.get("mark")]
        told = [
            f"{row['label']} {row['shown']}〔{row['mark']}〕"
            for row in found
            if type(row["value"]) is not bool
        ]
        return "；".join(dict.fromkeys(told))

    def unclear(self) -> list[Row]:
        """What to bring, one row a question, its members together; what the county owes comes last."""
        rows: dict[str, Row] = {}
        for one in self.made["unclear"]:
            county = one["name"].startswith("value:")
            row = rows.setdefault(one["name"], {**one, "who": [], "schemes": [], "county": county})
            row["who"].append(self.named(one, "县里" if county else "家庭"))
            row["schemes"] += one["schemes"]
        for row in rows.values():
            row |= {key: "、".join(dict.fromkeys(row[key])) for key in ("who", "schemes")}
        return sorted(rows.values(), key=lambda row: bool(row["county"]))

    def grouped(self) -> list[Row]:
        """Refusals, a row a category, members of one reason together; low-income categories first."""
        rows: dict[str, Row] = {}
        for one in (one for one in self.refused if one["in_force"] and not _nobody_asked(one)):
            row = rows.setdefault(one["label"], {**one, "reasons": {}})
            reason = row["reasons"].setdefault(tuple(one["reason"].values()), {**one["reason"], "who": []})
            reason["who"].append(self.named(one))
        for row in rows.values():
            row["reasons"] = list(row["reasons"].values())
            for reason in row["reasons"]:
                whole = len(reason["who"]) == len(self.members) > 1
                reason["who"] = "全部成员" if whole else "、".join(reason["who"])
        return sorted(rows.values(), key=lambda row: not row["low_income"])

    # --- the working -------------------------------------------------------------------------------------

    def working(self) -> Iterator[Row]:
        """The household's figures, then each member's; noughts and bare tests are left to the JSON."""
        for member in (None, *range(len(self.members))):
            rows = [row for row in self.made["figures"] if row["member"] == member and row["told"]]
            yield {
                "who": "全家" if member is None else self.who(member),
                "facts": [row for row in rows if row["kind"] == "fact" and self._tells(row)],
                "rows": [row for row in rows if row["kind"] == "rule" and _is_step(row)],
            }

    def _tells(self, row: Row) -> bool:
        """A fact worth reading: known, no nought, no 否, and not a 是 that holds for every member alike."""
        alike = [one["value"] for one in self.made["figures"] if one["name"] == row["name"]]
        common = row["value"] is True and len(alike) == len(self.members) > 1 and all(alike)
        return row["value"] not in (None, 0, False) and not common

    def values(self) -> Row:
        """The law values used: figures as rows, assumed yes-or-no choices in a sentence a kind."""
        asked = {row["name"].removeprefix("value:") for row in self.made["unclear"]}
        used = [
            {"cites": "", **row, "since": _day(str(row.get("from", ""))), "mark": row.get("mark", "待补")}
            for row in self.made["law"]["values"]
            if (row["name"] in asked if row["value"] is None else row["told"])
        ]
        kinds: dict[str, list[str]] = {}
        for row in used:
            if type(row["value"]) is bool and row["mark"]:
                kinds.setdefault(row["mark"], []).append(f"{row['label']} {row['shown']}")
        return {
            "values": [row for row in used if type(row["value"]) is not bool],
            "assumed": [f"{mark}：{'；'.join(named)}。" for mark, named in kinds.items()],
        }


def _amounts(row: Row) -> list[Any]:
    return [row["amount"], *(extra["amount"] for extra in row["supplements"])] if row["pays"] else []


def _nobody_asked(row: Row) -> bool:
    """Refused only because nobody applied: no refusal a family needs explained."""
    return bool(row["in_force"] and row["reason"] and row["reason"]["code"] == "NOT_REQUESTED")


def _is_step(row: Row) -> bool:
    """Not a bare test, not a nought, and of a member's not a figure merely handed on from another."""
    handed_on = row["member"] is not None and row["formula"] and not _OPERATION.search(row["formula"])
    return row["unit"] not in ("bool", "text") and row["value"] != 0 and not handed_on


def _day(text: str) -> str:
    """2025年10月9日; nothing for the day before all days that test values begin on."""
    if len(text) < 8 or text < "19491002":
        return ""
    return f"{int(text[:4])}年{int(text[4:6])}月{int(text[6:])}日"
