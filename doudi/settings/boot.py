"""From a cold start to a usable database: the embedded server unless there is another, Django, migrations."""

import os

import django
from django.core.management import call_command
from django.db import connections

from doudi.office.chain import go_on_after_restore
from doudi.office.home import data_folder
from doudi.office.keycheck import problem_of_keys, remember_keys
from doudi.office.postgres import ensure_running, stop
from doudi.office.programs import PostgresProblem
from doudi.settings.database import embedded


def prepare(*, migrate: bool = True) -> bool:
    """Makes models importable and the database ready; True if this call started the embedded server.

    Models can be imported only after this call: import a module that needs models late (importlib).
    On True the caller may stop the server again: `postgres.stop(data_folder())`. Raises PostgresProblem, also
    when the keys are not those the database was written with.
    """
    started = ensure_running(data_folder()) if embedded() else False
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.base")
    django.setup()
    if migrate:
        call_command("migrate", database="owner", interactive=False, verbosity=0, skip_checks=True)
        go_on_after_restore(connections["owner"])
    if wrong := problem_of_keys():
        connections.close_all()
        if started:
            stop(data_folder())
        raise PostgresProblem(wrong)
    if migrate:
        remember_keys()
    return started
