"""Three-valued answers and the reasons that go with them."""

from itertools import product

import pytest

from doudi.kernel.reason import Reason
from doudi.kernel.verdict import Verdict, and_, not_, or_

YES, NO, UNCLEAR = Verdict.YES, Verdict.NO, Verdict.UNCLEAR


def test_it_works():
    assert and_(Verdict.of(True), Verdict.of(None)) is UNCLEAR


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, UNCLEAR, UNCLEAR, YES),
        (YES, NO, NO, YES),
        (UNCLEAR, YES, UNCLEAR, YES),
        (UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR),
        (UNCLEAR, NO, NO, UNCLEAR),
        (NO, YES, NO, YES),
        (NO, UNCLEAR, NO, UNCLEAR),
        (NO, NO, NO, NO),
    ],
)
def test_kleene_tables(a, b, both, either):
    assert and_(a, b) is both
    assert or_(a, b) is either
    assert not_(and_(a, b)) is or_(not_(a), not_(b))


@pytest.mark.parametrize(("verdict", "negated"), [(YES, NO), (NO, YES), (UNCLEAR, UNCLEAR)])
def test_negation(verdict, negated):
    assert not_(verdict) is negated


def test_many_and_none():
    assert (and_(), or_()) == (YES, NO)
    for three in product(Verdict, repeat=3):
        assert and_(*three) is and_(and_(three[0], three[1]), three[2])
        assert or_(*three) is or_(or_(three[0], three[1]), three[2])


@pytest.mark.parametrize(("answer", "verdict"), [(True, YES), (False, NO), (None, UNCLEAR)])
def test_engine_booleans_map_both_ways(answer, verdict):
    assert Verdict.of(answer) is verdict
    assert verdict.as_bool() is answer


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_cannot_be_taken_for_a_bool(verdict):
    with pytest.raises(TypeError, match=r"Verdict\.YES"):
        bool(verdict)


def test_a_reason_reads_as_one_sentence_with_its_article():
    reason = Reason("income_below_line", "人均收入高于低保标准", "安丘低保办法 第三条")
    above = Reason(reason.code, reason.text, reason.article, "人均高出标准 74.67 元/月")
    assert str(reason) == "人均收入高于低保标准（安丘低保办法 第三条）"
    assert str(above) == "人均收入高于低保标准：人均高出标准 74.67 元/月（安丘低保办法 第三条）"
    assert reason == Reason("income_below_line", "人均收入高于低保标准", "安丘低保办法 第三条")
