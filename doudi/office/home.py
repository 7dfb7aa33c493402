"""The data folder: where the database, the keys, the files and the audit anchor of one installation live."""

import os
import secrets
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """`DOUDI_HOME`; else `./var` inside a checkout (or where it exists already); else the XDG data folder."""
    chosen = os.environ.get("DOUDI_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    here = Path.cwd() / "var"
    if here.is_dir() or Path.cwd().resolve() == CHECKOUT:
        return here.resolve()
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return (Path(base) / "doudi").resolve()


def make_folder(home: Path) -> Path:
    """Makes the data folder, closed to other users of the machine, and returns it.

    Run as root the database server is another user, who must be able to pass through (but not list) it.
    """
    if not home.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home


def secret(keys: Path, name: str) -> bytes:
    """32 random bytes in the file `keys / name` (mode 0600), made on first use; never in the database."""
    where = keys / name
    try:
        return bytes.fromhex(where.read_text(encoding="ascii"))
    except FileNotFoundError:
        make_folder(keys.parent)
        keys.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # two processes at the same first start: the other one has just written it
        return bytes.fromhex(where.read_text(encoding="ascii"))
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(where.read_text(encoding="ascii"))
