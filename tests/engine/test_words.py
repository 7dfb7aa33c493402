"""The vocabulary as a table: every word, its result, in every evaluator. Prints as the manual."""

import importlib.util

import pytest

from doudi.engine import duck, polars_path
from doudi.engine.program import Program
from doudi.engine.scalar import FactError
from doudi.engine.vocabulary import BOOL, INT, PERSON, TEXT, FactSpec, ValueSpec, rules_of
from tests.engine.small_law import TestLaw

TYPES = {int: INT, bool: BOOL, str: TEXT, type(None): INT}
WORDS = [
    # expression, facts it reads, result
    ("a + b", {"a": 2, "b": 3}, 5),
    ("a + b", {"a": 2, "b": None}, None),
    ("a - b * 2", {"a": 2**53, "b": -(2**53)}, 3 * 2**53),
    ("-a", {"a": -7}, 7),
    ("-a", {"a": None}, None),
    ("a < b", {"a": 599, "b": 600}, True),
    ("a < b", {"a": 600, "b": 600}, False),
    ("a <= b", {"a": 600, "b": 600}, True),
    ("a > b", {"a": 600, "b": 600}, False),
    ("a >= b", {"a": 600, "b": 600}, True),
    ("a >= b", {"a": None, "b": 600}, None),
    ("a == b", {"a": "AGRI", "b": "AGRI"}, True),
    ("a != b", {"a": "AGRI", "b": "agri"}, True),
    ('a == "it\'s"', {"a": "it's"}, True),
    ("a and b", {"a": False, "b": "?"}, False),
    ("a and b", {"a": True, "b": "?"}, None),
    ("a or b", {"a": True, "b": "?"}, True),
    ("a or b", {"a": False, "b": "?"}, None),
    ("not a", {"a": "?"}, None),
    ("not a", {"a": False}, True),
    ("where(a, 1, 2)", {"a": True}, 1),
    ("where(a, 1, 2)", {"a": False}, 2),
    ("where(a, 1, 1)", {"a": "?"}, None),
    ("where(a, 1, b)", {"a": True, "b": None}, 1),
    ("where(a, 1, b)", {"a": False, "b": None}, None),
    ("hi(a, b, 0)", {"a": -5, "b": 7}, 7),
    ("hi(a, b)", {"a": 5, "b": None}, None),
    ("lo(a, b, 6)", {"a": 5, "b": 7}, 5),
    ("lo(a, b)", {"a": None, "b": 7}, None),
    ("div_round(a, 2)", {"a": 5}, 3),
    ("div_round(a, 2)", {"a": -5}, -3),
    ("div_round(a, 3)", {"a": -5}, -2),
    ("div_round(a, b)", {"a": 25, "b": 10}, 3),
    ("div_round(a, b)", {"a": -25, "b": 10}, -3),
    ("div_round(a, b)", {"a": 25, "b": 0}, None),
    ("div_round(a, b)", {"a": 25, "b": -10}, None),
    ("div_up(a, 2)", {"a": 5}, 3),
    ("div_up(a, 2)", {"a": -5}, -2),
    ("div_up(a, 2)", {"a": 4}, 2),
    ("div_up(a, b)", {"a": 4, "b": 0}, None),
    ("div_down(a, 2)", {"a": -7}, -4),
    ("div_down(a, 2)", {"a": 7}, 3),
    ("div_down(a, b)", {"a": 7, "b": None}, None),
    ("years(a, b)", {"a": 20080229, "b": 20250228}, 16),
    ("years(a, b)", {"a": 20080229, "b": 20250301}, 17),
    ("years(a, b)", {"a": 19650315, "b": 20250315}, 60),
    ("years(a, b)", {"a": 19650316, "b": 20250315}, 59),
    ("years(a, b)", {"a": 20250316, "b": 20250315}, -1),
    ("month_diff(a, b)", {"a": 20240131, "b": 20240229}, 0),
    ("month_diff(a, b)", {"a": 20240229, "b": 20250228}, 11),
    ("month_diff(a, b)", {"a": 20240115, "b": 20250115}, 12),
    ("month_diff(a, b)", {"a": 20250115, "b": 20250114}, -1),
    ("month_diff(a, b)", {"a": 20250115, "b": 20241216}, -1),
    ("month_diff(a, b)", {"a": 20250115, "b": None}, None),
    ("is_in(a, 'A', 'B')", {"a": "B"}, True),
    ("is_in(a, 'A', 'B')", {"a": "C"}, False),
    ("is_in(a, 1, 2)", {"a": None}, None),
    ("known(a)", {"a": None}, False),
    ("known(a)", {"a": 0}, True),
    ("value_at('minimum_wage', a, b)", {"a": "440703", "b": 20250228}, 152333),
    ("value_at('minimum_wage', a, b)", {"a": "440703", "b": 20250301}, 152334),
    ("value_at('minimum_wage', a, b)", {"a": "520000", "b": 20141231}, None),
    ("value_at('minimum_wage', a, b)", {"a": "nowhere", "b": 20141231}, 150000),
    ("value_at('minimum_wage', a, b)", {"a": "44", "b": None}, None),
]
AGGREGATES = [
    # expression, one value of w (INT) and s (BOOL, "?" unknown) per person, result
    ("total(w)", [1, 2, -5], "TFF", -2),
    ("total(w)", [1, None], "TT", None),
    ("total(w)", [], "", 0),
    ("count(s)", [1, 1, 1], "TFT", 2),
    ("count(s)", [1, 1], "T?", None),
    ("count(s)", [], "", 0),
    ("any_of(s)", [1, 1], "T?", True),
    ("any_of(s)", [1, 1], "F?", None),
    ("any_of(s)", [1, 1], "FF", False),
    ("any_of(s)", [], "", False),
    ("all_of(s)", [1, 1], "F?", False),
    ("all_of(s)", [1, 1], "T?", None),
    ("all_of(s)", [1, 1], "TT", True),
    ("all_of(s)", [], "", True),
    ("largest(w)", [3, -4], "TT", 3),
    ("largest(w)", [3, None], "TT", None),
    ("largest(w)", [], "", None),
    ("smallest(w)", [3, -4], "TT", -4),
    ("smallest(w)", [3, None], "TT", None),
    ("smallest(w)", [], "", None),
    ("total(where(s, w, 0))", [1, 2, 4], "TFT", 5),
    ("total(where(s, w, 0))", [1, None, 4], "TFT", 5),
]
CONTEXT = {"household_id": "H", "region_code": "440703", "area_type": "URBAN", "on": 20250301}


def program_of(folder, expression, parameters, facts):
    path = folder / "the_rule.py"
    text = f'@rule(unit="", cites="")\ndef x({", ".join(parameters)}):\n    "d"\n    return {expression}\n'
    path.write_text("from doudi.engine.vocabulary import *\n" + text, "utf-8")
    spec = importlib.util.spec_from_file_location(f"the_rule_{abs(hash(str(path)))}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Program.compile(rules=rules_of(module), facts=facts, values=(ValueSpec("minimum_wage"),))


def answers(program, household, persons):
    """The figure x in each evaluator; DuckDB also beside a household that knows nothing."""
    blank = {**CONTEXT, "household_id": "unknown"}
    nobody = [{"household_id": "unknown", "person_id": "nobody"}]
    given = {"households": [household], "persons": persons, "columns": ["x"]}
    beside = {"households": [household, blank], "persons": [*persons, *nobody], "columns": ["x"]}
    return {
        "scalar": program.scalar(TestLaw()).evaluate(household, persons).household["x"],
        "duckdb": duck.evaluate(program, TestLaw(), **given)[0][0]["x"],
        "duckdb, guarded": duck.evaluate(program, TestLaw(), **beside)[0][0]["x"],
        "polars": polars_path.evaluate(program, TestLaw(), **given)[0][0]["x"],
    }


@pytest.mark.parametrize(
    ("expression", "facts", "result"), WORDS, ids=[f"{w[0]} {w[1]} -> {w[2]}" for w in WORDS]
)
def test_words(tmp_path, expression, facts, result):
    types = {name: BOOL if value == "?" else TYPES[type(value)] for name, value in facts.items()}
    specs = [FactSpec(name, type=kind) for name, kind in types.items()]
    household = CONTEXT | {name: None if value == "?" else value for name, value in facts.items()}
    program = program_of(tmp_path, expression, facts, specs)
    assert answers(program, household, []) == dict.fromkeys(
        ("scalar", "duckdb", "duckdb, guarded", "polars"), result
    )


@pytest.mark.parametrize(("expression", "wages", "flags", "result"), AGGREGATES)
def test_aggregates(tmp_path, expression, wages, flags, result):
    answer = {"T": True, "F": False, "?": None}
    persons = [
        {"household_id": "H", "person_id": str(at), "w": wage, "s": answer[flag]}
        for at, (wage, flag) in enumerate(zip(wages, flags, strict=True))
    ]
    facts = [FactSpec("w", PERSON), FactSpec("s", PERSON, BOOL)]
    program = program_of(tmp_path, expression, _parameters(expression), facts)
    assert answers(program, CONTEXT, persons) == dict.fromkeys(
        ("scalar", "duckdb", "duckdb, guarded", "polars"), result
    )


def _parameters(expression):
    inside = expression.partition("(")[2].replace("where", "")
    return [name for name in ("w", "s") if name in inside]


def test_figures_beyond_64_bits_are_exact(tmp_path):
    program = program_of(tmp_path, "a * 1000 * b", ("a", "b"), [FactSpec("a"), FactSpec("b")])
    household = CONTEXT | {"a": 2**53, "b": -(2**53)}
    assert set(answers(program, household, []).values()) == {-(2**106) * 1000}


@pytest.mark.parametrize(
    "wrong",
    [
        {"a": "5"},
        {"a": True},
        {"a": 5.0},
        {"a": 2**53 + 1},
        {"on": None},
        {"area_type": None},
        {"region_code": 440703},
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused(tmp_path, wrong):
    program = program_of(tmp_path, "a + 1", ("a",), [FactSpec("a")])
    with pytest.raises(FactError, match="household H: "):
        program.scalar(TestLaw()).evaluate(CONTEXT | wrong, [])


def test_a_household_too_large_is_refused(tmp_path):
    program = program_of(tmp_path, "a + 1", ("a",), [FactSpec("a")])
    with pytest.raises(FactError, match="128 persons"):
        program.scalar(TestLaw()).evaluate(CONTEXT, [{}] * 128)


def test_rows_that_belong_nowhere_are_refused(tmp_path):
    program = program_of(tmp_path, "a + 1", ("a",), [FactSpec("a")])
    stray = {"household_id": "G", "person_id": "1"}
    with pytest.raises(FactError, match="household G: "):
        duck.evaluate(program, TestLaw(), households=[CONTEXT], persons=[stray])
    with pytest.raises(FactError, match="given twice"):
        duck.evaluate(program, TestLaw(), households=[CONTEXT, CONTEXT], persons=[])
