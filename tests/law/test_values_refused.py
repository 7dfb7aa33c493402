"""Every way a values file can be wrong has its own error, in Chinese, naming file, table and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.law import errors
from doudi.law.parameters import load_parameters
from doudi.law.rulebook import Law
from tests.law.own_values import DEFAULTS, with_own

AT = '[[notice_days]]\nregion = "370784"\n'
DIBAO = '[[dibao_standard]]\nregion = "370784"\nfrom = 2030-01-01\n'

# (what is wrong, the file's text, its error, words an officer finds in it)
REFUSED: list[tuple[str, str, type[errors.LawTextError], tuple[str, ...]]] = [
    ("not toml", "[[notice_days\n", errors.UnreadableFile, ("不是有效的 TOML",)),
    (
        "float",
        AT + "from = 2030-01-01\nvalue = 7.5\n",
        errors.FloatRefused,
        ("7.5", "浮点数", "[notice_days] 第1条"),
    ),
    (
        "float inside",
        DIBAO + "value = { URBAN = 800.0, RURAL = '800' }\n",
        errors.FloatRefused,
        ("800.0", "加引号"),
    ),
    (
        "parameter",
        '[[dibao_standart]]\nregion = "36"\n',
        errors.UnknownParameter,
        ("dibao_standart", "没有声明过"),
    ),
    ("no from", AT + "value = 7\n", errors.MissingField, ("from", "生效日")),
    ("no value", AT + "from = 2030-01-01\n", errors.MissingField, ("缺少 value", "hole")),
    ("no region", "[[notice_days]]\nfrom = 2030-01-01\nvalue = 7\n", errors.MissingField, ("缺少 region",)),
    ("odd key", AT + "from = 2030-01-01\nvalue = 7\nvaleu = 8\n", errors.UnknownField, ("valeu",)),
    (
        "status",
        AT + 'from = 2030-01-01\nvalue = 7\nstatus = "law"\n',
        errors.WrongStatus,
        ("law", "statutory"),
    ),
    (
        "negative standard",
        DIBAO + "value = { URBAN = '800', RURAL = '-5' }\n",
        errors.WrongUnit,
        ("-5.00", "不能是负数"),
    ),
    (
        "standard of nothing",
        DIBAO + "value = { URBAN = '800', RURAL = '0.00' }\n",
        errors.WrongUnit,
        ("0.00", "小于允许的最小值"),
    ),
    (
        "from the year one",
        AT + "from = 0001-01-01\nvalue = 7\n",
        errors.EmptySpan,
        ("0001-01-01", "1949-10-01"),
    ),
    ("text for days", AT + 'from = 2030-01-01\nvalue = "7"\n', errors.WrongUnit, ("整数", "天")),
    ("true for days", AT + "from = 2030-01-01\nvalue = true\n", errors.WrongUnit, ("整数",)),
    (
        "other unit",
        AT + 'from = 2030-01-01\nvalue = 7\nunit = "工作日"\n',
        errors.WrongUnit,
        ("工作日", "天"),
    ),
    ("integer for money", DIBAO + "value = 800\n", errors.WrongUnit, ("带引号", "800")),
    ("percent for money", DIBAO + 'value = "80%"\n', errors.WrongUnit, ("80%",)),
    ("three decimals", DIBAO + 'value = "800.005"\n', errors.WrongUnit, ("800.005", "两位小数")),
    ("area of one", AT + "from = 2030-01-01\nvalue = { URBAN = 7 }\n", errors.UnknownAreaType, ("不分城乡",)),
    ("odd area", DIBAO + 'value = { TOWN = "800.00" }\n', errors.UnknownAreaType, ("TOWN", "URBAN")),
    (
        "value and hole",
        DIBAO + 'value = { URBAN = "8" }\nhole = { URBAN = "填" }\n',
        errors.OverlappingTexts,
        ("URBAN",),
    ),
    (
        "until before from",
        AT + "from = 2030-01-01\nuntil = 2030-01-01\nvalue = 7\n",
        errors.EmptySpan,
        ("不晚于",),
    ),
    ("date in quotes", AT + 'from = "2030-01-01"\nvalue = 7\n', errors.WrongUnit, ("不带引号的日期",)),
    ("date and time", AT + "from = 2030-01-01T08:00:00\nvalue = 7\n", errors.WrongUnit, ("时刻",)),
    (
        "place nobody knows",
        '[[notice_days]]\nregion = "990101"\nfrom = 2030-01-01\nvalue = 7\n',
        errors.UnknownRegion,
        ("990101", "[regions]"),
    ),
    (
        "place that is no code",
        '[[notice_days]]\nregion = "安丘"\nfrom = 2030-01-01\nvalue = 7\n',
        errors.UnknownRegion,
        ("安丘",),
    ),
    ("single brackets", '[notice_days]\nregion = "36"\n', errors.WrongUnit, ("[[",)),
    (
        "document without title",
        '[documents."某文"]\nissued = 2020-01-01\n',
        errors.BadDeclaration,
        ("某文", "title"),
    ),
]


@pytest.mark.parametrize(
    ("text", "kind", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_wrong_text_is_refused(
    tmp_path: Path, text: str, kind: type[errors.LawTextError], words: tuple[str, ...]
) -> None:
    with pytest.raises(kind) as caught:
        with_own(tmp_path, text)
    assert caught.value.file == "own.toml"
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("key", ["cites", "status", "reviewed"])
def test_an_entry_without_its_origin_is_refused(tmp_path: Path, key: str) -> None:
    defaults = "\n".join(line for line in DEFAULTS.splitlines() if not line.startswith(key)) + "\n"
    with pytest.raises(errors.MissingField, match=key) as caught:
        with_own(tmp_path, AT, "from = 2030-01-01\nvalue = 7\n", defaults=defaults)
    assert (caught.value.table, caught.value.entry) == ("notice_days", 1)


def entry(from_: str, until: str = "", value: str = "7", region: str = "370784") -> str:
    end = f"until = {until}\n" if until else ""
    return f'[[notice_days]]\nregion = "{region}"\nfrom = {from_}\n{end}value = {value}\n'


@pytest.mark.parametrize(
    "texts",
    [
        (entry("2030-01-01"), entry("2030-01-01", value="8")),
        (entry("2030-01-01"), entry("2030-01-01")),
        (entry("2030-01-01", "2030-06-02"), entry("2030-06-01")),
        (entry("2030-06-01"), entry("2030-01-01", "2031-01-01")),
        (entry("2030-01-01"), entry("2030-01-01", region="370784000000")),
    ],
    ids=["same day", "said twice", "one day too long", "written backwards", "two spellings of a region"],
)
def test_two_texts_that_claim_one_day_are_refused(tmp_path: Path, texts: tuple[str, str]) -> None:
    with pytest.raises(errors.OverlappingTexts, match="重叠") as caught:
        with_own(tmp_path, *texts)
    assert caught.value.table == "notice_days"


def test_two_texts_that_meet_are_not_an_overlap(tmp_path: Path) -> None:
    values = with_own(tmp_path, entry("2030-01-01", "2030-06-01"), entry("2030-06-01", value="8"))
    assert [values.lookup("notice_days", "370784", "", day) for day in (20300531, 20300601)] == [7, 8]


def test_urban_and_rural_may_begin_on_one_day_in_two_entries(tmp_path: Path) -> None:
    values = with_own(
        tmp_path, DIBAO + 'value = { URBAN = "800.00" }\n', DIBAO + 'hole = { RURAL = "请填写" }\n'
    )
    assert values.lookup("dibao_standard", "370784", "URBAN", 20300101) == 80000
    assert values.lookup("dibao_standard", "370784", "RURAL", 20300101) is None


def test_a_value_outside_its_bounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.WrongUnit, match="大于允许的最大值"):
        with_own(tmp_path, '[[spot_check_ratio]]\nregion = "36"\nfrom = 2030-01-01\nvalue = "101%"\n')


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.UnreadableFile, match="没有这个文件"):
        Law.load([tmp_path / "nowhere.toml"])
    (tmp_path / "gbk.toml").write_bytes("# 数值\n".encode("gbk"))
    with pytest.raises(errors.UnreadableFile, match="UTF-8"):
        Law.load([tmp_path / "gbk.toml"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[a_name]\nlabel = "名"\ntype = "money"\n', "缺少：unit"),
        ('[a_name]\nlabel = "名"\ntype = "money"\nunit = "工作日"\n', "没有单位“工作日”"),
        ('[a_name]\nlabel = "名"\ntype = "code"\nunit = "代码"\n', "要写 codes"),
        ('[a_name]\nlabel = "名"\ntype = "bool"\nunit = "是否"\nby_aera = true\n', "by_aera"),
        ('["A-Name"]\nlabel = "名"\ntype = "bool"\nunit = "是否"\n', "小写英文"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "topic.toml").write_text(text, encoding="utf-8")
    with pytest.raises(errors.BadDeclaration, match=words):
        load_parameters(tmp_path)
