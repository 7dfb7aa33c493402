"""Who reads a law value. One that decides nothing is at least shown by a table that an officer works from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from doudi.law import checks
from doudi.law.indicators import indicators
from doudi.law.procedures import procedures, words
from doudi.law.programmes import programmes
from doudi.law.rulebook import Law

_WORD = re.compile(r"\w+")


def readers(law: Law) -> Mapping[str, tuple[str, ...]]:
    """Of each declared parameter everything that reads it, in Chinese; nothing may be left without."""
    found: dict[str, dict[str, None]] = {name: {} for name in law.parameters}
    for who, text in _texts(law):
        named = set(_WORD.findall(text))
        families = tuple(word for word in named if word.endswith("_"))
        for name in law.parameters:
            if name in named or name.startswith(families):
                found[name][who] = None
    return {name: tuple(who) for name, who in found.items()}


def _texts(law: Law) -> Iterator[tuple[str, str]]:
    """(who, a text in which every value they read is named): a declaration's own fields are such a text."""
    for rule in law.rules:
        code = rule.function.__code__
        yield f"规则“{rule.doc.partition('：')[0]}”", _joined((*code.co_varnames, *code.co_consts))
    for scheme in law.schemes:
        yield f"制度“{scheme.label}”", repr(scheme)
    for one in procedures().values():
        guards = (words().guards[edge.guard] for edge in one.edges if edge.guard)
        yield f"程序“{one.label}”", _joined((one, *guards))
    for programme in programmes():
        yield f"项目“{programme.label}”", f"{programme.amount} {programme.who and programme.who.text}"
    for indicator in indicators():
        yield f"指标“{indicator.label}”", repr(indicator)
    # A check may name a family of values by how they begin: f"fund_...".
    yield "保存数值时的检查", Path(checks.__file__).read_text(encoding="utf-8")


def _joined(parts: Iterable[object]) -> str:
    return " ".join(map(str, parts))
