"""Answers kept by the identity of what was asked about: hashing a whole law costs more than using it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
MOST = 8


def kept(make: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """`make`, asked once about each of the last eight objects, which must not change.

    The object is kept with its answer, so that its id cannot be given to another one meanwhile.
    """
    answers: dict[int, tuple[Asked, Answer]] = {}

    @wraps(make)
    def answered(asked: Asked) -> Answer:
        found = answers.get(id(asked))
        if found is None:
            found = answers[id(asked)] = asked, make(asked)
            for old in list(answers)[:-MOST]:
                answers.pop(old, None)
        return found[1]

    return answered
