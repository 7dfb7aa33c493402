"""The generated pages: they hold what the law says, and a page that no longer does is named."""

import re
from pathlib import Path

import pytest

from doudi.cli import Exit
from doudi.cli.docs import pages
from doudi.cli.main import main
from doudi.law.procedures import procedures
from doudi.law.rulebook import Law
from doudi.law.trace import clauses

LAW = Law.load()
PAGES = pages(LAW)


def test_it_works() -> None:
    assert "800.00 元/人月" in PAGES["law/values/standards.md"]
    assert "江府〔2018〕6号 一(二)" in PAGES["law/values/standards.md"]


def test_every_value_entry_stands_on_a_page_with_its_document() -> None:
    text = "".join(page for name, page in PAGES.items() if name.startswith("law/values/"))
    for parameter in LAW.parameters.values():
        assert f"`{parameter.name}`" in text, parameter.name
    for entry in LAW.values.entries:
        assert entry.cites in text, entry.parameter


def test_every_scheme_condition_stands_on_its_page() -> None:
    for scheme in LAW.schemes:
        for condition in scheme.conditions:
            assert condition.refusal in PAGES["law/schemes.md"], (scheme.key, condition.rule)


def test_every_clause_has_a_row() -> None:
    rows = re.findall(r"^\| (R-\d{3}) \|", PAGES["law/trace.md"], flags=re.MULTILINE)
    assert rows == [clause.number for clause in clauses()]


@pytest.mark.parametrize("key", procedures())
def test_a_diagram_draws_only_states_it_names(key: str) -> None:
    drawing = PAGES[f"guide/procedures/{key}.md"].split("```")[1]
    named = set(re.findall(r'state "[^"]+" as (\w+)', drawing))
    drawn = set(re.findall(r"(\w+) --> ", drawing)) | set(re.findall(r"--> (\w+)", drawing))
    assert drawn <= named
    assert named == set(procedures()[key].states)


def test_every_link_between_pages_leads_somewhere() -> None:
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)]+\.md)\)", text):
            folder = Path("/docs") / Path(name).parent
            assert (folder / target).resolve().relative_to("/docs").as_posix() in PAGES, (name, target)


def test_tables_keep_their_columns() -> None:
    for name, text in PAGES.items():
        for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().splitlines()}
            assert len(widths) == 1, name


def test_command_writes_checks_and_names_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["docs", "--check", *folder]) == Exit.RECHECK_DIFFERS
    assert main(["docs", *folder]) == Exit.OK
    assert main(["docs", "--check", *folder]) == Exit.OK
    page = tmp_path / "law" / "values" / "standards.md"
    page.write_text(page.read_text("utf-8").replace("800.00", "880.00"), "utf-8")
    (tmp_path / "guide" / "procedures" / "old.md").write_text("x", "utf-8")
    capsys.readouterr()
    assert main(["docs", "--check", *folder]) == Exit.RECHECK_DIFFERS
    said = capsys.readouterr().err
    assert "standards.md" in said
    assert "多余" in said
    assert main(["docs", *folder]) == Exit.OK
    assert not (tmp_path / "guide" / "procedures" / "old.md").exists()
    assert main(["docs", "--check", *folder]) == Exit.OK


def test_command_leaves_other_pages_alone(tmp_path: Path) -> None:
    other = tmp_path / "guide" / "reading.md"
    other.parent.mkdir()
    other.write_text("x", "utf-8")
    assert main(["docs", "--folder", str(tmp_path)]) == Exit.OK
    assert other.read_text("utf-8") == "x"
