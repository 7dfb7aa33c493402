"""The facts the law may ask about: declared once, labelled once, each item summed in its sheet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from doudi.law.errors import BadDeclaration
from doudi.law.facts import Facts, load_facts
from doudi.law.rulebook import ROOT, Law


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped facts that a test may spoil."""
    return Path(shutil.copytree(ROOT / "facts", tmp_path / "facts"))


def spoil(folder: Path, file: str, text: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as into:
        into.write(text)


@pytest.mark.parametrize(
    ("name", "entity", "engine_type", "asked"),
    [
        ("region_code", "household", "TEXT", True),
        ("area_type", "household", "TEXT", True),
        ("application_date", "household", "INT", True),
        ("income_complete", "household", "BOOL", True),
        ("disability_grade", "person", "INT", True),
        ("wage_gross", "person", "INT", False),
        ("medical_cost", "household", "INT", False),
        ("vehicle_count", "household", "INT", False),
    ],
)
def test_a_fact_has_its_entity_and_type(name: str, entity: str, engine_type: str, asked: bool) -> None:
    fact = Law.load().facts[name]
    assert (fact.entity, fact.engine_type, fact.is_sum) == (entity, engine_type, not asked)


def test_a_column_is_found_by_sheet_and_label() -> None:
    facts = Law.load().book
    assert facts.by_label["家庭", "地区代码"].name == "region_code"
    assert facts.by_label["成员", "身份证号"].name == "id_no"
    assert ("收入", "经营净收入") not in facts.by_label


def test_an_item_is_found_by_code_and_by_label() -> None:
    facts = Law.load().book
    assert facts.item_of["income", "工资薪金"] is facts.item_of["income", "SALARY"]
    assert facts.items["income.SALARY"].fact == "wage_gross"
    assert facts.items["income.SALARY"].deduction == "employment_cost"
    assert facts.items["asset.VEHICLE"].measure == "count"


def test_a_code_is_read_from_code_or_label_and_nothing_else() -> None:
    areas = Law.load().codes["area_type"]
    assert [areas.read(text) for text in ("URBAN", "城镇", "农村", "郊区")] == [
        "URBAN",
        "URBAN",
        "RURAL",
        None,
    ]


def test_no_fact_shares_its_name_with_a_parameter() -> None:
    law = Law.load()
    assert not set(law.facts) & set(law.parameters)


FACT = '[another]\nentity = "household"\nkind = "bool"\nlabel = "另一项"\nsheet = "家庭"\n'


def test_a_new_fact_is_a_new_row(folder: Path) -> None:
    spoil(folder, "household.toml", FACT)
    assert load_facts(folder).facts["another"].label == "另一项"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("household.toml", FACT.replace('kind = "bool"\n', ""), "kind"),
        ("household.toml", FACT + 'lable = "x"\n', "lable"),
        ("household.toml", FACT.replace('"bool"', '"number"'), "number"),
        ("household.toml", FACT.replace('"household"', '"person"'), "不相符"),
        ("household.toml", FACT.replace('"bool"', '"code"'), "代码表"),
        ("household.toml", FACT.replace("另一项", "地区代码"), "地区代码"),
        ("person.toml", FACT.replace("another", "region_code"), "已经声明过"),
        ("items.toml", '[income.ODD]\nlabel = "其他奇怪收入"\nfact = "region_code"\n', "表的合计项"),
        ("items.toml", '[income.ODD]\nlabel = "其他奇怪收入"\nfact = "wage_grross"\n', "wage_grross"),
        ("items.toml", '[income.ODD]\nlabel = "工资薪金"\nfact = "wage_gross"\n', "工资薪金"),
        ("items.toml", '[income.ODD]\nfact = "wage_gross"\n', "label"),
        ("items.toml", '[gift.ODD]\nlabel = "礼"\nfact = "wage_gross"\n', "label 与 fact"),
        ("codes.toml", '[twice]\nA = "甲"\nB = "甲"\n', "两个代码"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_by_name(folder: Path, file: str, text: str, words: str) -> None:
    spoil(folder, file, text)
    with pytest.raises(BadDeclaration, match=words) as caught:
        load_facts(folder)
    assert caught.value.table


def test_other_spellings_of_a_code_are_read(folder: Path) -> None:
    spoil(folder, "codes.toml", '[crop]\nRICE = { label = "水稻", also = ["稻谷", "稻"] }\n')
    facts: Facts = load_facts(folder)
    assert [facts.codes["crop"].read(text) for text in ("RICE", "水稻", "稻", "麦")] == [
        "RICE",
        "RICE",
        "RICE",
        None,
    ]
