"""The whole law in one object: facts, values, schemes, rules, and the hash that names this very version."""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from doudi.engine.vocabulary import Rule, rules_of
from doudi.law.documents import load_documents
from doudi.law.facts import CodeList, Fact, Facts, Item, load_facts
from doudi.law.parameters import Parameter, load_parameters
from doudi.law.spec import Scheme
from doudi.law.texts import Texts, read_folder, read_own
from doudi.law.values import Values

ROOT = Path(__file__).parent
READ_AS_DATA = frozenset({"facts", "parameters", "values"})
"""Folders whose content enters the version as read, so that a comment does not make a new law."""


@dataclass(frozen=True)
class Law:
    """Everything that decides, loaded and checked. Build it with `load`; it never changes afterwards."""

    book: Facts
    values: Values
    schemes: tuple[Scheme, ...]
    rules: tuple[Rule, ...]
    sources: Mapping[str, str]

    def __repr__(self) -> str:
        # Half a megabyte otherwise, in every log line and failing test that names a law.
        return f"<Law {self.version[:12]}>"

    @classmethod
    def load(cls, extra_values: Sequence[Path | str] = ()) -> Law:
        """The shipped law, with users' values files or folders on top.

        Raises LawTextError for the first text that cannot stand. The shipped part is read once per process.
        """
        return _load(tuple((str(path), _fingerprint(Path(path))) for path in extra_values))

    def with_values(self, given: Mapping[str, Any], *, region: str = "") -> Law:
        """This law with test values on top (see Values.with_plain): for worked cases and simulation."""
        values = self.values.with_plain(given, region=region)
        return Law(self.book, values, self.schemes, self.rules, self.sources)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Every fact by name, sums of item rows included."""
        return self.book.facts

    @property
    def items(self) -> Mapping[str, Item]:
        """Every income, expenditure and asset item by `sheet.CODE`."""
        return self.book.items

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Every code list by name."""
        return self.book.codes

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every declared parameter by name."""
        return self.values.parameters

    @cached_property
    def first_day(self) -> int:
        """The first day (yyyymmdd) this law answers for; before it, it would ask for every rule there is."""
        return min(entry.from_ for entry in self.values.entries if entry.parameter == "dibao_enabled")

    @cached_property
    def version(self) -> str:
        """SHA-256 over all that decides or is quoted: parameters, entries, facts, rule and scheme sources.

        A comment in a TOML file or the order of files does not change it; a line of a rule's source does.
        """
        digest = hashlib.sha256()
        declared = [[p.name, p.type, p.unit, p.by_area, sorted(p.codes)] for p in self.parameters.values()]
        entries = [entry.canonical() for entry in self.values.entries]
        for part in (
            sorted(declared),
            sorted(entries, key=repr),
            self.book.canonical(),
            sorted(self.sources.items()),
        ):
            digest.update(
                json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            )
        return digest.hexdigest()


@lru_cache(maxsize=8)
def _load(own: tuple[tuple[str, str], ...]) -> Law:
    texts = _shipped()
    if own:
        texts = Texts(list(texts.entries), dict(texts.regions), dict(texts.documents))
        for path, _ in own:
            read_own(Path(path), _parameters(), texts)
    values = Values.of(texts, _parameters())
    modules = _modules()
    schemes = sorted(
        (thing for module in modules for thing in vars(module).values() if isinstance(thing, Scheme)),
        key=lambda scheme: (scheme.order, scheme.key),
    )
    sources = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(ROOT.glob("*/**/*"))
        if path.suffix in (".py", ".toml") and not path.stem.startswith("cases")
        and path.relative_to(ROOT).parts[0] not in READ_AS_DATA
    }  # fmt: skip
    return Law(_facts(), values, tuple(dict.fromkeys(schemes)), rules_of(*modules), sources)


def _fingerprint(path: Path) -> str:
    """What a user's file or folder holds now: the cache must not answer with what it held before."""
    files = sorted(path.glob("**/*.toml")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _shipped() -> Texts:
    texts = read_folder(ROOT / "values", _parameters())
    texts.documents.update(load_documents(ROOT / "documents.toml"))
    return texts


@lru_cache(maxsize=1)
def _parameters() -> dict[str, Parameter]:
    return load_parameters(ROOT / "parameters")


@lru_cache(maxsize=1)
def _facts() -> Facts:
    return load_facts(ROOT / "facts")


@lru_cache(maxsize=1)
def _modules() -> tuple[ModuleType, ...]:
    """The modules of `law/accounting` and of every scheme folder: a scheme is found, never registered."""
    names: list[str] = []
    for package in ("accounting", "schemes"):
        if (ROOT / package / "__init__.py").exists():
            folder = str(ROOT / package)
            names += [found.name for found in pkgutil.walk_packages([folder], prefix=f"doudi.law.{package}.")]
    return tuple(importlib.import_module(name) for name in sorted(names))
