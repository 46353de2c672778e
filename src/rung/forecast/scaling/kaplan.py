"""The earlier laws of Kaplan et al. 2020 (arXiv:2001.08361). Parameters leave embeddings out; losses are nats a token.

Each holds where the other two factors are not the bottleneck. The paper's advice on how to divide compute was revised
by Hoffmann et al. 2022: it trained all sizes on one schedule, which favours large models on little data.
"""

from __future__ import annotations

PARAMETERS, PARAMETER_EXPONENT = 8.8e13, 0.076
TOKENS, TOKEN_EXPONENT = 5.4e13, 0.095
PF_DAYS, COMPUTE_EXPONENT = 3.1e8, 0.050
GROWTH_OF_PARAMETERS = 0.73
PF_DAY_FLOPS = 1e15 * 24 * 3600


def loss_by_parameters(parameters: float) -> float:
    """L(N) = (8.8e13 / N)^.076, of a model trained to convergence on enough data."""
    return float((PARAMETERS / parameters) ** PARAMETER_EXPONENT)


def loss_by_tokens(tokens: float) -> float:
    """L(D) = (5.4e13 / D)^.095, of a large model stopped early on this much data."""
    return float((TOKENS / tokens) ** TOKEN_EXPONENT)


def loss_by_compute(flops: float) -> float:
    """L(C) = (3.1e8 PF-days / C)^.050, of compute spent at the best size and the smallest batches."""
    return float((PF_DAYS * PF_DAY_FLOPS / flops) ** COMPUTE_EXPONENT)


def growth_of_parameters(times_the_compute: float) -> float:
    """How many times larger the best model is with so many times the compute: ten times gives 10^.73."""
    return float(times_the_compute**GROWTH_OF_PARAMETERS)
