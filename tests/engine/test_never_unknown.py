"""What is said never to be unknown is not guarded in SQL: it must hold for every answer, known or not."""

from itertools import product

import pytest

from doudi.engine.ir import Const, Name, Node, Op, doubtful
from doudi.engine.words import WORDS

X, Y, NOUGHT = Name("x"), Name("y"), Const(0)
KNOWN_X, X_ABOVE = Op("known", (X,)), Op("gt", (X, NOUGHT))
NOT_KNOWN_X = Op("not", (KNOWN_X,))
BOTH = Op("and", (KNOWN_X, Op("known", (Y,))))
CASES: list[tuple[Node, bool]] = [
    (Op("and", (KNOWN_X, X_ABOVE)), False),
    (Op("and", (X_ABOVE, KNOWN_X)), False),
    (Op("not", (Op("and", (KNOWN_X, X_ABOVE)),)), False),
    (Op("or", (NOT_KNOWN_X, X_ABOVE)), False),
    (Op("or", (KNOWN_X, X_ABOVE)), True),
    (Op("and", (NOT_KNOWN_X, X_ABOVE)), True),
    (Op("and", (KNOWN_X, Op("gt", (Y, NOUGHT)))), True),
    (Op("and", (BOTH, Op("lt", (X, Y)))), False),
    (Op("and", (Op("or", (KNOWN_X, Op("known", (Y,)))), X_ABOVE)), True),
    (Op("where", (KNOWN_X, X, NOUGHT)), False),
    (Op("where", (KNOWN_X, NOUGHT, X)), True),
    (Op("where", (NOT_KNOWN_X, NOUGHT, X)), False),
    (Op("where", (BOTH, Op("sub", (X, Y)), NOUGHT)), False),
    (Op("where", (X_ABOVE, NOUGHT, NOUGHT)), True),
    (Op("where", (KNOWN_X, Op("div_up", (X, Const(12))), NOUGHT)), False),
    (Op("where", (BOTH, Op("div_up", (X, Y)), NOUGHT)), True),
    (Op("where", (KNOWN_X, Op("div_up", (X, NOUGHT)), NOUGHT)), True),
    (Op("where", (Op("and", (KNOWN_X, X_ABOVE)), Op("hi", (X, NOUGHT)), NOUGHT)), False),
]


def answer(node, facts):
    """What the words say, one after the other."""
    if isinstance(node, Const):
        return node.value
    return (
        facts[node.name] if isinstance(node, Name) else WORDS[node.op](*(answer(a, facts) for a in node.args))
    )


@pytest.mark.parametrize(("node", "may_be"), CASES)
def test_what_is_never_unknown(node, may_be):
    answers = [answer(node, {"x": x, "y": y}) for x, y in product([None, -1, 0, 5], repeat=2)]
    assert doubtful(node, lambda name: True) == may_be == (None in answers)
