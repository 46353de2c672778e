from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rung.adapters.clock import SystemClock


def test_now_is_the_date_in_utc_and_reads_back_as_one() -> None:
    before = datetime.now(UTC)
    said = datetime.fromisoformat(SystemClock().now())
    assert said.utcoffset() == timedelta(0)
    assert before - timedelta(milliseconds=1) <= said <= datetime.now(UTC)


def test_seconds_never_run_backwards() -> None:
    clock = SystemClock()
    readings = [clock.seconds() for _ in range(100)]
    assert readings == sorted(readings)
