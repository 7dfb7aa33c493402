"""Which documents may be quoted: by date, by place, and never a name nobody registered."""

from datetime import date

import pytest

from doudi.law.citing import DIBAO_2012, DIBAO_2021, JIANGXI_2018, applicable, quoted, source

BOTH = quoted(DIBAO_2012.art("第四条"), DIBAO_2021.art("第十三条"), JIANGXI_2018.art("五(一)1"))


@pytest.mark.parametrize(
    ("on", "place", "told"),
    [
        (date(2021, 6, 30), "440703", "民发〔2012〕220号 第四条"),
        (date(2021, 7, 1), "440703", "民发〔2021〕57号 第十三条"),
        (date(2018, 6, 1), "360102", "民发〔2012〕220号 第四条；赣发〔2018〕7号 五(一)1"),
        (date(2018, 6, 1), "370784", "民发〔2012〕220号 第四条"),
        (date(2010, 6, 1), "370784", ""),
    ],
)
def test_a_citation_is_quoted_where_and_when_its_document_governs(on: date, place: str, told: str) -> None:
    assert applicable(BOTH, on=on, place=place) == told


def test_what_cites_no_document_stays() -> None:
    assert applicable("系统默认，非法定", on=date(2010, 1, 1), place="110105") == "系统默认，非法定"


def test_a_cite_knows_the_days_of_its_document() -> None:
    cite = DIBAO_2012.art("第十七条")
    assert (cite.from_, cite.until) == (date(2012, 12, 12), date(2021, 7, 1))
    assert DIBAO_2021.art("").text == "民发〔2021〕57号"


def test_a_document_nobody_registered_cannot_be_cited() -> None:
    with pytest.raises(KeyError):
        source("某发〔2099〕1号")
