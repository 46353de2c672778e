"""How far a score moves: over the interval of what it rests on, and at which values it would be low or high."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rung.decide.words import number
from rung.estimate import Estimate

LOW, HIGH = 2.0, 4.0
"""Low is at most 2; high (or solid) at least 4."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """`low` and `high` are the score at the ends of the figure's interval (None: that end is not known, or the
    score rests on stated facts alone); `words` say what would move it."""

    low: float | None
    high: float | None
    words: str


def by_figure(
    figure: Estimate, score_at: Callable[[float], float], value_at: Callable[[float], float], name: str
) -> Sensitivity:
    """Of a score that one measured figure gives.

    `score_at` is the score of a value, `value_at` the value that gives a score: the formula turned around.
    """
    ends = [None if end is None else score_at(end) for end in (figure.low, figure.high)]
    known = sorted(end for end in ends if end is not None)
    low, high = (known[0], known[-1]) if len(known) == 2 else (None, None)
    over = (
        "" if low is None or high is None or low == high else f"{low:.1f} to {high:.1f} over the interval of {name}; "
    )
    solid, small = (number(value_at(score), figure.unit) for score in (HIGH, LOW))
    rising = value_at(HIGH) > value_at(LOW)
    sides = ("up to", "from") if rising else ("from", "up to")
    return Sensitivity(low, high, f"{over}low with {name} {sides[0]} {small}, high {sides[1]} {solid}")


def by_weakest_part(parts: Mapping[str, tuple[float, str]], score_at: Callable[[float], float]) -> str:
    """Of a score that is its weakest part: what mending that part alone would give, and which comes next."""
    ordered = sorted(parts, key=lambda name: parts[name][0])
    if len(ordered) < 2:
        return f"more of {ordered[0]}"
    return (
        f"at most {score_at(parts[ordered[1]][0]):.1f} by mending {ordered[0]} alone; then {ordered[1]} is the weakest"
    )


def by_point(score: float, points: Mapping[str, Mapping[str, float]], stated: Mapping[str, str]) -> str:
    """Of a score that adds up stated facts: what it would be if each of them were otherwise."""
    others = [
        f"{score - options[stated[key]] + value:g} with {key}: {word}"
        for key, options in points.items()
        for word, value in options.items()
        if word != stated[key]
    ]
    return "; ".join(others)
