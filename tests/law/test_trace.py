"""The table R-number -> where it lives -> its test: complete, and every claim in it is there."""

import ast
from functools import cache
from pathlib import Path

import pytest

from doudi.law.catalogue import duties
from doudi.law.indicators import indicators
from doudi.law.programmes import programmes
from doudi.law.rulebook import Law
from doudi.law.trace import Clause, clauses, names, problems
from tests.law.cases import load_cases
from tests.law.test_trace_figures import FIGURES

ROOT = Path(__file__).parents[2]
# The numbering of the requirements, gaps reserved: 213 clauses.
NUMBERS = ((1, 45), (50, 55), (57, 112), (118, 118), (120, 167), (190, 211), (214, 248))
FIGURE_TEST = "tests/law/test_trace_figures.py::test_a_figure_of_the_documents"


@cache
def functions(file: str) -> frozenset[str]:
    """The test functions of a file; none when there is no such file."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


CASES: dict[str, list[str]] = {}
for case in load_cases():
    for number in case.table.get("trace", ()):
        CASES.setdefault(number, []).append(case.id)


ROWS = {
    "programme": {row.id: row.row.trace for row in programmes()},
    "indicator": {row.id: row.row.trace for row in indicators()},
    "duty": {row.id: row.row.trace for row in duties()},
}


def test_the_numbering_is_complete() -> None:
    wanted = [f"R-{number:03d}" for first, last in NUMBERS for number in range(first, last + 1)]
    assert [clause.number for clause in clauses()] == wanted
    assert len(wanted) == 213


def test_everything_the_table_names_exists() -> None:
    assert problems(Law.load()) == []


@pytest.mark.parametrize("clause", clauses(), ids=lambda clause: clause.number)
def test_every_clause_is_proved_or_says_which_room_will_carry_it(clause: Clause) -> None:
    for test in clause.tests:
        file, _, name = test.partition("::")
        assert name in functions(file), test
    assert clause.tests or clause.number in CASES or clause.screen
    assert clause.zh


@pytest.mark.parametrize("clause", clauses(), ids=lambda clause: clause.number)
def test_a_clause_that_says_its_figure_is_tested_stands_in_the_figures(clause: Clause) -> None:
    figures = {row[0] for row in FIGURES}
    if FIGURE_TEST in clause.tests:
        lived = {target.partition(":")[2] for target in clause.lives if target.startswith("value:")}
        asked = {row[1] for row in FIGURES}
        assert clause.number in figures or lived & asked, clause.number


OF_THE_DOCUMENTS = {
    "programme": (
        "test_programmes_of_the_documents.py::test_a_programme_is_offered_to_those_the_document_names",
    ),
    "indicator": (
        "test_indicators_of_the_documents.py::test_a_target_is_the_document_s",
        "test_indicators_of_the_documents.py::test_a_printed_figure_is_the_document_s",
        "test_indicators_of_the_documents.py::test_what_is_asked_without_a_figure_is_written_down_by_the_village_each_year",
    ),
    "duty": (
        "test_duties_of_the_documents.py::test_a_clause_names_who_leads_and_who_is_responsible",
        "test_duties_of_the_documents.py::test_a_member_unit_of_the_joint_conference_has_its_duties",
    ),
}


@pytest.mark.parametrize("clause", clauses(), ids=lambda clause: clause.number)
def test_a_clause_in_a_catalogue_names_the_test_that_was_written_from_the_document(clause: Clause) -> None:
    for kind in {target.partition(":")[0] for target in clause.lives} & set(OF_THE_DOCUMENTS):
        assert any(known in test for test in clause.tests for known in OF_THE_DOCUMENTS[kind]), kind


# What a procedure's column 须先 asks (two investigators, the sample entered, both signatures, the reason
# written): no rule evaluates it; the room where the case is worked will. Until then nothing enforces these.
ASKED_OF_THE_CASE = {
    "R-094", "R-125", "R-151", "R-193", "R-194", "R-195", "R-196", "R-205", "R-206", "R-210", "R-215",
    "R-226", "R-232", "R-247",
}  # fmt: skip
ROOMS_OF_A_CASE = {"casework", "decision", "verification", "benefit"}


@pytest.mark.parametrize("clause", clauses(), ids=lambda clause: clause.number)
def test_a_clause_that_is_only_a_row_of_a_procedure_says_which_room_will_ask_it(clause: Clause) -> None:
    kinds = {target.partition(":")[0] for target in clause.lives}
    if kinds and kinds <= {"procedure", "word", "reason"}:
        assert clause.screen, clause.number
    if clause.number in ASKED_OF_THE_CASE:
        assert clause.screen.partition("：")[0] in ROOMS_OF_A_CASE, clause.number


def test_cases_trace_only_numbers_that_exist() -> None:
    numbers = {clause.number for clause in clauses()}
    assert sorted(name for name in CASES if name.startswith("R-") and name not in numbers) == []


def test_catalogue_rows_and_clauses_point_at_each_other() -> None:
    """A row that names a clause is named by it, so that nobody finds half of a requirement."""
    known = names(Law.load())
    lives = {clause.number: set(clause.lives) for clause in clauses()}
    for kind, rows in ROWS.items():
        for name, traced in rows.items():
            assert name in known[kind]
            assert any(f"{kind}:{name}" in lives.get(number, set()) for number in traced), (kind, name)


def test_a_row_that_lives_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (
        Clause("R-900", "甲", "江府〔2018〕6号 一", ("value:nothing",), (), ""),
        Clause("R-901", "乙", "江府〔2018〕6号 一", (), (), ""),
        Clause("R-902", "丙", "江府〔2018〕6号 一", (), (), "kitchen：做饭"),
        Clause("R-903", "丁", "某文件", ("scheme:dibao",), (), ""),
    )
    monkeypatch.setattr("doudi.law.trace.clauses", lambda: wrong)
    found = " ".join(problems(Law.load()))
    for number in ("R-900", "R-901", "R-902", "R-903"):
        assert number in found
