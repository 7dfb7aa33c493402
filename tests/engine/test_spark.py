"""Spark in local mode: the scalar evaluator's figures again. Run by `make test-spark`."""

from importlib import import_module

import pytest

from tests.engine.small_law import TestLaw, by_scalar, differences, small_program, visible
from tests.engine.test_batch import a_register, in_order, results, written

pytestmark = pytest.mark.spark
PROGRAM = small_program()


@pytest.fixture(scope="module")
def spark():
    # Not at the top: without the extra this file is still collected, and deselected.
    return import_module("doudi.engine.spark")


@pytest.fixture(scope="module")
def session(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    builder = spark.SparkSession.builder.master("local[2]").appName("doudi")
    for setting, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder),
    }.items():
        builder = builder.config(setting, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.parametrize("unknown", [0, 15])
def test_every_figure_equals_the_scalar_evaluator(tmp_path, spark, session, unknown):
    households, persons = a_register(60, unknown=unknown)
    expected = in_order(by_scalar(PROGRAM, households, persons))
    files = written(tmp_path / "in", households[::-1], persons)
    report = spark.run(
        PROGRAM, TestLaw(), session=session, **files, out=str(tmp_path / "out"), columns=visible(PROGRAM)
    )
    for name in ("households", "persons"):
        for at, part in enumerate(sorted((tmp_path / "out" / name).glob("*.parquet"))):
            part.rename(tmp_path / "out" / f"{name}-{at:05}.parquet")
    assert differences(expected, results(tmp_path / "out")) == set()
    assert (report.households, report.persons, report.orphans) == (60, len(persons), 0)


def test_an_overflow_is_an_error_not_a_figure(spark, session, tmp_path):
    backend = spark.Spark(session, str(tmp_path))
    with pytest.raises(Exception, match="ARITHMETIC_OVERFLOW"):
        backend.rows(f"SELECT CAST({2**62} AS BIGINT) * 4")
