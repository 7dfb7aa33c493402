import pytest

from doudi.law.rulebook import Law


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.load()
