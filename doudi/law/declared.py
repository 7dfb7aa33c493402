"""A scheme's table of contents read from `spec.toml` beside its rules: declarations are data, not code.

```toml
label = "..."                    # the other fields of spec.Scheme by their own names; cites are texts
#                                  or { text, when }
[[condition]]                    # in the order tested
like = "RESIDENT"                # optional: a condition of schemes/conditions.py, less what is said here
rule = "..."                     # the fields of spec.Condition
[[supplement]]
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from doudi.law.citing import DEFAULT
from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml
from doudi.law.procedures import citation
from doudi.law.schemes import conditions
from doudi.law.spec import Cite, Condition, Scheme, Supplement, Unit

_SCHEME = {field.name for field in fields(Scheme)} - {"key", "conditions", "supplements", "review"}
_LISTS = ("yields_to", "statistics")


def scheme(beside: str) -> Scheme:
    """The scheme of the folder in which the file `beside` stands. Raises BadDeclaration naming the row."""
    folder = Path(beside).parent
    shown = f"schemes/{folder.name}/spec.toml"
    table = read_toml(folder / "spec.toml", shown)
    tested, extra = table.pop("condition", []), table.pop("supplement", [])
    if odd := set(table) - _SCHEME:
        raise BadDeclaration(f"不认识的键：{'、'.join(sorted(odd))}", file=shown)
    plain: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in table.items()}
    plain |= {"unit": Unit(table["unit"]), "basis": _cites(table["basis"])}
    return Scheme(
        key=folder.name,
        conditions=tuple(_row(_condition, row, shown, at) for at, row in enumerate(tested, 1)),
        supplements=tuple(_row(Supplement, row, shown, at) for at, row in enumerate(extra, 1)),
        **plain,
    )


def _row(make: Callable[..., Any], row: Mapping[str, Any], shown: str, at: int) -> Any:
    try:
        cites = {"cites": _cites(row["cites"])} if "cites" in row else {}
        return make(**{**row, **cites})
    except (AttributeError, KeyError, TypeError) as problem:
        raise BadDeclaration(f"读不懂：{problem}", file=shown, table="condition", entry=at) from None


def _cites(row: Iterable[str | Mapping[str, str]]) -> tuple[Cite, ...]:
    """Texts, or { text, when } for a citation that is only about families for which `when` holds."""
    tables = [{"text": one, "when": ""} if isinstance(one, str) else one for one in row]
    return tuple(replace(_cite(one["text"]), when=one["when"]) for one in tables)


def _cite(text: str) -> Cite:
    """A document's, or our own choice where every document is silent: that has no days of its own."""
    return Cite(text, date.min, None) if text.startswith(DEFAULT) else citation(text)


def _condition(*, like: str = "", **given: Any) -> Condition:
    return replace(getattr(conditions, like), **given) if like else Condition(**given)
