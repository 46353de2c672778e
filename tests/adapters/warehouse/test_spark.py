from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from rung.adapters.warehouse import open_warehouse
from rung.errors import InvalidData
from rung.task.task import WarehouseChoice

pytestmark = pytest.mark.xdist_group("spark")


def requests_of(table: str) -> int:
    with open_warehouse(WarehouseChoice("URL", table), {"URL": "local[2]"}) as source:
        return source.overview().rows


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "requests.parquet"
    parquet.write_table(pa.table({"latency_ms": [1.0, 2.0, 3.0]}), path)
    return path


def test_a_parquet_file_is_read(spark: Any, log: Path) -> None:
    assert requests_of(str(log)) == 3


def test_a_table_of_the_running_session_is_read_and_the_session_stays(spark: Any, log: Path) -> None:
    spark.read.parquet(str(log)).createOrReplaceTempView("requests")
    assert requests_of("requests") == 3
    assert spark.sql("SELECT 1 AS one").collect()[0].one == 1


@pytest.mark.parametrize("table", ["elsewhere", "/nowhere/requests.parquet"])
def test_a_table_that_is_not_there_is_named(spark: Any, table: str) -> None:
    with pytest.raises(InvalidData, match=f"^warehouse.table: {table} is not there, or cannot be read by Spark"):
        requests_of(table)


def test_values_that_no_trace_can_have_are_named(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.parquet"
    parquet.write_table(pa.table({"latency_ms": [1.0, -2.0, float("nan"), None]}), path)
    with pytest.raises(InvalidData, match="rows 2 with latency_ms below 0, too large or no number"):
        requests_of(str(path))
