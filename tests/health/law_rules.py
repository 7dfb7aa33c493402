"""What keeps the law in its place: scheme names, glossary, and values that say where they come from."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.health.tree import at, code_files, files, parsed

STATUSES = {"statutory", "default", "test"}

# Scheme keys that are also plain English: `edge` is a row of a procedure's table, too. As a variable such a
# word says nothing about a scheme; as a text of its own, or before a suffix the engine derives, it does.
ORDINARY_WORDS = {"edge", "rigid", "orphan"}
DERIVED = ("eligible", "amount", "enabled", "verdict")


def scheme_keys(root: Path) -> list[str]:
    """The names of the folders in law/schemes."""
    folder = root / "doudi" / "law" / "schemes"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] not in "_.")


def no_scheme_is_named_outside_the_law(root: Path) -> list[str]:
    """No room, door or template asks "which scheme is this?": it reads the scheme's declaration instead."""
    keys = scheme_keys(root)
    problems = []
    for path in code_files(root, "doudi"):
        if "law" in path.relative_to(root / "doudi").parts[:1]:
            continue
        for node in ast.walk(parsed(path)):
            for word, quoted in _words(node):
                key = _names_a_scheme(word, quoted, keys)
                if key:
                    line = getattr(node, "lineno", 0)
                    problems.append(
                        f"{at(root, path, line)} names the scheme {key}: ask its declaration instead"
                    )
    for path in files(root, "doudi", suffixes=(".html", ".js", ".txt", ".sql")):
        if "vendor" in path.parts:
            continue
        tags = " ".join(re.findall(r"\{[{%].*?[%}]\}", path.read_text("utf-8"), flags=re.DOTALL))
        problems += [
            f"{at(root, path)} names the scheme {key}" for key in keys if re.search(rf"['\"]{key}['\"]", tags)
        ]
    return problems


def _words(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """(word, is it a text) for what a syntax node names."""
    match node:
        case ast.Constant(value=str(text)):
            yield text, True
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            yield name, False
        case ast.keyword(arg=str(name)):
            yield name, False


def _names_a_scheme(word: str, quoted: bool, keys: list[str]) -> str | None:
    for key in keys:
        if word == key and (quoted or key not in ORDINARY_WORDS):
            return key
        if any(word == f"{key}_{suffix}" for suffix in DERIVED):
            return key
    return None


def values_say_where_they_come_from(root: Path) -> list[str]:
    """Every entry of every value has from, cites, status and reviewed, and either a value or a named hole.

    What a file says once in [defaults], its entries need not repeat.
    """
    problems = []
    for path in files(root, "doudi/law/values", suffixes=(".toml",)):
        tables = tomllib.loads(path.read_text("utf-8"))
        common = tables.pop("defaults", {})
        for name, entries in tables.items():
            if not isinstance(entries, list):
                problems.append(f"{at(root, path)} {name}: write [[{name}]], one table per period")
                continue
            for number, entry in enumerate(entries, start=1):
                problems += [
                    f"{at(root, path)} {name} #{number}: {what}"
                    for what in _entry_problems({**common, **entry})
                ]
    return problems


def _entry_problems(entry: dict[str, Any]) -> Iterator[str]:
    for key in ("from", "reviewed"):
        if type(entry.get(key)) is not date:
            yield f"`{key}` must be a date like 2021-07-01"
    if not str(entry.get("cites", "")).strip():
        yield "`cites` must name document and article"
    if entry.get("status") not in STATUSES:
        yield f"`status` must be one of {', '.join(sorted(STATUSES))}"
    if ("value" in entry) == ("hole" in entry):
        yield "needs exactly one of `value` and `hole`"


class Glossary:
    """GLOSSARY.md: rows `| Chinese | identifier | English | never |`, identifiers in back-ticks."""

    def __init__(self, root: Path) -> None:
        self.identifier_of: dict[str, str] = {}
        self.never: dict[str, str] = {}
        self.identifiers: set[str] = set()
        self.doubles: list[str] = []
        for line in (root / "GLOSSARY.md").read_text("utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            names = re.findall(r"`(\w+)`", cells[1]) if len(cells) == 4 else []
            if not names:
                continue
            self.identifiers.update(names)
            for term, name in zip(re.split(r"\s*/\s*", cells[0]), names, strict=False):
                if self.identifier_of.setdefault(term, name) != name:
                    self.doubles.append(
                        f"GLOSSARY.md gives {term} two identifiers: {self.identifier_of[term]}, {name}"
                    )
            self.never.update(dict.fromkeys(re.findall(r"`(\w+)`", cells[3]), names[0]))


def declared_labels(root: Path) -> Iterator[tuple[Path, str, str]]:
    """(file, identifier, Chinese label) of every parameter and fact."""
    law = root / "doudi" / "law"
    for path in [
        law / "parameters.toml",
        *sorted(law.glob("parameters/*.toml")),
        *sorted(law.glob("facts/*.toml")),
    ]:
        if path.exists() and path.name not in ("codes.toml", "items.toml"):
            for name, row in tomllib.loads(path.read_text("utf-8")).items():
                if isinstance(row, dict):
                    yield path, name, str(row.get("label", ""))


def one_term_one_identifier(root: Path) -> list[str]:
    """A Chinese term has one identifier in glossary, parameters and facts; every identifier has its term."""
    glossary = Glossary(root)
    problems = list(glossary.doubles)
    names_of: dict[str, set[str]] = defaultdict(set)
    for path, name, label in declared_labels(root):
        if not re.search(r"[\u4e00-\u9fff]", label):
            problems.append(f"{at(root, path)} {name} has no Chinese label")
        names_of[label].add(name)
        if glossary.identifier_of.get(label, name) != name:
            problems.append(
                f"{at(root, path)} {label} is `{glossary.identifier_of[label]}` in GLOSSARY.md, here `{name}`"
            )
    problems += [
        f"{label} has several identifiers: {', '.join(sorted(names))}"
        for label, names in names_of.items()
        if label and len(names) > 1
    ]
    return problems


def law_speaks_the_glossary(root: Path) -> list[str]:
    """Scheme keys stand in GLOSSARY.md, and no public name of the law uses a word the glossary rules out."""
    glossary = Glossary(root)
    problems = [
        f"doudi/law/schemes/{key} is not an identifier of GLOSSARY.md"
        for key in scheme_keys(root)
        if key not in glossary.identifiers
    ]
    for where, name in _public_names(root):
        for word, instead in glossary.never.items():
            if re.search(rf"(^|_){word}(_|$)", name):
                problems.append(f"{where} {name}: GLOSSARY.md says `{instead}`, never `{word}`")
    return problems


def _public_names(root: Path) -> Iterator[tuple[str, str]]:
    for key in scheme_keys(root):
        yield f"doudi/law/schemes/{key}", key
    for path, name, _ in declared_labels(root):
        yield at(root, path), name
    for path in code_files(root, "doudi/law"):
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield at(root, path, node.lineno), node.name


RULES = (
    no_scheme_is_named_outside_the_law,
    values_say_where_they_come_from,
    one_term_one_identifier,
    law_speaks_the_glossary,
)
