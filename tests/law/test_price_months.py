"""The price-linked subsidy where several months in succession are asked, with figures entered by month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.assessment.evaluate import assess
from doudi.kernel.verdict import Verdict
from doudi.law.rulebook import Law
from tests.law.cases import load_cases

HEAD = '[defaults]\nregion = "370784"\ncites = "测试"\nstatus = "test"\nreviewed = 2026-01-01\n'
FAMILY = next(case for case in load_cases() if case.id == "price-amount-01")
MONTHS = ("2019-11-01", "2019-12-01", "2020-01-01", "2020-02-01", "2020-03-01")


def months(folder: Path, *reached: int | None, asked: int) -> Law:
    """3.5 % in every month; the months in succession by then, from November 2019 on; None: not entered."""
    text = HEAD + f"[[price_trigger_months]]\nfrom = 2019-01-01\nvalue = {asked}\n"
    for first, after, count in zip(MONTHS, MONTHS[1:], reached, strict=False):
        if count is not None:
            text += f"[[price_months_reached]]\nfrom = {first}\nuntil = {after}\nvalue = {count}\n"
    for name, value in (("cpi_rise", "3.5%"), ("food_cpi_rise", "0%"), ("price_subsidy_least", "30.00")):
        text += f'[[{name}]]\nfrom = 2019-01-01\nvalue = "{value}"\n'
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return Law.load([path])


@pytest.mark.parametrize(
    ("asked", "reached", "on", "verdict"),
    [
        (1, (), date(2020, 2, 15), Verdict.YES),
        (3, (1, 2, 3, 4), date(2019, 12, 31), Verdict.NO),
        (3, (1, 2, 3, 4), date(2020, 1, 1), Verdict.YES),
        (3, (1, 2, 3, 4), date(2020, 2, 29), Verdict.YES),
        (3, (1, 2, 3, 1), date(2020, 2, 1), Verdict.NO),
        (2, (1, 2, None, 1), date(2020, 1, 15), Verdict.UNCLEAR),
    ],
)
def test_the_months_are_those_entered_with_the_month_s_figures(
    tmp_path: Path, asked: int, reached: tuple[int | None, ...], on: date, verdict: Verdict
) -> None:
    law = months(tmp_path, *reached, asked=asked)
    document = {**FAMILY.document(law.book)}
    document["household"] = {**document["household"], "region_code": "370784"}
    answers = assess(document, on=on, law=law).answers
    (price,) = (one for one in answers if one.scheme.key == "price_subsidy")
    assert price.verdict is verdict
    if verdict is Verdict.UNCLEAR:
        assert "value:price_months_reached" in price.missing
