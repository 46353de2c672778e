"""The law of Hoffmann et al. 2022 (arXiv:2203.15556): how the loss falls with parameters and data.

    L(N, D) = E + A / N^alpha + B / D^beta        C = 6 N D

N parameters, D tokens of training text, L nats a token, C floating-point operations of training. E is what no model
of this kind gets below on this text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Number = TypeVar("Number", float, FloatArray)
FLOPS_PER_PARAMETER_AND_TOKEN = 6
"""Forward 2, backward 4 (Kaplan et al. 2020, arXiv:2001.08361, section 2.1). Attention over the context, the
embedding and the output layer are left out, as in both papers."""


@dataclass(frozen=True, slots=True)
class Law:
    """The five constants of one law. `irreducible` is E, `parameter_scale` A, `data_scale` B."""

    irreducible: float
    parameter_scale: float
    data_scale: float
    alpha: float
    beta: float

    def as_draws(self) -> LawDraws:
        """The same law as a single draw."""
        return LawDraws(np.array([[self.irreducible, self.parameter_scale, self.data_scale, self.alpha, self.beta]]))


@dataclass(frozen=True, slots=True)
class LawDraws:
    """Joint draws of the five constants, shape (draws, 5), columns in the order of `Law`.

    A row is one law. Columns are never shuffled against each other: A, B and the exponents lie along a flat valley, so
    constants drawn apart would make laws that no run supports.
    """

    constants: FloatArray

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.constants.shape[0])

    def column(self, name: str) -> FloatArray:
        """All draws of one constant, by its field name in `Law`."""
        return np.asarray(self.constants[:, COLUMNS.index(name)])


COLUMNS = ("irreducible", "parameter_scale", "data_scale", "alpha", "beta")


def loss(law: Law, parameters: Any, tokens: Any) -> Any:
    """L(N, D) in nats a token; numbers or arrays that fit together."""
    return (
        law.irreducible
        + law.parameter_scale / np.asarray(parameters, float) ** law.alpha
        + law.data_scale / np.asarray(tokens, float) ** law.beta
    )


def training_flops(parameters: Number, tokens: Number) -> Number:
    """C = 6 N D."""
    return FLOPS_PER_PARAMETER_AND_TOKEN * parameters * tokens


def optimal_parameters(law: Law, flops: float) -> float:
    """N* = G (C/6)^(beta/(alpha+beta)), G = (alpha A / (beta B))^(1/(alpha+beta)): the size that wastes no compute."""
    both = law.alpha + law.beta
    balance = (law.alpha * law.parameter_scale / (law.beta * law.data_scale)) ** (1 / both)
    return float(balance * (flops / FLOPS_PER_PARAMETER_AND_TOKEN) ** (law.beta / both))


def optimal_tokens(law: Law, flops: float) -> float:
    """D* = C / (6 N*)."""
    return flops / (FLOPS_PER_PARAMETER_AND_TOKEN * optimal_parameters(law, flops))


def flops_for_parameters(law: Law, parameters: float) -> float:
    """The compute whose N* is `parameters`: how long a model of this size should be trained, times 6 N."""
    both = law.alpha + law.beta
    return FLOPS_PER_PARAMETER_AND_TOKEN * float((parameters / optimal_parameters(law, 6.0)) ** (both / law.beta))


def frontier_loss(draws: LawDraws, flops: Any) -> FloatArray:
    """The least loss of each draw at each compute, shape (draws, computes): every draw is at its own N* and D*."""
    gamma, reducible = _frontier(draws)
    powers = (np.atleast_1d(np.asarray(flops, float)) / FLOPS_PER_PARAMETER_AND_TOKEN)[None, :] ** -gamma[:, None]
    return draws.column("irreducible")[:, None] + reducible[:, None] * powers


def flops_for_loss(draws: LawDraws, needed: float) -> FloatArray:
    """The least compute of each draw that reaches `needed` nats a token, shape (draws,); infinite where E is not
    below it."""
    gamma, reducible = _frontier(draws)
    above = needed - draws.column("irreducible")
    reachable = above > 0
    with np.errstate(over="ignore"):
        exponents = np.log(reducible) - np.log(np.where(reachable, above, 1.0))
        flops = FLOPS_PER_PARAMETER_AND_TOKEN * np.exp(np.minimum(exponents / gamma, 700.0))
    return np.where(reachable, flops, np.inf)


def optimal_parameters_of(draws: LawDraws, flops: FloatArray) -> FloatArray:
    """N* of each draw at its own compute, both of shape (draws,)."""
    alpha, beta = draws.column("alpha"), draws.column("beta")
    share = beta / (alpha + beta)
    with np.errstate(over="ignore"):
        return np.asarray(_balance(draws) * (flops / FLOPS_PER_PARAMETER_AND_TOKEN) ** share)


def _balance(draws: LawDraws) -> FloatArray:
    """G of each draw, in logs: A and B may differ by many orders of magnitude."""
    alpha, beta = draws.column("alpha"), draws.column("beta")
    logs = np.log(alpha * draws.column("parameter_scale")) - np.log(beta * draws.column("data_scale"))
    return np.asarray(np.exp(logs / (alpha + beta)))


def _frontier(draws: LawDraws) -> tuple[FloatArray, FloatArray]:
    """(gamma, K) of L*(C) = E + K (C/6)^-gamma: put N* and D* into the law, and both terms fall with the same
    power gamma = alpha beta / (alpha + beta)."""
    alpha, beta = draws.column("alpha"), draws.column("beta")
    balance = np.log(_balance(draws))
    of_parameters = np.log(draws.column("parameter_scale")) - alpha * balance
    of_data = np.log(draws.column("data_scale")) + beta * balance
    return alpha * beta / (alpha + beta), np.exp(np.logaddexp(of_parameters, of_data))
