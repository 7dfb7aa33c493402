"""Each act the audit keeps has a name in Chinese: for 留痕查询 and for the daily report."""

import ast
from collections.abc import Iterator
from pathlib import Path

from doudi.office.report import Report, in_words
from doudi.office.verbs import FIRST, VERBS

DOUDI = Path(__file__).resolve().parents[3] / "doudi"


def recorded() -> Iterator[str]:
    """What the code records: the words given as `verb=`, or to a room's own `_record`."""
    for path in DOUDI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and not path.name.startswith("test_"):
                given = [word.value for word in node.keywords if word.arg == "verb"]
                if isinstance(node.func, ast.Name) and node.func.id == "_record":
                    given += node.args[1:2]
                yield from (
                    one.value for one in given if isinstance(one, ast.Constant) and one.value is not None
                )


def test_every_act_has_a_name() -> None:
    found = set(recorded())
    assert {"import_compared", "import_absorbed", "traced", "handed_out", "denied"} <= found
    of_changes = {"proposed", "withdrawn"}  # recorded as change_…
    assert {f"change_{one}" for one in of_changes} <= VERBS.keys()
    assert found - of_changes <= VERBS.keys()
    assert {verb for verbs in FIRST.values() for verb in verbs} <= VERBS.keys()


def test_the_daily_report_has_no_word_of_the_program() -> None:
    counted = dict.fromkeys(VERBS, 1)
    made = Report(
        day="2026-11-22", entries=len(VERBS), first={}, verbs=counted, departments={"系统": counted},
        officers=[], position=0, digest="", last_sealed="没有封存", state="unchanged", verdict=[],
    )  # fmt: skip
    assert not [letter for letter in in_words(made) if "a" <= letter <= "z"]
