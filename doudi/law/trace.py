"""Where every clause of the four documents lives, and what proves it: trace.toml, read and held against the
law itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doudi.law.catalogue import duties, words
from doudi.law.errors import BadDeclaration
from doudi.law.indicators import indicators
from doudi.law.parameters import read_toml
from doudi.law.procedures import citation, procedures
from doudi.law.programmes import programmes, questions
from doudi.law.rulebook import Law

ROOT = Path(__file__).parent
ROOMS = frozenset((
    "office", "casework", "intake", "registry", "verification", "assessment", "decision", "benefit",
    "assistance", "monitoring", "reporting", "desk", "field", "portal", "api",
))  # fmt: skip
KINDS = {
    "value": "数值",
    "scheme": "制度",
    "rule": "规则",
    "fact": "事实",
    "procedure": "程序",
    "programme": "项目",
    "indicator": "指标",
    "duty": "职责",
    "word": "用语",
    "question": "询问",
    "reason": "原因",
}


@dataclass(frozen=True)
class Clause:
    """One clause: its number, its key words, where it stands, where it lives (`kind:name`), its tests
    (`file::name`).

    `screen` is "room：what" for what is still to be carried by a room; empty when nothing is.
    """

    number: str
    zh: str
    at: str
    lives: tuple[str, ...]
    tests: tuple[str, ...]
    screen: str


@cache
def clauses() -> tuple[Clause, ...]:
    """Every clause in order of number. Raises BadDeclaration."""
    found = []
    for number, row in read_toml(ROOT / "trace.toml", "trace.toml").items():
        if odd := set(row) - {"zh", "at", "lives", "tests", "screen"}:
            raise BadDeclaration(f"不认识的键：{'、'.join(sorted(odd))}", file="trace.toml", table=number)
        lives, tests = tuple(row.get("lives", ())), tuple(row.get("tests", ()))
        found.append(Clause(number, row["zh"], row["at"], lives, tests, row.get("screen", "")))
    return tuple(found)


def names(law: Law) -> Mapping[str, frozenset[str]]:
    """Every name a clause may live under, by kind."""
    return {
        "value": frozenset(law.parameters),
        "scheme": frozenset(scheme.key for scheme in law.schemes),
        "rule": frozenset(rule.name for rule in law.rules),
        "fact": frozenset(law.facts),
        "procedure": frozenset(procedures()),
        "programme": frozenset(programme.id for programme in programmes()),
        "indicator": frozenset(indicator.id for indicator in indicators()),
        "duty": frozenset(duty.id for duty in duties()),
        "word": frozenset(word.term for word in words()),
        "question": frozenset(questions()),
        "reason": frozenset(read_toml(ROOT / "reasons.toml", "reasons.toml")),
    }


def problems(law: Law) -> list[str]:
    """What the table claims and the law does not have, one line each, naming the clause."""
    known = names(law)
    found = []
    for clause in clauses():
        found += [
            f"{clause.number} lives in {target}, which does not exist"
            for target in clause.lives
            if target.partition(":")[2] not in known.get(target.partition(":")[0], ())
        ]
        if not clause.lives and not clause.screen:
            found.append(f"{clause.number} lives nowhere and no room will carry it")
        if clause.screen and (
            clause.screen.split("：")[0] not in ROOMS or not clause.screen.split("：", 1)[1:]
        ):
            found.append(f"{clause.number}: {clause.screen} names no room")
        try:
            citation(clause.at)
        except KeyError:
            found.append(f"{clause.number} stands in no document: {clause.at}")
    return found
