"""What repeated data is worth (Muennighoff et al. 2023, arXiv:2305.16264)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rung.forecast.scaling.law import FLOPS_PER_PARAMETER_AND_TOKEN, FloatArray, Law, loss, optimal_parameters

DATA_HALF_LIFE = 15.387756
"""R of the data: after as many repetitions as this, a further one is worth 1/e of fresh text."""
PARAMETER_HALF_LIFE = 5.309743
"""The same for parameters beyond what the unique tokens would call for."""
PARTS_OF_GRID = 4001


def worth(tokens: Any, unique: Any, *, half_life: float = DATA_HALF_LIFE) -> FloatArray:
    """D' = U + U R (1 - exp(-r/R)) fresh tokens that `tokens` read from `unique` distinct ones are worth.

    r = max(D/U - 1, 0) repetitions, R `half_life`. Never above U (1 + R), however often the text is read.
    """
    read, distinct = np.asarray(tokens, float), np.asarray(unique, float)
    repeated = distinct * half_life * -np.expm1(-np.maximum(read / distinct - 1, 0) / half_life)
    return np.asarray(np.minimum(read, distinct) + repeated)


def most_worth(unique: float) -> float:
    """What a text is worth at most in fresh tokens: U (1 + R)."""
    return unique * (1 + DATA_HALF_LIFE)


def tokens_for_worth(wanted: float, unique: float) -> float:
    """How many tokens have to be read from `unique` distinct ones to be worth `wanted`; infinite beyond U (1 + R)."""
    if wanted <= unique:
        return wanted
    spent = (wanted - unique) / (unique * DATA_HALF_LIFE)
    return float("inf") if spent >= 1 else unique * (1 - DATA_HALF_LIFE * float(np.log1p(-spent)))


@dataclass(frozen=True, slots=True)
class Allocation:
    """How to spend a compute when only so many distinct tokens exist."""

    parameters: float
    tokens: float
    epochs: float
    worth_tokens: float
    loss: float


def best_allocation(law: Law, flops: float, unique: float) -> Allocation:
    """The size and the number of tokens of least loss at C = 6 N D with `unique` distinct tokens.

    Repeated tokens count by `worth`. Parameters beyond those that `unique` tokens call for, U_N, count likewise:
    N' = U_N + U_N R_N (1 - exp(-(N/U_N - 1)/R_N)). The best size is searched on a grid of 4,001 sizes over eight
    decades around the optimum for fresh text, 0.5 % apart: finer than any of the constants is known.
    """
    fresh = optimal_parameters(law, flops)
    sizes = fresh * np.logspace(-4, 4, PARTS_OF_GRID)
    tokens = flops / (FLOPS_PER_PARAMETER_AND_TOKEN * sizes)
    called_for = _parameters_called_for(law, unique)
    effective = worth(sizes, np.minimum(sizes, called_for), half_life=PARAMETER_HALF_LIFE)
    losses = loss(law, effective, worth(tokens, unique))
    best = int(np.argmin(losses))
    return Allocation(
        parameters=float(sizes[best]),
        tokens=float(tokens[best]),
        epochs=float(max(tokens[best] / unique, 0.0)),
        worth_tokens=float(worth(tokens[best], unique)),
        loss=float(losses[best]),
    )


def _parameters_called_for(law: Law, tokens: float) -> float:
    """The N whose compute-optimal number of tokens is `tokens`: alpha A / N^alpha = beta B / D^beta."""
    ratio = law.alpha * law.parameter_scale / (law.beta * law.data_scale)
    return float((ratio * tokens**law.beta) ** (1 / law.alpha))
