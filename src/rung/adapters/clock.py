"""The clock of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter


class SystemClock:
    """The date for records and a monotonic counter for durations; implements `rung.evaluate.latency.Clock`."""

    def now(self) -> str:
        """ISO 8601 in UTC with milliseconds, such as 2026-01-31T09:30:00.000+00:00."""
        return datetime.now(UTC).isoformat(timespec="milliseconds")

    def seconds(self) -> float:
        """A monotonic counter; only differences mean anything."""
        return perf_counter()
