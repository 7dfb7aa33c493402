"""What an assessment may say to a role in words: nothing that stands on facts sealed from it.

Help for single members that stands on such facts is not even named: it is part of the household's total, no
more (docs/adr/0023). Found from the rules' own inputs, never from a list: a new condition is withheld on the
day it is written.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from doudi.assessment.program import conditions, program
from doudi.desk.family.assessed import Compared, law_in_use
from doudi.law.procedures import procedures
from doudi.law.spec import Condition, Scheme, Unit
from doudi.registry.facts import untold

WITHHELD = "依据的情况不在您的查看范围"
PART, OTHER = "部分待遇", "其他待遇"
VILLAGE = "V"
"""Who acts in a procedure's step (`law.spec.Edge`)."""
_UNASKED = {
    "name": "", "member": None, "label": "不在您查看范围的情况",
    "ask": "请乡镇经办人核对缺哪一项，由乡镇补齐",
}  # fmt: skip
_SILENCE = {"text": WITHHELD, "article": "", "detail": "", "next": ""}
Row = dict[str, Any]


class Withheld:
    """What is kept from one role under one law."""

    def __init__(self, role: str) -> None:
        law = law_in_use()
        self.sealed, self.columns, self.facts = untold(role), program(law).columns, law.facts
        self.schemes = {scheme.key: scheme for scheme in law.schemes}
        self._answers = {f"{key}_eligible": scheme for key, scheme in self.schemes.items()}
        self._known: dict[str, bool] = {}
        named = (one for one in law.schemes if not self.names_nobody(one) or self.posted(one))
        self._unlisted = {key.upper() for key in self.schemes} - {one.key.upper() for one in named}
        self._aside = self._apart_from((scheme, _read(scheme)) for scheme in law.schemes)

    def hides(self, name: str) -> bool:
        """True if a figure stands on a sealed fact.

        A sum of money or a count of persons tells no fact that went into the sums below it, nor does a
        household's answer: these are for this role to see. What they read themselves counts.
        """
        if name not in self._known:
            seen: set[str] = set()
            todo = [name]
            while todo:
                at = todo.pop()
                if at not in seen:
                    seen.add(at)
                    sum_below = at != name and self._is_sum(at)
                    todo += [one for one in self._inputs(at) if not sum_below or one in self.facts]
            self._known[name] = bool(seen & self.sealed)
        return self._known[name]

    def _inputs(self, name: str) -> tuple[str, ...]:
        if scheme := self._answers.get(name):
            return tuple(test.rule for test in conditions(scheme)) if scheme.unit is Unit.PERSON else ()
        return self.columns[name].inputs if name in self.columns else ()

    def _is_sum(self, name: str) -> bool:
        rule = self.columns[name].rule if name in self.columns else None
        return bool(rule and (rule.unit.startswith("fen") or rule.unit == "persons"))

    def _behind(self, names: Iterable[str], used: Mapping[str, Iterable[str]] | None = None) -> set[str]:
        """The figures that these read, but what is behind another category's answer.

        `used`: what each has read in one family, where not all that it may.
        """
        seen, todo = set[str](), list(names)
        while todo:
            if (at := todo.pop()) in self.columns and at not in seen and at not in self._answers:
                seen.add(at)
                todo += self.columns[at].inputs if used is None else used.get(at, ())
        return seen

    def _apart_from(self, read: Iterable[tuple[Scheme, list[str]]], figures: Iterable[Row] = ()) -> set[str]:
        """The figures behind help that names nobody and behind nothing else; `read`: what tells of each."""
        used: dict[str, list[str]] = {}
        for row in figures:
            used.setdefault(row["name"], []).extend(row["inputs"])
        roots: dict[bool, list[str]] = {True: [], False: []}
        for scheme, names in read:
            roots[self.names_nobody(scheme)] += names
        return self._behind(roots[True], used or None) - self._behind(roots[False], used or None)

    def silences(self, test: Condition) -> bool:
        """True if its words would tell a sealed fact; a distance in money is told all the same."""
        return self.hides(test.rule) and (not test.distance or self.hides(test.distance))

    def names_nobody(self, scheme: Scheme) -> bool:
        """True if to name this help, or who qualifies, would tell a sealed fact of somebody."""
        return scheme.unit is Unit.PERSON and any(map(self.silences, conditions(scheme)))

    def posted(self, scheme: Scheme) -> bool:
        """True if the village itself announces by law who gets this help: its name is no secret there."""
        steps = procedures()[scheme.procedure].edges if scheme.procedure else ()
        return any(step.notice and VILLAGE in step.who for step in steps)

    def listed(self, statuses: Iterable[Any]) -> list[Any]:
        """What other lists say of a family, without help that tells a sealed fact and is posted nowhere."""
        return [row for row in statuses if row.programme not in self._unlisted]

    def told(self, made: Row) -> Row:
        """A receipt's content as this role may read it; whole for a role from which nothing is kept."""
        if not self.sealed:
            return made
        facts, rows, figures = made["facts"], made["results"], self._figures(made["figures"], made["results"])
        results = [self._result(row) for row in rows if not self._apart(row)]
        # Which value was used tells a sealed fact as well: kept are those that something told still reads.
        read = {name for row in figures for name in row["inputs"]}
        read |= {test["rule"] for row in results for test in row["conditions"]}
        values = [row for row in made["law"]["values"] if row["name"] in read]
        kept_back = {row["name"] for row in made["law"]["values"]} - read
        asked = [row for row in made["unclear"] if row["name"].removeprefix("value:") not in kept_back]
        return made | {
            "hashes": {},
            "facts": {
                **facts,
                "household": self._open(facts["household"]),
                "members": [self._open(one) for one in facts["members"]],
            },
            "law": made["law"] | {"values": values},
            "results": results,
            "apart": self._sum_up(rows),
            "figures": figures,
            "unclear": self._unclear(asked),
            "uncounted": [row for row in made["uncounted"] if not self.hides(row["name"])],
        }

    def compared(self, rows: list[Compared]) -> Row:
        """A what-if as this role may read it: `rows`, and whether there is help among it without its name."""
        shown = [row for row in rows if not self.names_nobody(row.before.scheme)]
        return {"rows": shown, "apart": len(shown) < len(rows)}

    def _open(self, facts: Mapping[str, Any]) -> Row:
        return {name: value for name, value in facts.items() if name not in self.sealed}

    def _figures(self, rows: list[Row], results: list[Row]) -> list[Row]:
        """Not those of help that names nobody: whose working it is would name them.

        Nor those that other help reads, too, but not in this family: of a refusal only the distance is told.
        """
        read = ((self.schemes[row["scheme"]], _read(self.schemes[row["scheme"]], row)) for row in results)
        aside = self._aside | self._apart_from(read, rows)
        aside |= {row["name"] for row in rows if aside.intersection(row["inputs"])}  # made only to be read
        kept = [row for row in rows if row["name"] not in aside and not self.hides(row["name"])]
        of_all = self._behind(name for row in kept if row["member"] is None for name in row["inputs"])
        return [row for row in kept if row["member"] is None or row["name"] in of_all]

    def _apart(self, row: Row) -> bool:
        return self.names_nobody(self.schemes[row["scheme"]]) and bool(row["in_force"])

    def _sum_up(self, rows: list[Row]) -> Row:
        """Of the help that is not named: whether some is granted, open, or of an amount not yet known."""
        apart, given = list(filter(self._apart, rows)), [row for row in rows if row["verdict"] == "YES"]
        closed = [row for row in given if self._apart(row)]
        amounts = [row["amount"] for row in closed if row["pays"]]
        amounts += [
            extra["amount"] for row in given for extra in row["supplements"] if self._extra(row, extra)
        ]
        return {
            "granted": bool(closed or any(amounts)),
            "open": any(row["verdict"] == "UNCLEAR" for row in apart),
            "partly": None in amounts,
            "labels": list(dict.fromkeys(row["label"] for row in apart)),
        }

    def _extra(self, row: Row, extra: Row) -> bool:
        """True if how much is added tells who is ill, disabled or old."""
        amounts = {one.key: one.amount for one in self.schemes[row["scheme"]].supplements}
        return self.hides(amounts[extra["key"]])

    def _result(self, row: Row) -> Row:
        scheme, tests = self.schemes[row["scheme"]], row["conditions"]
        silent = {test.rule for test in conditions(scheme) if self.silences(test)}
        kept = [test for test in tests if test["rule"] not in silent]
        if len(kept) < len(tests):
            kept.append({"rule": "", "label": WITHHELD, "verdict": row["verdict"], "cites": "", "detail": ""})
        return {
            **row,
            "conditions": kept,
            "reason": row["reason"] and self._reason(row, scheme, silent),
            "classes": [one for one in row["classes"] if not self.hides(one["name"])],
            "supplements": [one for one in row["supplements"] if not self._extra(row, one)],
            "pending": [one | {"label": OTHER, "member": None} for one in row.get("pending", ())],
            "cuts": [one for one in row.get("cuts", ()) if not self.hides(one["name"])],
        }

    def _reason(self, row: Row, scheme: Scheme, silent: set[str]) -> Row:
        """The first test not met whose words may be told, whatever came of the others before it.

        To quote one only if the sealed ones before it were met would tell that they were.
        """
        failed = [test for test in row["conditions"] if test["verdict"] == "NO"]
        for test in failed:
            if test["rule"] not in silent:
                said = next(one for one in conditions(scheme) if one.rule == test["rule"])
                told = {"code": said.code, "text": said.refusal, "article": test["cites"]}
                return row["reason"] if test is failed[0] else {**_SILENCE, **told, "detail": test["detail"]}
        return {**_SILENCE, "code": row["reason"]["code"]}

    def _unclear(self, rows: list[Row]) -> list[Row]:
        """What to bring; of a member's sealed facts, and for help not named, no more than that some lacks."""
        named = {one.label for one in self.schemes.values() if not self.names_nobody(one)}
        found, apart = list[Row](), dict[str, None]()
        for row in rows:
            schemes = [label for label in row["schemes"] if label in named]
            if schemes and (row["member"] is None or row["name"] not in self.sealed):
                found.append({**row, "schemes": schemes})
            else:
                apart |= dict.fromkeys(schemes or [PART])
        return found + ([{**_UNASKED, "schemes": list(apart)}] if apart else [])


def _read(scheme: Scheme, row: Row | None = None) -> list[str]:
    """What help is told by: all that it asks and pays; of a refusal, how far its first test was missed."""
    tests, paid = conditions(scheme), (scheme.amount, *(one.amount for one in scheme.supplements))
    names = [*paid, *scheme.statistics, *(name for one in tests for name in (one.rule, one.distance))]
    if row and row["verdict"] == "NO":
        failed = [test["rule"] for test in row["conditions"] if test["verdict"] == "NO"][:1]
        names = [one.distance for one in tests if one.rule in failed]
    return [name for name in names if name]


def withheld_from(role: str) -> Withheld:
    """What is kept from a role under the law in use."""
    return _withheld(law_in_use().version, role)


@lru_cache(maxsize=16)
def _withheld(_version: str, role: str) -> Withheld:
    return Withheld(role)
