"""The guide's pictures are those the browser tests take: none missing, none left over, none by hand."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/guide/desk.md").read_text("utf-8")
NAMED = set(re.findall(r"img/([a-z-]+)-(desk|phone)\.png", GUIDE))
STORIES = ast.parse((ROOT / "tests/stories/test_desk_in_browser.py").read_text("utf-8"))


def taken() -> set[str]:
    """Names given to `look`, which takes a picture at both sizes; those of the changes are a parameter."""
    names = set()
    for node in ast.walk(STORIES):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "look":
            names |= {found.value for found in node.args if isinstance(found, ast.Constant)}
        elif isinstance(node, ast.Constant) and re.fullmatch("change-[a-z-]+", str(node.value)):
            names.add(node.value)
    return names


def test_every_screen_that_is_looked_at_is_in_the_guide() -> None:
    assert taken() == {name for name, _ in NAMED}


def test_every_picture_of_the_guide_is_there_and_no_other() -> None:
    there = {path.stem for path in (ROOT / "docs/guide/img").glob("*.png")}
    assert there == {f"{name}-{size}" for name, size in NAMED}


def test_every_section_the_guide_points_to_is_there() -> None:
    headings = set(re.findall(r"^## (.+)$", GUIDE, re.MULTILINE))
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) == headings
