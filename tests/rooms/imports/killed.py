"""As a program in a data folder of its own: half a step of an import, or what came of it.

`half STEP` makes a batch ready for the step, says its id and the digest of the register, does the step up
to the middle, says "half" and waits for its end. `finish STEP BATCH` says how it finds the batch and the
register, does the step as the worker would, and says how it leaves them.
`ready STEP` and `confirm - BATCH` do only that.
"""

import json
import sys
import time
from datetime import date, timedelta
from random import randrange
from typing import Any
from uuid import UUID, uuid4

from doudi.settings.boot import prepare

prepare()

from django.db import connection  # noqa: E402

from doudi.cli import steps  # noqa: E402
from doudi.intake import actions  # noqa: E402
from doudi.intake.models import ImportBatch, ImportRow  # noqa: E402
from doudi.office.models import Region  # noqa: E402
from doudi.office.scope import Scope, active  # noqa: E402
from doudi.registry import comparison, imports  # noqa: E402
from doudi.registry.loading import Rows  # noqa: E402
from tests.rooms.imports.books import DIBAO, dibao_row, workbook  # noqa: E402
from tests.rooms.people import TOWNSHIP, a_colleague, a_small_country  # noqa: E402
from tests.rooms.registry.families import an_id  # noqa: E402

BY = Scope(region=TOWNSHIP, role="township_clerk", department="TOWNSHIP")
TABLES = ("household", "person", "nametoken", "membership", "statement", "externalstatus")


def register() -> str:
    """One text that changes with any row of the register."""
    asked = "select count(*), md5(string_agg(t::text, '|' order by t::text)) from registry_{} t"
    with active(BY), connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(asked.format(table))
            found.append(str(cursor.fetchone()))
    return " ".join(found)


def look(batch: UUID) -> dict[str, Any]:
    """The batch's state, its staged rows, the register."""
    with active(BY):
        rows = ImportRow.objects.filter(batch=batch).count()
        return {"state": ImportBatch.objects.get(id=batch).state, "rows": rows, "register": register()}


def ready(step: str) -> UUID:
    """A batch of three families that waits for the step."""
    # Other numbers in every run: the register of the run before is still there.
    born = [date(1930, 1, 1) + timedelta(days=randrange(27000)) for _ in range(3)]
    rows = [dibao_row(f"K{uuid4().hex}", "户主", "陈国富", an_id(day, randrange(1000))) for day in born]
    data = workbook(DIBAO, rows)
    batch = actions.receive(by=BY, name="名册.xlsx", data=data, mapping="dibao_guizhou", on=date(2025, 9, 30))
    if step == "stage":
        return batch
    actions.stage(by=BY, batch=batch)
    imports.compare_import(by=BY, batch=batch)
    if step == "preview":
        return batch
    actions.confirm(by=a_colleague(BY), batch=batch)
    if step == "undo":
        imports.absorb_import(by=BY, batch=batch)
    return batch


def then_wait(owner: Any, name: str) -> None:
    """Whoever calls this function next does not come back."""
    real = getattr(owner, name)

    def half(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        print("half", flush=True)
        time.sleep(60)

    setattr(owner, name, half)


def do(step: str, batch: UUID) -> None:
    """The step as the product does it: the worker's turn, or the officer's undo."""
    if step == "undo":
        imports.undo_import(by=BY, batch=batch)
    else:
        steps.tick()


def main(what: str, step: str = "", batch: str = "") -> None:
    """See the module."""
    if not Region.objects.exists():
        a_small_country()
    if what == "ready":
        print(ready(step))
    elif what == "confirm":
        actions.confirm(by=a_colleague(BY), batch=UUID(batch))
    elif what == "half":
        made = ready(step)
        print(json.dumps({"batch": str(made), **look(made)}), flush=True)
        actions.CHUNK = comparison.CHUNK = 1
        middle: dict[str, tuple[Any, str]] = {
            "stage": (actions, "insert"),  # one family staged
            "confirm": (Rows, "write"),  # one family in the register
            "undo": (imports, "_record"),  # everything deleted, nothing committed
        }
        then_wait(*middle[step])
        do(step, made)
    else:
        found = look(UUID(batch))
        do(step, UUID(batch))
        print(json.dumps({"found": found, "left": look(UUID(batch))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
