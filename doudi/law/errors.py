"""What can be wrong with a text of the law, each as its own error that names file, table and entry.

The texts are Chinese: an officer who adds a county's values reads them.
"""

from __future__ import annotations


class LawTextError(ValueError):
    """A file of the law cannot be used: which `file`, `table` and `entry` (from 1; 0 is the table)."""

    def __init__(self, problem: str, *, file: str, table: str = "", entry: int = 0) -> None:
        place = file + (f" [{table}]" if table else "") + (f" 第{entry}条" if entry else "")
        super().__init__(f"{place}：{problem}")
        self.problem, self.file, self.table, self.entry = problem, file, table, entry


class UnreadableFile(LawTextError):
    """Not TOML, not UTF-8, or not there."""


class BadDeclaration(LawTextError):
    """A declaration (parameter, fact, document, claim) that lacks a field or carries one nobody reads."""


class UnknownParameter(LawTextError):
    """An entry for a parameter that no file declares."""


class MissingField(LawTextError):
    """An entry without `from`, value, cites, status or reviewed."""


class UnknownField(LawTextError):
    """An entry with a key nobody reads: most often a misspelling."""


class FloatRefused(LawTextError):
    """A TOML float: 0.1 is not a tenth, and law has no binary fractions."""


class WrongUnit(LawTextError):
    """A value written in another unit or kind than the parameter declares."""


class WrongStatus(LawTextError):
    """A status other than statutory, default or test."""


class UnknownAreaType(LawTextError):
    """An area type other than URBAN or RURAL, or one given where the parameter has none."""


class UnknownRegion(LawTextError):
    """A region that neither a `[regions]` table nor the list of counties names."""


class EmptySpan(LawTextError):
    """`until` not after `from`."""


class OverlappingTexts(LawTextError):
    """Two entries that claim the same day, region and area type."""


class MissingValue(LookupError):
    """The law has no value for this place and day; says which, where, when and what to do.

    `hint` is the text of the named hole, if the law has one; `since` the later day (yyyymmdd) on which the
    nation's law first speaks of it: before that there is nothing to fill in.
    """

    def __init__(
        self, *, parameter: str, label: str, region: str, region_name: str, on: int, area: str, hint: str,
        since: int | None = None,
    ) -> None:  # fmt: skip
        self.parameter, self.label = parameter, label
        self.region, self.region_name, self.on, self.area, self.hint = region, region_name, on, area, hint
        day, first = (f"{d // 10000}年{d // 100 % 100}月{d % 100}日" for d in (on, since or 0))
        where = f"{region_name or '未登记地区'}（{region or '全国'}）" + {
            "URBAN": "城镇",
            "RURAL": "农村",
        }.get(area, "")
        unwritten = "请在数值文件中补上这一条，写明文件依据，再用 --values 带入"
        todo = hint or (f"全国的规定自{first}起施行，这一天还没有；请核对日期" if since else unwritten)
        super().__init__(f"缺少政策数值：{label}（{parameter}），{where}，{day}。{todo}")
