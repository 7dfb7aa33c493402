"""The receipt of one assessment as plain data: all that is needed to read it, and to compute it again.

It holds the family's facts, the law values that had a part with their documents, every figure with its
inputs and its article, the answers, and a SHA-256 over each of these. No float and no moment of issue is in
it, so the same facts under the same law give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from doudi.assessment.contents import Contents
from doudi.assessment.evaluate import Assessment

FORMAT = "doudi-receipt/1"
PARTS = {
    "facts": ("on", "region", "facts"),
    "law": ("engine", "law"),
    "results": ("results", "total", "figures", "uncounted", "unclear"),
}
"""What each hash covers."""
_KINDS = {
    "facts": dict, "law": dict, "region": dict, "hashes": dict, "engine": dict, "on": str,
    "results": list, "figures": list, "uncounted": list, "unclear": list,
}  # fmt: skip

Receipt = dict[str, Any]


class BadReceipt(ValueError):
    """Not a receipt, or one that cannot be read; the text is Chinese."""


def receipt(assessment: Assessment, *, law_version: str | None = None) -> Receipt:
    """The receipt of an assessment. `law_version` replaces the law's own when its values are a receipt's."""
    made = _made(Contents(assessment), law_version, told=False)
    return made | {"hashes": hashes(made)}


def to_show(assessment: Assessment) -> Receipt:
    """The receipt as far as a screen shows it: the figures told, and no hashes. Three times as quick."""
    return _made(Contents(assessment), None, told=True) | {"hashes": {}}


def _made(contents: Contents, law_version: str | None, *, told: bool) -> Receipt:
    assessment = contents.it
    return {
        "format": FORMAT,
        "on": f"{assessment.on:%Y-%m-%d}",
        "region": contents.region(),
        "engine": {"version": _version()},
        "facts": contents.facts(),
        "law": {"version": law_version or assessment.law.version, "values": contents.values(told=told)},
        "results": [contents.result(answer) for answer in assessment.answers],
        "total": assessment.total,
        "figures": contents.figures(told=told),
        "uncounted": contents.uncounted(),
        "unclear": contents.unclear(),
    }


@cache
def _version() -> str:
    return version("doudi")


def hashes(made: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the facts, of the law used, and of everything computed."""
    return {
        name: "sha256:" + hashlib.sha256(canonical({key: made.get(key) for key in keys})).hexdigest()
        for name, keys in PARTS.items()
    }


def canonical(data: object) -> bytes:
    """One spelling for one content: sorted keys, no blanks, UTF-8. Raises BadReceipt for a float."""
    _refuse_floats(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written(made: Receipt) -> str:
    """The receipt as a file people can read: sorted keys, one line a value."""
    _refuse_floats(made)
    return json.dumps(made, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read(text: str) -> Receipt:
    """A receipt from the text of a file. Raises BadReceipt for anything else, floats and doubled keys too."""
    try:
        made = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_no_twice)
    except (ValueError, RecursionError) as problem:
        raise BadReceipt(f"不是有效的测算依据：{problem}") from None
    if not isinstance(made, dict) or made.get("format") != FORMAT:
        raise BadReceipt(f"不是兜底的测算依据（format 应为 {FORMAT}）")
    wrong = [key for key, kind in _KINDS.items() if not isinstance(made.get(key), kind)]
    if wrong or not isinstance(made["law"].get("values"), list):
        raise BadReceipt(f"测算依据不完整，缺少或写错：{'、'.join(wrong) or 'law.values'}")
    return dict(made)


def says_receipt(path: Path) -> bool:
    """True for a JSON file in which the name of the format stands, whatever else is in it."""
    return path.is_file() and path.suffix.lower() == ".json" and FORMAT.encode() in path.read_bytes()


def _no_float(text: str) -> NoReturn:
    raise BadReceipt(f"含有小数 {text}；金额一律是以分为单位的整数")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadReceipt("同一处有两个同名的项")
    return found


def _refuse_floats(data: object) -> None:
    if isinstance(data, float):
        _no_float(str(data))
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _refuse_floats(part)
