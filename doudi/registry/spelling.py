"""Letters read as syllables: who types zhangsan means somebody whose name is read so. Pure."""

from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

_SYLLABLES, LONGEST_SPELT, _LONGEST_SYLLABLE = range(2, 5), 24, 6


def spelt(letters: str) -> list[list[str]]:
    """The ways to read small letters as two to four syllables: zhangsan -> zhang san; xian -> xi an."""
    ways: list[list[list[str]]] = [[[]], *([] for _ in letters)]
    if len(letters) > LONGEST_SPELT:
        return []
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            if letters[start:end] in _syllables():
                ways[end] += [[*way, letters[start:end]] for way in ways[start]]
    return [way for way in ways[-1] if len(way) in _SYLLABLES]


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    han = (chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FFF)
    read = (one for one in lazy_pinyin(" ".join(han)) if one.isascii() and one.isalpha())
    return frozenset(one for one in read if set("aeiouv") & set(one))  # 嗯 is read n
