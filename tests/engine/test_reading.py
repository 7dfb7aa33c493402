"""What a rule may not say, and that the refusal names the file and line."""

import importlib.util
import itertools
import re
from dataclasses import replace

import pytest

from doudi.engine.program import Program
from doudi.engine.reading import RuleError
from doudi.engine.vocabulary import (
    BOOL,
    PERSON,
    TEXT,
    ConditionRef,
    FactSpec,
    ValueSpec,
    VerdictSpec,
    part,
    rule,
    rules_of,
    total,
)

FACTS = (
    FactSpec("a"),
    FactSpec("b"),
    FactSpec("yes", type=BOOL),
    FactSpec("word", type=TEXT),
    FactSpec("wage", PERSON),
)
VALUES = (ValueSpec("wage_law"),)
NUMBER = itertools.count()
HEAD = "from doudi.engine.vocabulary import *\n\n"


def compiled(folder, text, **given):
    path = folder / f"rules{next(NUMBER)}.py"
    path.write_text(HEAD + text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Program.compile(rules=rules_of(module), **{"facts": FACTS, "values": VALUES, **given})


def household_rule(expression, parameters="a, b"):
    return (
        f'@rule(unit="fen", cites="test")\ndef x({parameters}):\n    "A figure."\n    return {expression}\n'
    )


def person_rule(expression, parameters="wage"):
    return household_rule(expression, parameters).replace("@rule", "@person_rule")


def a_part(name, expression="n + m"):
    return f'@part\ndef {name}(n, m):\n    "A piece."\n    return {expression}\n\n\n'


def body(*lines, parameters="a, b"):
    head = f'@rule(unit="fen", cites="test")\ndef x({parameters}):\n'
    return head + "".join(f"    {line}\n" for line in lines)


REFUSED = [
    (body('"d"', "if a:", "    return b", "return a"), "no if statement"),
    (body('"d"', "for i in a:", "    pass", "return a"), "no loop"),
    (body('"d"', "while a:", "    pass", "return a"), "no loop"),
    (body('"d"', "import math", "return a + b"), "no import"),
    (body('"d"', "from math import floor", "return a + b"), "no import"),
    (body('"d"', "c = a", "return c + b"), "no assignment"),
    (body('"d"', "return a + b", "return a"), "one return"),
    (body('"d"', "return"), "one return"),
    (body("return a + b"), "docstring"),
    (household_rule("a + 0.5 * b"), "constant 0.5"),
    (household_rule("a + b + None"), "constant None"),
    (household_rule("a.real + b"), "no attribute"),
    (household_rule("a.bit_length() + b"), "no attribute"),
    (household_rule("0 < a < b"), "no chained comparison"),
    (household_rule("abs(a) + b"), "abs(...) is not in the vocabulary"),
    (household_rule("max(a, b)"), "max(...) is not in the vocabulary"),
    (household_rule("(lambda: a)() + b"), "no lambda"),
    (household_rule("hi(lambda: a, b)"), "no lambda"),
    (household_rule("a if b else 0"), "where(c, a, b)"),
    (household_rule("a / b"), "div_round, div_up or div_down"),
    (household_rule("a // b"), "div_round, div_up or div_down"),
    (household_rule("a % b"), "div_round, div_up or div_down"),
    (household_rule("a ** b"), "Pow"),
    (household_rule("a & b"), "BitAnd"),
    (household_rule("~a + b"), "UnaryOp"),
    (household_rule("a in (b,)"), "is_in"),
    (household_rule("a is b"), "known(x)"),
    (household_rule("[a, b]"), "List"),
    (household_rule("a[0] + b"), "Subscript"),
    (household_rule("f'{a}' == b"), "JoinedStr"),
    (household_rule("sum(x for x in (a, b))"), "sum(...) is not in the vocabulary"),
    (household_rule("hi(x for x in (a, b))"), "hi takes at least 2"),
    (household_rule("(c := a) + b"), "no assignment"),
    (household_rule("a + b + c"), "unknown name c"),
    (household_rule("a + b + print"), "unknown name print"),
    (household_rule("a"), "parameter b is not used"),
    (household_rule("a + nobody", "a, nobody"), "x reads nobody"),
    (household_rule("a + wage", "a, wage"), "household rule x reads wage of persons"),
    (person_rule("total(wage)"), "total(...) in a person rule"),
    (household_rule("total(count(wage > 0))", "wage"), "count(...) inside total(...)"),
    (household_rule("hi(a)", "a"), "hi takes at least 2"),
    (household_rule("where(a > b, a)"), "where takes 3"),
    (household_rule("hi(a, b, default=0)"), "hi takes at least 2"),
    (household_rule("is_in(word, a, b)", "word, a, b"), "is_in compares with constants only"),
    (household_rule("value_at(word, word, a)", "word, a"), "literal text"),
    (household_rule("value_at('wage_law', a, b)"), "place wants TEXT, got INT"),
    (household_rule("value_at('wage_law', word, word)", "word"), "day wants INT, got TEXT"),
    (household_rule("value_at('nothing', word, a)", "word, a"), "no value nothing"),
    (household_rule("a + b", "a, b=1"), "plain names"),
    (household_rule("a", "a, *b"), "plain names"),
    (household_rule("total + a", "total, a"), "word of the vocabulary"),
    (household_rule("a + household_id", "a, household_id"), "is a key"),
    (household_rule("a and b"), "and wants BOOL, got INT"),
    (household_rule("a + yes", "a, yes"), "add wants INT, got BOOL"),
    (household_rule("word < word", "word"), "lt wants INT, got TEXT"),
    (household_rule("a == word", "a, word"), "eq wants INT, got TEXT"),
    (household_rule("where(yes, a, word)", "yes, a, word"), "where wants INT, got TEXT"),
    (household_rule("total(yes)", "yes"), "total wants INT, got BOOL"),
    (household_rule("any_of(wage)", "wage"), "any_of wants BOOL, got INT"),
    (a_part("p") + household_rule("p(a) + b"), "part p takes n, m, each once"),
    (a_part("p") + household_rule("p(a, b, a)"), "part p takes n, m, each once"),
    (a_part("p") + household_rule("p(a, n=b)"), "part p takes n, m, each once"),
    (a_part("p") + household_rule("p(a, k=b)"), "part p takes n, m, each once"),
    (a_part("p") + household_rule("p(a + b, **a)"), "part p takes n, m, each once"),
    (a_part("p") + household_rule("p(a, *b)"), "Starred"),
    (a_part("p") + household_rule("p(a, b / 2)"), "no `/`"),
    (a_part("p") + household_rule("p(a, yes)", "a, yes"), "add wants INT, got BOOL"),
    (a_part("p") + household_rule("p + a + b"), "unknown name p"),
    (a_part("p") + household_rule("p(a, p)", "a, p"), "part p has the name of a parameter"),
    (a_part("hi") + household_rule("hi(a, b)"), "or of a word of the vocabulary"),
    (a_part("p", "p(n, m)") + household_rule("p(a, b)"), "a part may not call itself: p calls p"),
    (
        a_part("p", "q(n, m)") + a_part("q", "p(m, n)") + household_rule("p(a, b)"),
        "a part may not call itself: p calls q calls p",
    ),
    (a_part("p", "n + m + a") + household_rule("p(a, b)"), "part p: unknown name a"),
    (a_part("p", "n") + household_rule("p(a, b)"), "part p: parameter m is not used"),
    (a_part("p", "n if m else n") + household_rule("p(a, b)"), "part p: no `a if c else b`"),
    (a_part("p", "n + m * 0.5") + household_rule("p(a, b)"), "part p: constant 0.5"),
    (a_part("p", "n + x(m)") + household_rule("p(a, b)"), "part p: x(...) is not in the vocabulary"),
    (a_part("p", "n + m, 1") + household_rule("p(a, b)"), "part p: Tuple"),
    (a_part("p", "value_at('wage_law', n, m)") + household_rule("p(a, b)"), "value_at in a part"),
    (a_part("p").replace('"A piece."', "") + household_rule("p(a, b)"), "part p: needs a docstring"),
    (a_part("p").replace("n, m", "n, m=1") + household_rule("p(a, b)"), "part p: parameters are plain names"),
    (a_part("p", "total(n) + m") + person_rule("p(wage, 1)"), "total(...) in a person rule"),
    (
        a_part("p", "total(n) + m") + household_rule("count(p(wage, 1) > a)", "wage, a"),
        "total(...) inside count(...)",
    ),
    (
        a_part("p", "total(n) + m") + household_rule("p(largest(wage), a)", "wage, a"),
        "largest(...) inside total(...)",
    ),
    (a_part("p", "n + total(m)") + household_rule("p(wage, wage)", "wage"), "reads wage of persons"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_refused_with_file_and_line(tmp_path, text, why):
    with pytest.raises(RuleError, match=r"rules\d+\.py:\d+: ") as caught:
        compiled(tmp_path, text)
    assert why in str(caught.value)


def test_the_line_is_the_offending_one(tmp_path):
    text = body('"d"', "return hi(", "    a,", "    b * 0.5,", ")")
    with pytest.raises(RuleError, match=r"rules\d+\.py:8: rule x: constant 0.5"):
        compiled(tmp_path, text)


def test_the_line_is_the_offending_one_of_a_part(tmp_path):
    text = a_part("p", "(\n        n\n        / m\n    )") + household_rule("p(a, b)")
    with pytest.raises(RuleError, match=r"rules\d+\.py:7: part p: no `/`"):
        compiled(tmp_path, text)
    text = a_part("p") + body('"d"', "return (", "    p(a)", "    + b", ")")
    with pytest.raises(RuleError, match=r"rules\d+\.py:13: rule x: part p takes n, m, each once"):
        compiled(tmp_path, text)


WRITTEN_IN = [
    ("n + m", "p(a, b)", "a + b"),
    ("n + m", "p(m=a, n=b)", "b + a"),
    ("n * n - m", "p(a + 1, m=b)", "(a + 1) * (a + 1) - b"),
    ("n - m", "p(p(a, 1), p(2, b))", "(a - 1) - (2 - b)"),
    ("n - q(m, n)", "p(a, b)", "a - hi(b, a)"),
    ("where(n < m, n, m)", "hi(p(a, b), b)", "hi(where(a < b, a, b), b)"),
    (
        "where(n, total(m), 0)",
        "p(yes, where(wage > b, wage, a))",
        "where(yes, total(where(wage > b, wage, a)), 0)",
    ),
    ("n * m", "total(p(wage, a)) - b", "total(wage * a) - b"),
    ("n + m", "p(count(wage > a), b)", "count(wage > a) + b"),
]


@pytest.mark.parametrize(("piece", "call", "plain"), WRITTEN_IN, ids=[call for _, call, _ in WRITTEN_IN])
def test_a_part_is_the_same_as_its_expression_written_out(tmp_path, piece, call, plain):
    parts = a_part("q", "hi(n, m)") + a_part("p", piece)
    names = ", ".join(name for name in ("a", "b", "yes", "wage") if re.search(rf"\b{name}\b", plain))
    with_part = compiled(tmp_path, parts + household_rule(call, names))
    assert with_part.columns == without_origin(compiled(tmp_path, household_rule(plain, names)), with_part)


def without_origin(program, other):
    """The columns with what tells one file from another taken from the other program's."""
    return {
        name: replace(column, origin=other.columns[name].origin, rule=other.columns[name].rule)
        for name, column in program.columns.items()
    }


def test_a_part_cannot_be_called_from_python():
    with pytest.raises(RuntimeError, match="part double is written into rules"):
        double(3)


@part
def double(n):
    "Twice."
    return n * 2


def test_a_cycle_is_spelled_out(tmp_path):
    text = "".join(
        f'@rule(unit="fen", cites="test")\ndef {name}({reads}):\n    "d"\n    return {reads} + 1\n'
        for name, reads in (("x", "y"), ("y", "z"), ("z", "x"))
    )
    with pytest.raises(RuleError, match="cycle: x -> y -> z -> x"):
        compiled(tmp_path, text)


def test_a_cycle_through_an_aggregate_is_spelled_out(tmp_path):
    text = person_rule("wage + y", "wage, y") + household_rule("total(x)", "x").replace("def x", "def y")
    with pytest.raises(RuleError, match="cycle: "):
        compiled(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (household_rule("a + 1", "a").replace("def x", "def b"), {}),
        (household_rule("a + 1", "a"), {"values": (ValueSpec("x"),)}),
        (household_rule("a > 1", "a").replace("def x", "def s_eligible"), {"schemes": "s"}),
        (household_rule("a > 1", "a").replace("def x", "def hi"), {}),
        (household_rule("a > 1", "a").replace("def x", "def _x"), {}),
        (household_rule("a > 1", "a"), {"facts": (*FACTS, FactSpec("a", PERSON))}),
    ],
)
def test_a_name_used_twice_is_refused(tmp_path, text, given):
    if "schemes" in given:
        given = {"schemes": (VerdictSpec("s", "household", (ConditionRef("yes", "NO"),)),)}
    with pytest.raises(RuleError):
        compiled(tmp_path, text, **given)


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ((), "no condition"),
        ((ConditionRef("nobody", "NO"),), "nobody"),
        ((ConditionRef("a", "NO"),), "wants BOOL"),
    ],
)
def test_a_scheme_needs_conditions_that_are_true_or_false(conditions, why):
    with pytest.raises(RuleError, match=why):
        Program.compile(rules=(), facts=FACTS, schemes=(VerdictSpec("s", "household", conditions),))


def test_a_household_scheme_cannot_ask_a_person(tmp_path):
    text = person_rule("wage > 0")
    scheme = VerdictSpec("s", "household", (ConditionRef("x", "NO"),))
    with pytest.raises(RuleError, match="reads x of persons"):
        compiled(tmp_path, text, schemes=(scheme,))


def test_a_rule_whose_source_is_gone_is_refused():
    scope = {}
    exec("def x(a):\n    'd'\n    return a", scope)
    with pytest.raises(RuleError, match="source of rule x cannot be found"):
        Program.compile(rules=(rule(unit="fen", cites="test")(scope["x"]),), facts=FACTS)


def test_a_rule_cannot_be_called(tmp_path):
    program = compiled(tmp_path, household_rule("a + b"))
    with pytest.raises(RuntimeError, match="cannot be called"):
        program.columns["x"].rule(1, 2)


def test_a_word_outside_a_rule_means_nothing():
    with pytest.raises(RuntimeError, match="only inside a rule"):
        total(1)


def test_annotations_are_allowed_and_ignored(tmp_path):
    program = compiled(tmp_path, household_rule("a + b", "a: int, b: 'fen'"))
    assert program.columns["x"].inputs == ("a", "b")


def test_closure_names_everything_a_figure_rests_on(tmp_path):
    text = person_rule("wage * 12 + a", "wage, a") + household_rule("total(x)", "x").replace("def x", "def y")
    program = compiled(tmp_path, text)
    assert program.closure("y") == {"y", "x", "wage", "a"}
    assert [program.columns[name].phase for name in ("wage", "x", "y")] == [-1, 0, 0]
