"""What imports cannot show: between tables, too, a room looks upstream only. As a program: all apps."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
from django.apps import apps

from tests.health.tree import ROOT


def river(root: Path = ROOT) -> list[str]:
    """The parts of doudi from top to bottom, as .importlinter states them."""
    layers = (root / ".importlinter").read_text("utf-8").split("layers =", 1)[1].split("exhaustive", 1)[0]
    return re.findall(r"\w+", layers)


def graph_problems(models: Iterable[Any], order: list[str]) -> list[str]:
    """Relations that point downstream, or that hang a reverse accessor on another room's table.

    `models` are Django model classes (only `_meta` and the fields' attributes are read); tables of Django
    itself may be pointed to from anywhere.
    """
    problems = []
    for model in models:
        home = part_of(model)
        if home is None:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = part_of(field.related_model)
            told = f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
            if target is None or target == home:
                continue
            if order.index(target) < order.index(home):
                problems.append(f"{told} points downstream: {target} stands below {home} in the river")
            if not field.remote_field.hidden:
                problems.append(f'{told} leaves {home} without related_name="+"')
    return problems


def part_of(model: Any) -> str | None:
    """`registry` for a model of doudi.registry; None for one that is not ours."""
    names = model.__module__.split(".")
    return names[1] if names[0] == "doudi" else None


if __name__ == "__main__":
    django.setup()
    ours = [model for model in apps.get_models(include_auto_created=True) if part_of(model)]
    print(f"{len(ours)} tables")
    print(*graph_problems(ours, river()), sep="\n")
