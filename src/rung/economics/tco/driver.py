"""A driver of the cost: one uncertain figure, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pi, sqrt
from typing import Literal

from rung.economics.draws import Z_OF_LEVEL
from rung.estimate import Estimate, Provenance

Ends = Literal["bounds", "p5_p95"]
"""What the ends of a range are: never passed, or the 5th and the 95th percentile."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One figure that lines are worked out from.

    `low` <= `mode` <= `high` in `unit`. With `ends: bounds` it is drawn as PERT between them; with `p5_p95` as a
    two-piece normal whose median is `mode`, cut at `least` and `most`, which no value of this driver can pass.
    `name` is its key under `drivers` in rung.yaml; one that belongs to a strategy is written `name[strategy]`.
    `remedy` is the command or key that would make it better known.
    """

    name: str
    meaning: str
    unit: str
    low: float
    mode: float
    high: float
    provenance: Provenance
    source: str
    ends: Ends = "bounds"
    least: float = 0.0
    most: float = inf
    as_of: str = ""
    n: int | None = None
    remedy: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"{self.name}: a range must be ordered, got {self.low:g}, {self.mode:g}, {self.high:g}")

    @property
    def fixed(self) -> bool:
        """Whether it has one value and nothing to draw."""
        return self.low == self.high

    @property
    def strategy(self) -> str | None:
        """The strategy that it belongs to, or None for one that all share."""
        return self.name.partition("[")[2].rstrip("]") or None

    @property
    def mean(self) -> float:
        """The expected value: (low + 4 mode + high) / 6 of a PERT range; of a two-piece normal the mode and what its
        wider side adds, sqrt(2 / pi) of half the difference of its two deviations. Within `least` and `most`."""
        if self.ends == "bounds":
            return (self.low + 4.0 * self.mode + self.high) / 6.0
        wider = ((self.high - self.mode) - (self.mode - self.low)) / Z_OF_LEVEL
        return min(max(self.mode + wider * sqrt(2.0 / pi) / 2.0, self.least), self.most)

    def estimate(self) -> Estimate:
        """The driver as a figure; the ends of `bounds` are wider than a 90 % interval, and the note says so."""
        note = "" if self.fixed else ("bounds" if self.ends == "bounds" else "5th and 95th percentile")
        return Estimate(self.mode, self.low, self.high, self.unit, self.n, self.provenance, self.source, note)


def from_estimate(
    name: str,
    meaning: str,
    figure: Estimate,
    *,
    least: float = 0.0,
    most: float = inf,
    remedy: str = "",
) -> Driver:
    """A driver that evidence gives: its 90 % interval becomes the 5th and 95th percentile.

    An end that is None is mirrored from the other side, and one that passes `least` or `most` is cut there.
    """
    below = None if figure.low is None else figure.value - figure.low
    above = None if figure.high is None else figure.high - figure.value
    lower = below if below is not None else (above or 0.0)
    upper = above if above is not None else (below or 0.0)
    mode = min(max(figure.value, least), most)
    return Driver(
        name,
        meaning,
        figure.unit,
        min(max(figure.value - lower, least), mode),
        mode,
        max(min(figure.value + upper, most), mode),
        figure.provenance,
        figure.source,
        "p5_p95",
        least,
        most,
        n=figure.n,
        remedy=remedy,
    )
