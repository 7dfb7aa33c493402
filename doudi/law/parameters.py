"""What the law may hold a value for: every parameter, declared once in `parameters/<topic>.toml`.

```toml
[dibao_standard]
label = "最低生活保障标准"
type = "money"            # money ("800.00") | ratio ("75%", "1.5") | count | bool | code
unit = "元/人月"           # shown beside the figure; one of UNITS for the type
by_area = true            # urban and rural may differ
codes = { CENT = "到分" }  # for type = code: code -> Chinese label
at_least = "0"            # optional bounds, written like a value
at_most = "10000"
document = "least"        # optional: what a document gives is the least (or "most") that a county may set
about = "..."             # what it means, whose question it answers
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from doudi.kernel.money import MoneyError, format_yuan, parse_yuan
from doudi.law.errors import BadDeclaration, FloatRefused, UnreadableFile, WrongUnit

Value = int | bool | str

UNITS: dict[str, frozenset[str]] = {
    "money": frozenset(
        {"元/人月", "元/户月", "元/月", "元/人年", "元/户年", "元/年", "元/次", "元/人次", "元"}
    ),
    "ratio": frozenset({"比例", "倍"}),
    "count": frozenset(
        {
            "个月",
            "工作日",
            "天",
            "小时",
            "小时/月",
            "岁",
            "次",
            "次/年",
            "人",
            "份",
            "级",
            "日",
            "个",
            "年",
            "字",
            "张",
            "倍",
            "分",
        }
    ),
    "bool": frozenset({"是否"}),
    "code": frozenset({"代码"}),
}
ENGINE_TYPES = {"money": "INT", "ratio": "INT", "count": "INT", "bool": "BOOL", "code": "TEXT"}
PER_MILLE = 1000
GRADES = ("未列入", "一级", "二级", "三级", "四级")
"""How a grade of disability is said; 0 where the document lists none of the kind."""

_FIELDS = {"label", "type", "unit", "by_area", "codes", "at_least", "at_most", "about", "document"}
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,5})(\.(?P<part>[0-9]))?%")
_TIMES = re.compile(r"(?P<whole>[0-9]{1,5})(\.(?P<part>[0-9]{1,3}))?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter. Engine units: fen for money, per-mille for ratio, the number for count."""

    name: str
    label: str
    type: str
    unit: str
    topic: str
    by_area: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    at_least: Value | None = None
    at_most: Value | None = None
    about: str = ""
    document: str = ""

    @property
    def engine_type(self) -> str:
        """INT, BOOL or TEXT."""
        return ENGINE_TYPES[self.type]

    def read(self, raw: object) -> Value:
        """The engine's value of what a file says. Raises ValueError (Chinese) for another kind or unit."""
        value = self._read(raw)
        if isinstance(value, int) and not isinstance(value, bool):
            if value < min(0, int(self.at_least or 0)):
                # A standard of -5 would refuse every family there is without anybody having decided it.
                raise ValueError(f"数值 {self.show(value)} 不能是负数")
            if isinstance(self.at_least, int) and value < self.at_least:
                raise ValueError(f"数值 {self.show(value)} 小于允许的最小值 {self.show(self.at_least)}")
            if isinstance(self.at_most, int) and value > self.at_most:
                raise ValueError(f"数值 {self.show(value)} 大于允许的最大值 {self.show(self.at_most)}")
        return value

    def _read(self, raw: object) -> Value:
        if self.type == "money":
            if not isinstance(raw, str):
                raise ValueError(f'金额应写成带引号的元，例如 "800.00"，现为 {raw}')
            return parse_yuan(raw)
        if self.type == "ratio":
            return per_mille(raw)
        if self.type == "count":
            if isinstance(raw, bool) or not isinstance(raw, int):
                raise ValueError(f"应为整数（{self.unit}），现为 {raw}")
            return raw
        if self.type == "bool":
            if not isinstance(raw, bool):
                raise ValueError(f"应为 true 或 false，现为 {raw}")
            return raw
        if not isinstance(raw, str) or raw not in self.codes:
            raise ValueError(f"代码“{raw}”不在可选范围：{'、'.join(self.codes)}")
        return raw

    def show(self, value: Value | None) -> str:
        """The value as an officer reads it, with its unit: 800.00 元/人月, 75%, 1.5 倍, 20 工作日, 是."""
        if value is None:
            return "（缺）"
        if self.type == "code":
            return self.codes.get(str(value), str(value))
        if self.type == "bool":
            return "是" if value else "否"
        number = int(value)
        if self.unit == "级":
            return GRADES[number] if 0 <= number < len(GRADES) else f"{number}级"
        if self.type == "money":
            return f"{format_yuan(number)} {self.unit}"
        if self.type == "ratio" and self.unit == "比例":
            return f"{_decimal(number, 10)}%"
        if self.type == "ratio":
            return f"{_decimal(number, PER_MILLE)} 倍"
        return f"{number} {self.unit}"


def per_mille(raw: object) -> int:
    """A ratio in thousandths: "75%" -> 750, "1.5" -> 1500. Raises ValueError for anything else."""
    if isinstance(raw, str):
        if found := _PERCENT.fullmatch(raw):
            return int(found["whole"]) * 10 + int(found["part"] or 0)
        if found := _TIMES.fullmatch(raw):
            return int(found["whole"]) * PER_MILLE + int((found["part"] or "").ljust(3, "0"))
    raise ValueError(f'比例应写成带引号的 "75%" 或 "1.5"，最细到千分之一，现为 {raw}')


def _decimal(number: int, scale: int) -> str:
    whole, part = divmod(number, scale)
    digits = str(part).rjust(len(str(scale)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def read_toml(path: Path, shown: str) -> dict[str, Any]:
    """The tables of one TOML file. Raises UnreadableFile, or FloatRefused naming the table and entry."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UnreadableFile("没有这个文件，请核对路径", file=shown) from None
    except UnicodeDecodeError:
        raise UnreadableFile("不是 UTF-8 编码的文本，请另存为 UTF-8 后再试", file=shown) from None
    except OSError as problem:
        raise UnreadableFile(f"读不出来（{problem.strerror}）", file=shown) from None
    except tomllib.TOMLDecodeError as problem:
        raise UnreadableFile(f"不是有效的 TOML：{problem}", file=shown) from None
    for table, content in tables.items():
        rows = content if isinstance(content, list) else [content]
        for number, row in enumerate(rows, 1):
            _refuse_odd_scalars(row, file=shown, table=table, entry=number if rows is content else 0)
    return tables


def _refuse_odd_scalars(node: object, *, file: str, table: str, entry: int) -> None:
    if isinstance(node, float):
        raise FloatRefused(
            f'数字 {node} 是浮点数；金额和比例请加引号写成文本，例如 "800.00"、"75%"',
            file=file,
            table=table,
            entry=entry,
        )
    if isinstance(node, datetime):
        raise WrongUnit(
            f"日期 {node} 带有时刻；请只写日期，例如 2018-01-01", file=file, table=table, entry=entry
        )
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _refuse_odd_scalars(child, file=file, table=table, entry=entry)


def load_parameters(folder: Path) -> dict[str, Parameter]:
    """Every declared parameter by name, in file and row order. Raises BadDeclaration."""
    parameters: dict[str, Parameter] = {}
    for path in sorted(folder.glob("*.toml")):
        shown = f"parameters/{path.name}"
        tables = read_toml(path, shown)
        topic = tables.pop("topic", path.stem)
        for name, row in tables.items():
            if name in parameters:
                raise BadDeclaration("这个参数已经声明过", file=shown, table=name)
            parameters[name] = _parameter(name, row, topic=topic, shown=shown)
    return parameters


def _parameter(name: str, row: Any, *, topic: str, shown: str) -> Parameter:
    def refuse(problem: str) -> BadDeclaration:
        return BadDeclaration(problem, file=shown, table=name)

    if not isinstance(row, dict) or not _NAME.fullmatch(name):
        raise refuse("参数名应为小写英文、数字、下划线，内容应为一张表")
    if unknown := set(row) - _FIELDS:
        raise refuse(f"不认识的键：{'、'.join(sorted(unknown))}")
    if missing := {"label", "type", "unit"} - set(row):
        raise refuse(f"缺少：{'、'.join(sorted(missing))}")
    if row["type"] not in UNITS or row["unit"] not in UNITS[row["type"]]:
        raise refuse(f"类型“{row['type']}”没有单位“{row['unit']}”")
    if (row["type"] == "code") != bool(row.get("codes")):
        raise refuse("类型为 code 时、也只有这时，要写 codes")
    if row.get("document", "least") not in ("least", "most") or (row["type"] == "code" and "document" in row):
        raise refuse("document 只能写 least（文件的数是下限）或 most（上限），代码没有上下限")
    bare = Parameter(
        name=name, label=row["label"], type=row["type"], unit=row["unit"], topic=topic,
        by_area=row.get("by_area", False), codes=row.get("codes", {}), about=row.get("about", ""),
        document=row.get("document", ""),
    )  # fmt: skip
    try:
        bounds = {key: bare._read(row[key]) for key in ("at_least", "at_most") if key in row}
    except (ValueError, MoneyError) as problem:
        raise refuse(str(problem)) from None
    return Parameter(**{**vars(bare), **bounds})


def ymd(day: date) -> int:
    """A date as the engine's int yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day
