"""A scheme declared as data: read as written, and refused with file and row when it cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.law.declared import scheme
from doudi.law.errors import BadDeclaration
from doudi.law.schemes.conditions import RESIDENT
from doudi.law.spec import Unit

HEAD = """
label = "冬季取暖补助"
short = "取暖补助"
unit = "household"
category = "WINTER_FUEL"
basis = ["国发〔2014〕47号"]
enabled = "temporary_assistance_enabled"
yields_to = ["dibao"]
"""
ROW = """
[[condition]]
rule = "rural_household"
label = "农村家庭"
refusal = "不是农村家庭"
code = "NOT_IN_GROUP"
cites = ["民发〔2012〕220号 第四条"]
"""


def written(folder: Path, text: str) -> str:
    home = folder / "winter_fuel"
    home.mkdir()
    (home / "spec.toml").write_text(text, "utf-8")
    return str(home / "spec.py")


def test_it_works(tmp_path: Path) -> None:
    made = scheme(written(tmp_path, HEAD + ROW + '[[condition]]\nlike = "RESIDENT"\n'))
    assert (made.key, made.unit, made.yields_to, made.order) == (
        "winter_fuel",
        Unit.HOUSEHOLD,
        ("dibao",),
        100,
    )
    first, second = made.conditions
    assert first.cites[0].from_ == date(2012, 12, 12)
    assert first.cites[0].until == date(2021, 7, 1)
    assert second == RESIDENT


def test_a_shared_condition_may_be_cited_otherwise(tmp_path: Path) -> None:
    text = HEAD + '[[condition]]\nlike = "RESIDENT"\ncites = ["国发〔2014〕47号"]\n'
    (condition,) = scheme(written(tmp_path, text)).conditions
    assert (condition.rule, condition.refusal) == (RESIDENT.rule, RESIDENT.refusal)
    assert [cite.text for cite in condition.cites] == ["国发〔2014〕47号"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + 'colour = "red"\n', "colour"),
        (HEAD + '[[condition]]\nlike = "RESIDNT"\n', "RESIDNT"),
        (HEAD + ROW + ROW.replace("rule =", "role ="), "role"),
        (HEAD + ROW.replace("民发〔2012〕220号 第四条", "某文件"), "某文件"),
        (HEAD + ROW.replace('code = "NOT_IN_GROUP"\n', ""), "code"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadDeclaration) as refused:
        scheme(written(tmp_path, text))
    assert said in str(refused.value)
    assert "schemes/winter_fuel/spec.toml" in str(refused.value)
