"""Why an answer is what it is: one text that screen, letter and statistics quote alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its article.

    `code` is the stable key for statistics, `text` the Chinese sentence for the family, `article` the
    document and article it rests on, `detail` what is particular to this case, such as 人均高出标准 74.67
    元/月.
    """

    code: str
    text: str
    article: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.text}{f'：{self.detail}' if self.detail else ''}（{self.article}）"
