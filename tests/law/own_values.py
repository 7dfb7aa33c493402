"""A user's values file for a test, on top of the shipped law."""

from __future__ import annotations

import os
from pathlib import Path

from doudi.law.rulebook import Law
from doudi.law.values import Values

DEFAULTS = '[defaults]\ncites = "无明文规定"\nstatus = "test"\nreviewed = 2026-01-01\n'


def with_own(folder: Path, *texts: str, defaults: str = DEFAULTS) -> Values:
    """The shipped values with `own.toml` of `folder` on top, holding these texts after the defaults."""
    (folder / "own.toml").write_text(defaults + "\n".join(texts), encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return Law.load(["own.toml"]).values
    finally:
        os.chdir(before)
