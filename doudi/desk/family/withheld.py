"""What an assessment may say to a role in words: nothing that stands on facts sealed from it.

The answer itself (which help, yes or no, how much for the household) is for whoever helps the family. Found
from the rules' own inputs, never from a list: a new condition is withheld on the day it is written.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from doudi.assessment.program import conditions, program
from doudi.desk.family.assessed import law_in_use
from doudi.law.spec import Condition, Scheme, Unit
from doudi.registry.facts import untold

WITHHELD = "依据的情况不在您的查看范围"
Row = dict[str, Any]


class Withheld:
    """What is kept from one role under one law."""

    def __init__(self, role: str) -> None:
        law = law_in_use()
        self.sealed, self.columns, self.facts = untold(role), program(law).columns, law.facts
        self.schemes = {scheme.key: scheme for scheme in law.schemes}
        self._answers = {f"{key}_eligible": scheme for key, scheme in self.schemes.items()}
        self._known: dict[str, bool] = {}

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

    def silences(self, test: Condition) -> bool:
        """True if its words would tell a sealed fact; a distance in money is told all the same."""
        return self.hides(test.rule) and (not test.distance or self.hides(test.distance))

    def names_nobody(self, scheme: Scheme) -> bool:
        """True if to name who qualifies, or does not, would tell a sealed fact of them."""
        return scheme.unit is Unit.PERSON and any(map(self.silences, conditions(scheme)))

    def told(self, made: Row) -> Row:
        """A receipt's content as this role may read it; whole for a role from which nothing is kept."""
        if not self.sealed:
            return made
        facts, results = made["facts"], [self._result(row) for row in made["results"]]
        figures = [row for row in made["figures"] if not self.hides(row["name"])]
        # Which value was used tells a sealed fact as well: kept are those that something told still reads.
        read = {name for row in figures for name in row["inputs"]}
        read |= {test["rule"] for row in results for test in row["conditions"]}
        values = [row for row in made["law"]["values"] if row["name"] in read]
        kept_back = {row["name"] for row in made["law"]["values"]} - read
        return made | {
            "hashes": {},
            "facts": {
                **facts,
                "household": self._open(facts["household"]),
                "members": [self._open(one) for one in facts["members"]],
            },
            "law": made["law"] | {"values": values},
            "results": results,
            "figures": figures,
            "unclear": [
                row for row in made["unclear"] if row["name"].removeprefix("value:") not in kept_back
            ],
            "uncounted": [row for row in made["uncounted"] if not self.hides(row["name"])],
        }

    def _open(self, facts: Mapping[str, Any]) -> Row:
        return {name: value for name, value in facts.items() if name not in self.sealed}

    def _result(self, row: Row) -> Row:
        scheme, tests = self.schemes[row["scheme"]], row["conditions"]
        silent = {test.rule for test in conditions(scheme) if self.silences(test)}
        kept = [test for test in tests if test["rule"] not in silent]
        if len(kept) < len(tests):
            kept.append({"rule": "", "label": WITHHELD, "verdict": row["verdict"], "cites": "", "detail": ""})
        amounts = {one.key: one.amount for one in scheme.supplements}
        failed = next((test["rule"] for test in tests if test["verdict"] == "NO"), "")
        nothing = dict.fromkeys(row["reason"] or (), "") | {"code": (row["reason"] or {}).get("code", "")}
        return row | {
            "member": None if self.names_nobody(scheme) else row["member"],
            "conditions": kept,
            "reason": {**nothing, "text": WITHHELD} if failed in silent else row["reason"],
            "classes": [one for one in row["classes"] if not self.hides(one["name"])],
            "supplements": [
                {**one, "label": "增发的部分"} if self.hides(amounts[one["key"]]) else one
                for one in row["supplements"]
            ],
        }


def withheld_from(role: str) -> Withheld:
    """What is kept from a role under the law in use."""
    return _withheld(law_in_use().version, role)


@lru_cache(maxsize=16)
def _withheld(_version: str, role: str) -> Withheld:
    return Withheld(role)
