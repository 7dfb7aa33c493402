"""One file with a family in each region and year: each gets its own law, and a receipt that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doudi.cli import Exit
from doudi.cli.main import main

Row = dict[str, Any]
PAPERS = dict.fromkeys(("hukou_local", "authorised_all", "income_complete", "expenditure_complete"), True)
WELL = {"student": False, "serious_illness": False, "disability_type": "无", "disability_grade": 0}


def family(key: str, place: str, area: str, on: str, *, net: str = "0", **said: Any) -> Row:
    """One person born in 1980 with a farm; `net` yuan a year."""
    household = {
        **PAPERS, "household_id": key, "region_code": place, "area_type": area, "on": on,
        "property_conclusion": "符合", "property_complete": True, "expenditure_route_approved": False, **said,
    }  # fmt: skip
    incomes = [{"item": "种植", "month": f"{int(on[:4]) - 1}-12", "amount": net}] if net != "0" else []
    member = {
        **WELL, "name": f"示例{key}", "relation": "户主", "birth_date": "1980-01-01",
        "chronic_illness": False, "labour_capacity": "普通劳动力", "incomes": incomes,
    }  # fmt: skip
    return {"household": household, "members": [member]}


FAMILIES = [
    family("国2013", "110105", "城镇", "2013-06-01"),
    family(
        "江2016", "440781", "农村", "2016-06-01", dibao_recipient=True, county_confirmed=True,
        disposable_income_2015="5039.99",
    ),
    family("江2018", "440703", "城镇", "2018-06-11", net="6000"),
    family("赣2018", "360102", "城镇", "2018-06-01", net="6960", hardship_cause="因病"),
    family("安2020", "370784", "农村", "2020-06-01", net="6000"),
    family("安2021", "370784", "农村", "2021-01-01", net="6000"),
    family("盘2025", "520281123", "农村", "2025-10-09", net="6896", risk_confirmed=True, ex_poor=False),
]  # fmt: skip
# verdicts and monthly amounts that only the family's own region and year can give
EXPECTED = {
    "国2013": {"dibao_verdict": "UNCLEAR", "edge_verdict": "NOT_IN_FORCE"},
    "江2016": {"key_target_verdict": "YES", "dibao_verdict": "UNCLEAR"},
    "江2018": {"dibao_verdict": "YES", "dibao_amount": "300.00", "development_track_verdict": "YES"},
    "赣2018": {"dibao_verdict": "NO", "expenditure_poor_verdict": "YES"},
    "安2020": {"dibao_verdict": "YES", "dibao_amount": "37.00"},
    "安2021": {"dibao_verdict": "UNCLEAR", "expenditure_poor_verdict": "NOT_IN_FORCE"},
    "盘2025": {"dibao_verdict": "UNCLEAR", "key_target_verdict": "NOT_IN_FORCE"},
}
NAMED = {
    "国2013": "民发〔2012〕220号",
    "江2016": "《“两线合一”构建立体化社保扶贫格局》（江门市）",
    "江2018": "江府〔2018〕6号",
    "赣2018": "赣发〔2018〕7号",
    "安2020": "《织密扎牢民生兜底脱贫保障“安全网”》（安丘市）",
    "盘2025": "盘州市两项政策衔接并轨试点工作方案（2025年9月12日）",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "各地各年.json"
    path.write_text(json.dumps(FAMILIES, ensure_ascii=False), encoding="utf-8")
    return path


def test_each_family_has_the_law_of_its_own_place_and_year(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果.json"
    assert main(["assess", str(file), "--on", "2026-01-05", "--out", str(out)]) == Exit.LAW_VALUE_MISSING
    rows = {row["household_id"]: row for row in json.loads(out.read_text("utf-8"))["results"]}
    for key, expected in EXPECTED.items():
        assert {name: rows[key][name] for name in expected} == expected, key


@pytest.mark.parametrize("key", NAMED)
def test_the_receipt_names_the_document(key: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(file), "--household", key, "--on", "2026-01-05", "--format", "json"]) == 0
    assert NAMED[key] in capsys.readouterr().out
