"""What an officer and a family read: the answer first, then what to bring, then why not, then the working."""

import io
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from django.template import Context, Engine
from rich.console import Console

from doudi.assessment import page as page_module
from doudi.assessment.evaluate import Assessment, assess
from doudi.assessment.page import page
from doudi.assessment.receipt import receipt
from doudi.assessment.text import show
from doudi.assessment.view import view
from tests.rooms.assessment.households import (
    DECEMBER_2020,
    anqiu,
    anqiu_couple,
    anqiu_law,
    couple_with_unknown_wage,
    household,
    member,
    panzhou,
    panzhou_family,
)

TEMPLATE = Path(page_module.__file__).with_name("receipt.html").read_text("utf-8")


def text_of(assessment: Assessment, width: int = 100) -> str:
    into = io.StringIO()
    show(receipt(assessment), Console(file=into, width=width, color_system=None))
    return into.getvalue()


def squeezed(text: str) -> str:
    """Without the blanks that columns and line breaks put in."""
    return re.sub(r"\s", "", text)


def parts(text: str) -> list[str]:
    return re.findall(r"^(\S.*)$", text, flags=re.MULTILINE)


def test_it_works() -> None:
    text = text_of(anqiu(anqiu_couple()))
    assert "✓ 这户符合最低生活保障条件，每月 24.00 元。" in text
    assert "合计：24.00 元/月" in text


def test_the_parts_come_in_the_order_they_are_asked_for() -> None:
    found = [one.partition("：")[0] for one in parts(text_of(anqiu(couple_with_unknown_wage())))]
    order = [
        "结论",
        "需要补充的情况（3项）",
        "为什么不是其他类别",
        "逐项条件",
        "怎么算出来的",
        "用到的政策数值",
    ]
    places = [found.index(title) for title in order]
    assert places == sorted(places)


def test_the_couple_of_anqiu_reads_its_working_figure_by_figure() -> None:
    text = squeezed(text_of(anqiu(anqiu_couple())))
    for line in (
        "家庭收入合计（扣除前）=王建国14,400.0014,400.00元",
        "家庭就业成本=王建国1,800.001,800.00元",
        "家庭人均月收入=家庭收入（低保口径）12,600.00÷（计入人口2×12）525.00元/月",
        "家庭月低保金=全年应补288.00÷1224.00元/月",
        "就业成本每月定额150.00元/人月测试值",
        "最低生活保障标准537.00元/人月",
    ):
        assert line in text, line


def test_the_family_of_panzhou_reads_what_it_gets_and_how_far_the_rest_is() -> None:
    text = squeezed(text_of(panzhou(panzhou_family())))
    for line in (
        "陈小宝符合最低生活保障（单人户）条件，每月500.00元。",
        "这户符合低保边缘家庭条件。",
        "这户符合防止返贫监测对象条件（监测类别：边缘易致贫户）。",
        "人均月收入高出低保标准74.67元/月",
        "《社会救助暂行办法》（国务院令第649号）第九条",
        "人均月收入低于低保边缘线175.33元/月",
        "城乡精准扶贫重点帮扶对象",
        "收入减少或有新的必要支出时，可以重新申请。",
        "周玉兰基础养老金收入1,800.00元。按核定日的口径，这些收入不参与计算。",
        "574.67元/月",
        "最低工资标准2,490.00元/月〔测试值〕",
    ):
        assert line in text, line


def test_an_unclear_family_is_told_so_calmly_and_never_gets_a_zero() -> None:
    text = text_of(anqiu(couple_with_unknown_wage()))
    flat = squeezed(text)
    assert "现在还不能判断是否符合：最低生活保障；" in flat
    assert "不清楚不等于没有，也不等于零" in flat
    assert "工资性收入（扣除前）请在“收入”表补填；确实没有的填0" in flat
    assert "家庭人均月收入=家庭收入（低保口径）待核实÷（计入人口2×12）待核实" in flat
    assert "符合最低生活保障条件" not in flat
    assert not re.search(r"[^0-9,.]0\.00", text)


def test_a_family_that_gets_nothing_is_told_so_plainly() -> None:
    document = anqiu_couple()
    document["members"][0]["incomes"][0]["amount"] = 10**8
    text = squeezed(text_of(anqiu(document)))
    assert "按现有情况和核定日的规定，这户暂时不属于任何一类" in text
    assert "人均月收入高出低保标准" in text


def test_an_amount_not_yet_known_is_said_to_be_open() -> None:
    old = member("赵德福", "HEAD", birth_date=19500101, obligor_state="NONE", self_care_failed=2)
    alone = {"household": household(region_code="520281123"), "members": [old]}
    text = squeezed(text_of(panzhou(alone)))
    assert "赵德福符合特困人员救助供养条件" in text
    assert "，金额待定；另有照料护理费，金额待定。" in text
    assert "请填写盘州市现行特困人员基本生活标准（元/人月）" in text


def _two_years_in_dibao(**facts: object) -> dict:
    """A couple of Anqiu above the line, whose exit waits for the county's moratorium."""
    document = anqiu_couple()
    document["members"][0]["incomes"][0]["amount"] = 10**8
    document["household"] |= {"dibao_recipient": True, "dibao_amount_before": 30000, **facts}
    return document


def test_a_family_whose_dibao_goes_on_is_not_told_to_apply_again() -> None:
    law = anqiu_law().with_values({"exit_moratorium": True}, region="370784")
    kept = view(receipt(assess(_two_years_in_dibao(), on=DECEMBER_2020, law=law)))
    assert "这户符合低保继续保障条件" in kept["sentences"][0]["text"]
    (dibao,) = (row for row in kept["refused"] if row["label"] == "最低生活保障")
    assert [one["next"] for one in dibao["reasons"]] == ["现在的保障见“低保继续保障”，不用重新申请"]
    over = view(receipt(assess(_two_years_in_dibao(dibao_recipient=False), on=DECEMBER_2020, law=law)))
    (dibao,) = (row for row in over["refused"] if row["label"] == "最低生活保障")
    assert [one["next"] for one in dibao["reasons"]] == ["收入减少或有新的必要支出时，可以重新申请"]


def test_a_family_whose_exit_is_open_is_told_to_wait() -> None:
    waits = view(receipt(anqiu(_two_years_in_dibao())))
    assert "低保继续保障" in waits["undecided"]
    (dibao,) = (row for row in waits["refused"] if row["label"] == "最低生活保障")
    next_ = "是否符合“低保继续保障”还没有查清，先不用重新申请"
    assert [one["next"] for one in dibao["reasons"]] == [next_]


def test_a_child_left_with_its_grandparents_is_asked_about() -> None:
    old = [member("赵德福", "HEAD", birth_date=19550101), member("孙玉梅", "SPOUSE", birth_date=19570101)]
    child = member("赵小明", "GRANDCHILD", birth_date=20150101, student=True)
    family = {"household": household(region_code="520281123"), "members": [*old, child]}
    made = receipt(panzhou(family))
    assert "有未成年人没有和父母同住，父母情况没有填写" in squeezed(text_of(panzhou(family)))
    assert not {"father_state", "mother_state"} & {one["name"] for one in made["unclear"]}
    child["mother_state"] = child["father_state"] = "ABLE"
    assert "父母情况没有填写" not in squeezed(text_of(panzhou(family)))


@pytest.mark.parametrize("width", [60, 101])
def test_no_character_is_lost_at_any_width(width: int) -> None:
    # Columns interleave when they wrap, so the characters are counted, not read.
    narrow, wide = (squeezed(text_of(panzhou(panzhou_family()), one)) for one in (width, 400))
    assert Counter(narrow) == Counter(wide)


def test_a_name_that_looks_like_markup_is_only_a_name() -> None:
    document = anqiu_couple()
    document["members"][0]["name"] = "[bold]王[/bold]"
    assert "[bold]王[/bold]家" in text_of(anqiu(document))


# --- the page --------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """Tags in order, and the attributes of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_says_the_same_as_the_text() -> None:
    html = page(receipt(panzhou(panzhou_family())))
    for line in ("每月 500.00 元。", "人均月收入高出低保标准 74.67 元/月", "34,480.00 元", "2025年10月9日"):
        assert line in html


def test_the_page_needs_nothing_else() -> None:
    html = page(receipt(panzhou(panzhou_family())))
    outline = Outline(html)
    assert not outline.all("script")
    assert not outline.all("link")
    assert not outline.all("img")
    assert len(outline.all("style")) == 1
    assert not re.search(r"https?:|url\(|@import|src=|href=", html)
    assert "@page" in html
    assert "A4" in html


def test_the_page_has_language_headings_and_table_heads() -> None:
    outline = Outline(page(receipt(anqiu(couple_with_unknown_wage()))))
    assert outline.all("html") == [{"lang": "zh-Hans"}]
    assert outline.all("meta")[1] == {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert len(outline.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(outline.all("thead")) == len(outline.all("table")) > 2
    assert all(one.get("scope") in ("col", "row") for one in outline.all("th"))
    sections = {one["aria-labelledby"] for one in outline.all("section")}
    assert sections == {one["id"] for one in outline.all("h2")}


def test_what_a_family_wrote_is_never_markup() -> None:
    document = anqiu_couple()
    document["household"]["household_id"] = '"><img src=x onerror=alert(1)>'
    document["members"][0]["name"] = "<script>alert(1)</script>"
    document["members"][1]["name"] = "{{ hashes }}{% debug %}"
    html = page(receipt(anqiu(document)))
    outline = Outline(html)
    assert not outline.all("script")
    assert not outline.all("img")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;家" in html
    assert "{{ hashes }}{% debug %}" in html


@pytest.mark.parametrize("document", [anqiu_couple, couple_with_unknown_wage])
def test_the_template_asks_for_nothing_that_is_not_there(document) -> None:
    strict = Engine(autoescape=True, string_if_invalid="⟦%s⟧").from_string(TEMPLATE)
    made = view(receipt(assess(document(), on=DECEMBER_2020, law=anqiu_law())))
    html = str(strict.render(Context(made, use_l10n=False, use_tz=False)))
    assert "⟦" not in html
    assert "None" not in html
