"""Which small models are trained on how much text: a fixed grid, so that finished runs serve every later call."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from rung.forecast.scaling.law import training_flops

MOST_TOKENS = 2_000_000
"""Bytes that one run reads at most."""
MOST_EPOCHS = 8
"""Times that one run reads the text at most. Repetition is counted at its worth, which was fitted to larger models;
where it matters little an error in that matters little."""
SHARES = (0.08, 0.2, 0.4, 1.0)
"""Of the most tokens: a little over a decade, also where the text is read eight times."""
CONTEXT = 128
ROWS_AT = 640_000
"""A step holds sqrt(tokens / 640,000) sequences, at least one: 400 steps of one at 51 kB, 7,800 of two at 2 MB. At the
losses of such runs the size of a step beyond which nothing is gained is a few hundred tokens (McCandlish et al. 2018,
arXiv:1812.06162); with larger ones the short runs end in their first moments, where the loss follows no law."""
RATE_AT, RATE = 55_000, 4e-3
"""The learning rate falls with the square root of the size, as in a network with twice the width it falls by half."""
BASE_VERSION = "scaling-run-1"
"""Changes with whatever makes an earlier run another one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder: `layers` of `width` with `heads`."""

    layers: int
    width: int
    heads: int

    @property
    def parameters(self) -> int:
        """Without embeddings: 12 d^2 of matrices and 2 d of gains a layer, and d gains at the end."""
        return self.layers * (12 * self.width**2 + 2 * self.width) + self.width


SHAPES = (Shape(2, 48, 3), Shape(2, 64, 4), Shape(3, 80, 5), Shape(3, 112, 7), Shape(4, 144, 6))
"""From .055 to 1.0 million parameters, growing in depth and width together."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of the grid: `steps` updates of the weights with `rows` sequences each."""

    shape: Shape
    rows: int
    steps: int

    @property
    def name(self) -> str:
        """Such as "55k x 160k"."""
        return f"{_short(self.shape.parameters)} x {_short(self.tokens)}"

    @property
    def tokens(self) -> int:
        """Bytes read."""
        return self.steps * self.rows * CONTEXT

    @property
    def learning_rate(self) -> float:
        """4e-3 at .055 million parameters, falling with the square root of the size."""
        return RATE * sqrt(RATE_AT / self.shape.parameters)

    @property
    def flops(self) -> float:
        """6 N D."""
        return training_flops(float(self.shape.parameters), float(self.tokens))


def planned_runs(distinct: int) -> tuple[PlannedRun, ...]:
    """The grid for a text of `distinct` bytes, the cheapest first: what time is left is spent on the dearest last."""
    most = min(MOST_TOKENS, MOST_EPOCHS * distinct)
    counts = [_steps(share * most) for share in SHARES]
    runs = [PlannedRun(shape, rows, steps) for shape in SHAPES for rows, steps in counts]
    return tuple(sorted(runs, key=lambda run: (run.flops, run.shape.parameters)))


def _steps(tokens: float) -> tuple[int, int]:
    """(rows, steps) of about so many bytes."""
    rows = max(1, round(sqrt(tokens / ROWS_AT)))
    return rows, max(1, round(tokens / (CONTEXT * rows)))


def _short(count: float) -> str:
    return f"{count / 1e6:.2g}M" if count >= 950_000 else f"{count / 1e3:.0f}k"
