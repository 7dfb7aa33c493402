"""Files that must outlive a power failure, for this user alone: once written, they are on the disk."""

import os
from pathlib import Path


def whole(path: Path, content: bytes) -> None:
    """The file whole or not at all, its folder made if need be: a reader meanwhile sees the one before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    _written(half, os.O_TRUNC, content)
    half.replace(path)


def appended(path: Path, content: bytes) -> None:
    """The same file with something added at its end, its folder made if need be."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _written(path, os.O_APPEND, content)


def _written(path: Path, how: int, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
