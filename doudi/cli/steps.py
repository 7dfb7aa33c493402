"""The steps that wait in the database, done one by one. The state of a batch is the queue: nothing is lost.

Each step is one transaction: a worker killed in the middle leaves the batch as it was, and the next worker
does the step again. Import this after `prepare`.
"""

import logging
import time
from threading import Event
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections

from doudi.intake.actions import stage
from doudi.intake.models import ImportBatch
from doudi.intake.setting_aside import MACHINE, begin, set_aside
from doudi.office.scope import EVERYWHERE, Scope, system
from doudi.registry.actions import absorb_import, compare_import
from doudi.registry.drafts import forget_old

EVERY = 1.0
REST_SECONDS = SWEEP_SECONDS = 60
STEPS = {"RECEIVED": stage, "STAGED": compare_import, "CONFIRMED": absorb_import}
log = logging.getLogger(__name__)


def keep_working(stop: Event) -> None:
    """Does what waits, each second until `stop` is set; survives a database that goes away.

    Beside it, once a minute: what officers typed and never sent goes after a day.
    """
    resting: dict[UUID, float] = {}
    swept = 0.0
    while not stop.wait(EVERY):
        try:
            tick(resting)
            if time.monotonic() - swept > SWEEP_SECONDS:
                swept = time.monotonic()
                forget_old()
        except Exception as problem:  # the thread must outlive it; the words of an error may hold values
            log.warning("worker: %s", type(problem).__name__)
            connections.close_all()
    connections.close_all()


def tick(resting: dict[UUID, float] | None = None) -> int:
    """One step for each batch that waits; returns how many steps were made.

    A batch that fails is set aside, so that it does not hold up the others. What the machine spoils rests
    (`resting`: batch -> until) and is tried again; without a database everybody waits.
    """
    resting, made = {} if resting is None else resting, 0
    for region, state, batch, officer in _waiting():
        if resting.get(batch, 0) > time.monotonic():
            continue
        by = Scope(region=region, role="system", officer=officer, origin="worker", reason="名册导入")
        if not begin(by=by, batch=batch, state=state):
            continue
        try:
            STEPS[state](by=by, batch=batch)
            made += 1
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.warning(
                "worker: batch %s in state %s: %s", batch, state, type(problem.__cause__ or problem).__name__
            )
            if isinstance(problem, MACHINE):
                resting[batch] = time.monotonic() + REST_SECONDS
            else:
                set_aside(by=by, batch=batch, state=state, problem=problem)
    return made


def _waiting() -> list[tuple[str, str, Any, Any]]:
    """(region, state, batch, officer) of every batch that waits for a step, the oldest first."""
    found = []
    for province in EVERYWHERE:
        with system(province, "worker"):
            rows = ImportBatch.objects.filter(state__in=list(STEPS)).order_by("received_at", "id")
            found += rows.values_list("region_code", "state", "id", "received_by")
    return found
