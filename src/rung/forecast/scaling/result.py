"""What a forecast by scaling says, as values that a record can keep."""

from __future__ import annotations

from dataclasses import dataclass, field

from rung.estimate import Estimate, Figure
from rung.forecast.scaling.run import ScalingRun


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the runs support no law or no answer, and what to do. `reason` is a short name for programs."""

    reason: str
    because: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """The text that the runs learned from, in bytes: `distinct` to train on, `held_out` to measure on, and `copies`
    entries left out because they repeat others. Entries that are nearly the same are one of the `families`, which stand
    whole on one side."""

    distinct: int
    held_out: int
    entries: int
    copies: int
    content_hash: str
    families: int = 0


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The loss of the best model at a compute, in bits per byte; `extrapolated` beyond the largest run."""

    flops: float
    bits_per_byte: Figure
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class FittedLaw:
    """L = E + A/N^alpha + B/D'^beta in nats a byte, fitted to the runs; D' has repeated bytes at their worth.

    Each constant comes with its own interval, though they move together and only `frontier` may be read as the law.
    `residual` is the spread of the runs around it, a share of the loss. `ceiling_flops` is the largest compute it is
    asked about, `at_ceiling` the loss there.
    """

    irreducible: Figure
    parameter_scale: Figure
    data_scale: Figure
    alpha: Figure
    beta: Figure
    irreducible_bits: Figure
    residual: Figure
    frontier: tuple[FrontierPoint, ...]
    largest_flops: float
    ceiling_flops: float
    at_ceiling: Figure
    draws: int


@dataclass(frozen=True, slots=True)
class NeededLoss:
    """What a needed loss would take, at the best division of compute between size and text.

    `needed` in bits per byte. `never` is the share of the draws whose law stays above it at any compute, `beyond` of
    those that reach it, but farther out than the law is asked about. `tokens` are fresh bytes; `more_text` is what is
    missing to them, and `by_repeating` how often the present text would be read where that could do. Money, time and
    GPU-hours are missing without a GPU.
    """

    needed: Figure
    never: float
    beyond: float
    flops: Figure
    parameters: Figure
    tokens: Figure
    more_text: Figure
    by_repeating: Figure
    gpu_hours: Figure
    usd: Figure
    weeks: Figure


@dataclass(frozen=True, slots=True)
class ScalingForecast:
    """The whole answer. `fit` is None where the runs support no law, `need` where no loss was asked for or none can be
    answered; `refusals` say why, the first thing to mend first.
    `needed` is the loss that was asked for, in bits per byte."""

    text: TextFacts
    runs: tuple[ScalingRun, ...]
    planned: int
    fit: FittedLaw | None
    need: NeededLoss | None
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    machine: str = ""
    seed: int = 0
    needed: Estimate | None = None
    hardware: dict[str, Figure] = field(default_factory=dict)
