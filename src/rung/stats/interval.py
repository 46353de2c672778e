"""The value that every interval function returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A point estimate with its two-sided interval. An end is None when the data cannot bound it; `note` says why."""

    mid: float
    low: float | None
    high: float | None
    note: str = ""
