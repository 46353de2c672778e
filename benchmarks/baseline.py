"""The baseline of a production log against SQL written by hand for the same numbers, by size of the log.

    python benchmarks/baseline.py [million rows, 1 3 10 unless given] [--runs 3]

Both read the same Parquet file in the same process, in turn, each on a fresh connection with two threads and the memory
limit of `rung baseline`; every figure of both is compared. Peak memory is that of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
from baseline_by_hand import Figures, by_hand

from rung.adapters.traces.duckdb_source import DuckTraceSource
from rung.estimate import Estimate
from rung.evaluate.baseline import Baseline, Labour, baseline
from rung.pipeline.baseline import MEMORY_LIMIT
from rung.stats import quantile_ranks

LABOUR = Labour(30.0, {"web": 4.0, "mail": 6.0, "phone": 3.0, "chat": 3.0, "partner": 3.0, "batch": 3.0})
WEEKS = 26


def write_log(path: Path, rows: int, *, clustered: bool) -> None:
    """A log of half a year in order of time. A conversation of about five requests keeps its flow and its model.

    Drawn by a hash of the row's number, so that every run and every machine has the same.
    """

    def drawn(salt: int, key: str = "i") -> str:
        return f"(hash({key} * 64 + {salt}) / 18446744073709551616.0)"

    conversation = "conversation"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"""
            COPY (
              WITH numbered AS (
                -- Twenty conversations are under way at any time; each takes every twentieth request of its hundred.
                SELECT range AS i, (range // 100) * 20 + range % 20 AS conversation FROM range({rows})
              ), drawn AS (
                SELECT i, conversation,
                       TIMESTAMP '2026-01-05' + to_microseconds(CAST(i * ({WEEKS * 7} * 86400e6 / {rows}) AS BIGINT))
                         AS "at",
                       sqrt(-2 * ln(1 - {drawn(1)})) * cos(2 * pi() * {drawn(2)}) AS normal,
                       {drawn(3)} AS of_status, {drawn(4)} AS of_success, {drawn(5)} AS of_correction,
                       {drawn(6, conversation)} AS of_flow, {drawn(7, conversation)} AS of_model,
                       {drawn(8, conversation)} AS luck, {drawn(9)} AS of_segment, {drawn(10)} AS of_delay,
                       {drawn(11)} AS of_known, {drawn(12)} AS of_input, {drawn(13)} AS of_output,
                       {drawn(14)} AS of_cost,
                       {drawn(15)} AS of_minutes
                FROM numbered
              ), told AS (
                SELECT *, CASE WHEN of_status < 0.97 THEN 'ok' WHEN of_status < 0.99 THEN 'error'
                               ELSE 'rate_limited' END AS status,
                       CASE WHEN of_model < 0.5 THEN 1 WHEN of_model < 0.8 THEN 2 WHEN of_model < 0.95 THEN 3
                            ELSE 4 END AS size,
                       CAST(200 + 3000 * of_input * of_input AS BIGINT) AS input_tokens,
                       CAST(20 + 400 * of_output AS BIGINT) AS output_tokens,
                       of_known < 0.5 AND of_correction < 0.25 - 0.15 * luck AS redone
                FROM drawn
              )
              SELECT 'request-' || i AS id, "at",
                     ['web', 'mail', 'phone', 'chat', 'partner', 'batch'][
                       1 + CAST(floor(6 * of_flow * of_flow) AS INTEGER)] AS flow,
                     CASE WHEN of_segment < 0.85 THEN 'routine' WHEN of_segment < 0.97 THEN 'edge'
                          ELSE 'adversarial' END AS segment,
                     {"'conversation-' || conversation" if clustered else "CAST(NULL AS VARCHAR)"} AS "cluster",
                     CASE WHEN size < 3 THEN 'self-hosted' ELSE 'hosted' END AS provider, 'model-' || size AS model,
                     input_tokens, output_tokens,
                     CASE WHEN of_status < 0.985 THEN round(exp(6 + 0.3 * size + 0.6 * normal), 3) END AS latency_ms,
                     status,
                     CASE WHEN of_cost < 0.97 THEN 1e-7 * size * size * (input_tokens + 4 * output_tokens) END
                       AS cost_usd,
                     CASE WHEN status = 'ok' AND of_known < 0.4 THEN of_success < 0.65 + 0.3 * luck END AS success,
                     CASE WHEN status = 'ok' AND of_known < 0.5 THEN redone END AS corrected,
                     CASE WHEN status = 'ok' AND redone AND of_minutes < 0.3 THEN 1 + 20 * of_minutes END
                       AS correction_minutes,
                     CASE WHEN status = 'ok' AND of_known < 0.5
                          THEN "at" + to_microseconds(CAST(-2 * 86400e6 * ln(1 - of_delay) AS BIGINT)) END AS outcome_at
              FROM told
            ) TO '{path}' (FORMAT parquet)""")


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A fresh connection with the view `traces`, bounded as that of `rung baseline`."""
    with tempfile.TemporaryDirectory() as spill:
        connection = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY_LIMIT, "temp_directory": spill})
        connection.execute(f"CREATE VIEW traces AS SELECT * FROM read_parquet('{path}')")
        yield connection
        connection.close()


def ours(connection: duckdb.DuckDBPyConnection) -> Baseline:
    return baseline(DuckTraceSource(connection, name="benchmark"), LABOUR)


@dataclass(frozen=True)
class Spent:
    """Seconds of one run: on the clock, and of both cores together."""

    wall: float
    cpu: float


def timed(path: Path, run: Callable[[duckdb.DuckDBPyConnection], object]) -> tuple[Spent, object]:
    with opened(path) as connection:
        wall, cpu = time.perf_counter(), time.process_time()
        found = run(connection)
        return Spent(time.perf_counter() - wall, time.process_time() - cpu), found


def compare(found: Baseline, hand: Figures) -> int:
    """How many numbers were compared; AssertionError where two differ by more than 1e-9 of their size."""
    compared = 0
    for dimension, cells in found.cells.items():
        for cell in cells:
            figures = {**{str(name): figure for name, figure in cell.metrics.items()}, "error_rate": cell.error_rate}
            for name, interval in hand[dimension, cell.name].items():
                figure = figures[name]
                assert isinstance(figure, Estimate), (dimension, cell.name, name, figure)
                pairs = zip(
                    (figure.value, figure.low, figure.high), (interval.mid, interval.low, interval.high), strict=True
                )
                for one, other in pairs:
                    place = (dimension, cell.name, name, one, other)
                    assert one is not None, place
                    assert other is not None, place
                    assert isclose(one, other, rel_tol=1e-9), place
                    compared += 1
    return compared


def peak_gigabytes(path: Path) -> float:
    """The most memory that a process held which read this log and nothing else."""
    done = subprocess.run([sys.executable, __file__, "--peak", str(path)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _peak_of_this_process() -> float:
    """From Linux's own count: that of getrusage starts with what the parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1e6


def measure(directory: Path, millions: int, runs: int, *, clustered: bool) -> float:
    """Prints a row of the table and returns the seconds of `rung baseline`'s work, by the clock."""
    path = directory / "log.parquet"
    write_log(path, millions * 1_000_000, clustered=clustered)
    of_ours, of_hand, compared = [], [], 0
    for _ in range(runs):
        spent, found = timed(path, ours)
        of_ours.append(spent)
        spent, hand = timed(path, by_hand)
        of_hand.append(spent)
        assert isinstance(found, Baseline)
        assert isinstance(hand, dict)
        compared = compare(found, hand)
    wall, cpu = (median(getattr(one, what) for one in of_ours) for what in ("wall", "cpu"))
    hand_wall, hand_cpu = (median(getattr(one, what) for one in of_hand) for what in ("wall", "cpu"))
    print(
        f"| {millions} | {'conversations' if clustered else 'none'} | {wall:.1f} s | {hand_wall:.1f} s "
        f"| {wall / hand_wall:.2f} | {cpu / hand_cpu:.2f} | {peak_gigabytes(path):.2f} GB | {compared:,} |",
        flush=True,
    )
    path.unlink()
    return float(cpu)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("millions", nargs="*", type=int, default=[1, 3, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peak", type=Path)
    asked = parser.parse_args()
    quantile_ranks(100, 0.95, level=0.9)  # loads scipy, which would otherwise count for the first run alone
    if asked.peak is not None:
        timed(asked.peak, ours)
        print(_peak_of_this_process())
        return
    print("| million rows | clusters | rung | by hand | ratio | ratio of CPU time | peak memory | numbers compared |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        for clustered in (False, True):
            seconds = [measure(Path(directory), one, asked.runs, clustered=clustered) for one in asked.millions]
            if len(seconds) > 2:
                # Every size counts the same, by its relative error.
                slope, start = np.polyfit(asked.millions, seconds, 1, w=1 / np.array(seconds))
                worst = max(abs(s / (start + slope * m) - 1) for m, s in zip(asked.millions, seconds, strict=True))
                print(
                    f"CPU time {'with' if clustered else 'without'} clusters: {start:.2f} s + {slope:.2f} s a million "
                    f"rows (off by at most {worst:.0%}); 100 million: {start + 100 * slope:.0f} s of CPU"
                )


if __name__ == "__main__":
    main()
