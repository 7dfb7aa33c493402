"""A receipt arranged for reading: the answer, what is open, why not the others, the working. Text and page show this.

It reads the receipt alone, never the law, so a receipt of years ago is shown as it was issued.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from doudi.kernel.money import format_yuan

Row = dict[str, Any]
_OPERATION = re.compile("[+−×÷至]")
AREAS = {"URBAN": "城镇", "RURAL": "农村"}
PER = {"fen/month": "每月", "fen/year": "每年"}


def view(made: Mapping[str, Any]) -> Row:
    """Everything the page and the text show, as texts and rows; what is unknown reads 待核实, never zero."""
    return _View(made).all()


class _View:
    def __init__(self, made: Mapping[str, Any]) -> None:
        self.made = made
        self.members = list(made["facts"].get("members", []))
        self.figures = {(row["name"], row["member"]): row for row in made["figures"]}
        by = {
            verdict: [row for row in made["results"] if row["verdict"] == verdict]
            for verdict in ("YES", "UNCLEAR", "NO")
        }
        self.granted, self.open = by["YES"], by["UNCLEAR"]
        self.refused = [row for row in by["NO"] if row["in_force"]]
        self.elsewhere = [row["label"] for row in by["NO"] if not row["in_force"]]

    def all(self) -> Row:
        head = next((at for at, m in enumerate(self.members) if m.get("relation") == "HEAD"), 0)
        region, household = self.made["region"], self.made["facts"]["household"]
        shown = self._reached()
        return {
            "title": f"{self.who(head)}家" if self.members else "这户家庭",
            "number": str(household.get("household_id") or ""),
            "place": f"{region['name']}（{region['code']}）{AREAS.get(region['area_type'], '')}",
            "on": _day(self.made["on"].replace("-", "")),
            "size": f"{len(self.members)} 人",
            "sentences": [self.granted_sentence(row) for row in self.granted],
            "marks": self.marks(),
            "undecided": self.undecided(),
            "opening": self.opening(),
            "total": "" if self.made["total"] in (None, 0) else f"{format_yuan(self.made['total'])} 元/月",
            "unclear": list(self.unclear()),
            "refused": list(self.grouped()),
            "elsewhere": "、".join(dict.fromkeys(self.elsewhere)),
            "met": [self.met(row) for row in (*self.granted, *self.open)],
            "working": [part for part in self.working(shown) if part["rows"] or part["facts"]],
            "values": self.values(shown),
            "uncounted": [
                f"{self.who(row['member'])} {row['label']} {row['shown']}" for row in self.made["uncounted"]
            ],
            "version": self.made["engine"].get("version", ""),
            "law": self.made["law"].get("version", ""),
            "hashes": self.made["hashes"],
        }

    def who(self, member: int | None) -> str:
        """A member's name; 这户 for the household."""
        if member is None:
            return "这户"
        return str(self.members[member].get("name") or f"成员{member + 1}")

    # --- the answer -----------------------------------------------------------------------------------------------

    def opening(self) -> str:
        if self.open and not self.granted:
            return "情况还没有查清，现在不能下结论。补齐下面的情况后即可判断；不清楚不等于没有，也不等于零。"
        if self.open:
            return "以上为已能确定的结果。另有类别待核实，补齐下面的情况后即可判断。"
        return "" if self.granted else "按现有情况和核定日的规定，这户暂时不属于任何一类。原因和距离见下。"

    def granted_sentence(self, row: Row) -> Row:
        paid, per = "", PER.get(row["unit"], "")
        if row["pays"]:
            paid = f"，{per} {format_yuan(row['amount'])} 元" if row["amount"] is not None else "，金额待定"
        extra = "".join(
            f"；另有{one['label']}{per} {format_yuan(one['amount'])} 元" if one["amount"] is not None
            else f"；另有{one['label']}，金额待定"
            for one in row["supplements"]
        )  # fmt: skip
        text = f"{self.who(row['member'])}符合{row['label']}条件{paid}{extra}。"
        return {"text": text, "label": row["label"], "basis": row["basis"]}

    def undecided(self) -> str:
        """The open categories in one sentence, each with the members it is about."""
        whose: dict[str, list[str]] = {}
        for row in self.open:
            whose.setdefault(row["label"], []).extend(
                [] if row["member"] is None else [self.who(row["member"])]
            )
        named = [label + (f"（{'、'.join(names)}）" if names else "") for label, names in whose.items()]
        return f"现在还不能判断是否符合：{'；'.join(named)}。" if named else ""

    def marks(self) -> str:
        """The assumed or made-up law values behind what is granted, for a warning under the answer."""
        roots = [(one["rule"], row["member"]) for row in self.granted for one in row["conditions"]]
        named = {
            name
            for name, _ in self._closure(
                roots + [leaf for row in self.granted for leaf in self._amounts(row)]
            )
        }
        found = (v for v in self.made["law"]["values"] if v.get("mark") and v["name"] in named)
        told = (
            f"{v['label']} {v['shown']}〔{v['mark']}〕" for v in found if not isinstance(v["value"], bool)
        )
        return "；".join(dict.fromkeys(told))

    def unclear(self) -> Iterator[Row]:
        """What to bring, one row per question, the members it concerns together."""
        rows: dict[str, Row] = {}
        for one in self.made["unclear"]:
            row = rows.setdefault(one["name"], {**one, "who": [], "law": one["name"].startswith("value:")})
            row["who"].append(self.who(one["member"]) if one["member"] is not None else "")
            row["schemes"] = list(dict.fromkeys([*row["schemes"], *one["schemes"]]))
        for row in sorted(rows.values(), key=lambda row: bool(row["law"])):
            whose = "、".join(filter(None, dict.fromkeys(row["who"])))
            yield {
                **row,
                "who": whose or ("县里" if row["law"] else "家庭"),
                "schemes": "、".join(row["schemes"]),
            }

    def grouped(self) -> Iterator[Row]:
        """Refusals, members with the same reason together."""
        rows: dict[tuple[str, ...], Row] = {}
        for one in self.refused:
            reason = one["reason"]
            key = (one["label"], reason["text"], reason["detail"], reason["article"])
            row = rows.setdefault(key, {**reason, "label": one["label"], "who": []})
            if one["member"] is not None:
                row["who"].append(self.who(one["member"]))
        for row in rows.values():
            everyone = len(row["who"]) == len(self.members) > 1
            yield {**row, "who": "全部成员" if everyone else "、".join(row["who"])}

    def met(self, row: Row) -> Row:
        """A category that is granted or open, with each of its conditions."""
        who = "" if row["member"] is None else f"：{self.who(row['member'])}"
        return {"label": f"{row['label']}{who}", "verdict": row["verdict"], "conditions": row["conditions"]}

    # --- the working ----------------------------------------------------------------------------------------------

    def _amounts(self, row: Row) -> list[tuple[str, int | None]]:
        rules = [row["amount_rule"], *(one["rule"] for one in row["supplements"])]
        return [(name, row["member"]) for name in rules if name]

    def _reached(self) -> set[tuple[str, int | None]]:
        """The figures behind what is granted or open, and behind the distance of what is refused."""
        roots: list[tuple[str, int | None]] = []
        for row in (*self.granted, *self.open):
            roots += [
                (name, row["member"])
                for test in row["conditions"]
                for name in (test["rule"], test["distance"])
                if name
            ]
            roots += self._amounts(row)
        for row in self.refused:
            roots += [
                (test["distance"], row["member"])
                for test in row["conditions"]
                if test["rule"] == row["reason"]["rule"] and test["detail"]
            ]
        found = self._closure(roots)
        named = {name for name, _ in found}
        return found | {
            leaf for leaf, row in self.figures.items() if row["aside"] and named.issuperset(row["inputs"])
        }

    def _closure(self, roots: Iterable[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
        found: set[tuple[str, int | None]] = set()
        stack = list(roots)
        while stack:
            name, member = stack.pop()
            leaves = [leaf for leaf in self._of(name, member) if leaf not in found]
            found.update(leaves)
            found.add((name, None))
            for leaf in leaves:
                # Another category's answer has its own place on the page; its working is not repeated here.
                stack += [
                    (used, leaf[1]) for used in self.figures[leaf]["inputs"] if not used.endswith("_eligible")
                ]
        return found

    def _of(self, name: str, member: int | None) -> list[tuple[str, int | None]]:
        """The figure as one of this member, of the household, or (read by the household) of every member."""
        for leaf in ((name, member), (name, None)):
            if leaf in self.figures:
                return [leaf]
        return (
            [(name, at) for at in range(len(self.members)) if (name, at) in self.figures]
            if member is None
            else []
        )

    def working(self, shown: set[tuple[str, int | None]]) -> Iterator[Row]:
        """The household's figures, then each member's; what is zero, 否 or a bare test is left to the JSON."""
        for member in (None, *range(len(self.members))):
            rows = [row for leaf, row in self.figures.items() if leaf[1] == member and leaf in shown]
            yield {
                "who": "全家" if member is None else self.who(member),
                "facts": [row for row in rows if row["kind"] == "fact" and self._telling(row)],
                "rows": [row for row in rows if row["kind"] == "rule" and _worth_showing(row)],
            }

    def _telling(self, row: Row) -> bool:
        """Not unknown, not a nought, not a 否, and not something that is true of every member alike."""
        alike = [self.figures.get((row["name"], at), {}).get("value") for at in range(len(self.members))]
        common = row["value"] is True and len(alike) > 1 and all(value is True for value in alike)
        return row["value"] not in (None, 0, False) and not common

    def values(self, shown: set[tuple[str, int | None]]) -> Row:
        """The law values used: figures as rows, assumed yes-or-no choices as one line."""
        asked = {row["name"].removeprefix("value:") for row in self.made["unclear"]}
        named = {name for name, _ in shown}
        used = [
            row
            for row in self.made["law"]["values"]
            if row["name"] in (asked if row["value"] is None else named)
        ]
        return {
            "rows": [
                {**row, "since": _day(str(row.get("from", 0))), "mark": row.get("mark", "待补")}
                for row in used
                if not isinstance(row["value"], bool)
            ],
            "assumed": list(_assumed(used)),
        }


def _assumed(values: Iterable[Row]) -> Iterator[str]:
    """The yes-or-no choices no document states, one sentence a kind."""
    kinds: dict[str, list[str]] = {}
    for row in values:
        if isinstance(row["value"], bool) and row["mark"]:
            kinds.setdefault(row["mark"], []).append(f"{row['label']} {row['shown']}")
    yield from (f"{mark}：{'；'.join(named)}。" for mark, named in kinds.items())


def _worth_showing(row: Row) -> bool:
    """Not a bare test, not a nought, and for a member not a figure merely handed on from another."""
    handed_on = (
        row["member"] is not None
        and row["formula"].endswith(row["shown"].partition(" ")[0])
        and len(row["inputs"]) > 0
    )
    return (
        row["unit"] not in ("bool", "text")
        and row["value"] != 0
        and not (handed_on and _OPERATION.search(row["formula"]) is None)
    )


def _day(text: str) -> str:
    """2025年10月9日; nothing for the day before all days that test values begin on."""
    if len(text) < 8 or text < "19010101":
        return ""
    return f"{int(text[:4])}年{int(text[4:6])}月{int(text[6:])}日"
