"""As a program: takes a batch in, one family at a time, and waits after the first for its end.

Arguments: region, officer, batch. Says "half" when one family lies written in the open transaction.
"""

import sys
import time
from uuid import UUID

import django

django.setup()

from doudi.office.scope import Scope  # noqa: E402
from doudi.registry import comparison  # noqa: E402
from doudi.registry.imports import absorb_import  # noqa: E402
from doudi.registry.loading import Rows  # noqa: E402

write = Rows.write


def write_and_wait(rows: Rows) -> None:
    """Like Rows.write, and then nothing for a long time."""
    write(rows)
    print("half", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    region, officer, batch = sys.argv[1:]
    comparison.CHUNK = 1
    Rows.write = write_and_wait  # type: ignore[method-assign]
    by = Scope(region=region, role="township_clerk", officer=UUID(officer), department="TOWNSHIP")
    absorb_import(by=by, batch=UUID(batch))
