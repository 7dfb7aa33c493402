"""The rules of the house, on the house as it stands. test_planted.py plants a violation of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.health import law_rules, money_rules, project_rules, size_rules
from tests.health.tree import ROOT

RULES = (*size_rules.RULES, *money_rules.RULES, *law_rules.RULES, *project_rules.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rule(rule: Callable[[Path], list[str]]) -> None:
    problems = rule(ROOT)
    assert not problems, f"{rule.__doc__}\n" + "\n".join(problems)
