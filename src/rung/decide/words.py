"""Figures in the words of reasons and records: value, interval, provenance, with as many digits as mean something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rung.decide.decision import TargetResult
from rung.estimate import Estimate, Figure, Missing
from rung.task.task import Metric, Target

METRIC_WORDS: dict[Metric, str] = {
    "task_success": "task success",
    "correction_rate": "correction rate",
    "latency_p95_ms": "p95 latency",
    "cost_per_success_usd": "cost per success",
}
UNIT_OF: dict[Metric, str] = {
    "task_success": "share",
    "correction_rate": "share",
    "latency_p95_ms": "ms",
    "cost_per_success_usd": "USD",
}


def number(value: float, unit: str) -> str:
    """A value with its unit: shares as percent, milliseconds whole, USD to the cent below 100, weeks to 1 decimal."""
    if unit.startswith("USD"):
        if 0 < abs(value) < 0.01:
            return f"USD {value:.2g}"
        return f"USD {value:,.2f}" if abs(value) < 100 else f"USD {value:,.0f}"
    if unit == "share":
        return f"{100 * value:.1f}".removesuffix(".0") + "%"
    if unit == "ms":
        return f"{value:,.0f} ms" if abs(value) >= 10 else f"{value:.1f} ms"
    if unit == "weeks":
        return f"{value:.1f} weeks"
    return f"{value:.2f}" + (f" {unit}" if unit else "")


def points(difference: float) -> str:
    """A difference of two shares in percentage points, signed."""
    return f"{100 * difference:+.1f} points"


def setting(value: float) -> str:
    """A value as it would be written in rung.yaml, to three significant digits: a share stays a share."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def say(figure: Figure) -> str:
    """`81% (75% to 86%, measured)`, or `unknown (reason)`."""
    if isinstance(figure, Missing):
        return f"unknown ({figure.because})"
    word = figure.provenance.word
    if figure.low == figure.high == figure.value:
        return f"{number(figure.value, figure.unit)} ({word})"
    low = "not bounded" if figure.low is None else number(figure.low, figure.unit)
    high = "not bounded" if figure.high is None else number(figure.high, figure.unit)
    return f"{number(figure.value, figure.unit)} ({low} to {high}, {word})"


def wish(target: Target) -> str:
    """`task success of at least 80% on adversarial items`."""
    bound, side = (target.minimum, "at least") if target.minimum is not None else (target.maximum, "at most")
    words = f"{METRIC_WORDS[target.metric]} of {side} {number(bound or 0.0, UNIT_OF[target.metric])}"
    return words if target.segment is None else f"{words} on {target.segment} items"


def items_in_words(result: TargetResult, part: Literal["dev", "sealed"]) -> str:
    """`About 240 adversarial dev items in all (data.dev_items caps them)`: what would decide an undecided target.

    A part stops growing at its cap however many examples are added, so the key that moves the cap is named.
    """
    kind = "" if result.target.segment is None else f"{result.target.segment} "
    return f"About {result.items_needed or 0:,} {kind}{part} items in all (data.{part}_items caps all {part} items)"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def value_of(figure: Figure | None) -> float | None:
    """The value, or None when it is missing."""
    return figure.value if isinstance(figure, Estimate) else None
