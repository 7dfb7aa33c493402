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


def months(folder: Path, *rises: str | None, asked: int) -> Law:
    """Rises of November 2019 and the months after it; None: nobody entered that month's figure."""
    text = HEAD + f"[[price_trigger_months]]\nfrom = 2019-01-01\nvalue = {asked}\n"
    for first, after, rise in zip(MONTHS, MONTHS[1:], rises, strict=False):
        for name, shown in (("cpi_rise", rise), ("food_cpi_rise", "0%")):
            if rise is not None:
                text += f'[[{name}]]\nfrom = {first}\nuntil = {after}\nvalue = "{shown}"\n'
    text += '[[price_subsidy_least]]\nfrom = 2019-01-01\nvalue = "30.00"\n'
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return Law.load([path])


@pytest.mark.parametrize(
    ("asked", "rises", "on", "verdict"),
    [
        (1, ("0%", "0%", "0%", "3.5%"), date(2020, 2, 15), Verdict.YES),
        (2, ("0%", "0%", "3.4%", "3.5%"), date(2020, 2, 15), Verdict.NO),
        (2, ("0%", "0%", "3.5%", "3.5%"), date(2020, 2, 15), Verdict.YES),
        (3, ("0%", "0%", "3.5%", "3.5%"), date(2020, 2, 15), Verdict.NO),
        (3, ("3.5%", "3.5%", "3.5%"), date(2020, 1, 31), Verdict.YES),
        (3, ("3.4%", "3.5%", "3.5%"), date(2020, 1, 31), Verdict.NO),
        (3, (None, "3.5%", "3.5%"), date(2020, 1, 31), Verdict.UNCLEAR),
        (3, (None, "3.4%", "3.5%"), date(2020, 1, 31), Verdict.NO),
    ],
)
def test_the_months_before_are_read_as_they_were_published(
    tmp_path: Path, asked: int, rises: tuple[str | None, ...], on: date, verdict: Verdict
) -> None:
    law = months(tmp_path, *rises, asked=asked)
    document = {**FAMILY.document(law.book)}
    document["household"] = {**document["household"], "region_code": "370784"}
    answers = assess(document, on=on, law=law).answers
    (price,) = (one for one in answers if one.scheme.key == "price_subsidy")
    assert price.verdict is verdict
    if verdict is Verdict.UNCLEAR:
        assert "value:cpi_rise" in price.missing
