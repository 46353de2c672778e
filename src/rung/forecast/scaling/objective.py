"""The law in the form that is fitted: logarithms of its three terms at the middle of the runs, and of its exponents.

    log L(N, D) = logsumexp(a - alpha (log N - m), b - beta (log D - d), e)

as Hoffmann et al. 2022 and Besiroglu et al. 2024 fit it. m and d, the means of log N and log D over the runs, leave the
law as it is and part A from alpha and B from beta, which else lie along one narrow valley. Exponents are positive by
their logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.forecast.scaling.law import FloatArray, LawDraws

LOW = np.array([-12.0, -12.0, -12.0, np.log(0.01), np.log(0.01)])
HIGH = np.array([6.0, 6.0, 4.0, np.log(4.0), np.log(4.0)])
"""Ends of the search. A term of e^-12 of a nat is none; an exponent of 4 falls faster than any that was found."""
PUBLISHED_HUBER = 1e-3
"""The transition of Hoffmann et al. 2022 from squares to absolute values, in log loss."""


@dataclass(frozen=True, slots=True)
class Points:
    """What is fitted: log parameters and log tokens from their means, and both means. Shapes (runs,)."""

    log_parameters: FloatArray
    log_tokens: FloatArray
    mean_log_parameters: float
    mean_log_tokens: float

    @classmethod
    def of(cls, parameters: FloatArray, tokens: FloatArray) -> Points:
        """The runs' sizes and what their tokens are worth."""
        sizes, read = np.log(parameters), np.log(tokens)
        return cls(sizes - sizes.mean(), read - read.mean(), float(sizes.mean()), float(read.mean()))


def terms(points: Points, theta: FloatArray) -> FloatArray:
    """Logarithms of the three terms at every run, shape (laws, 3, runs); `theta` (laws, 5) as in the module's text."""
    by_size = theta[:, 0, None] - np.exp(theta[:, 3, None]) * points.log_parameters
    by_data = theta[:, 1, None] - np.exp(theta[:, 4, None]) * points.log_tokens
    constant = np.broadcast_to(theta[:, 2, None], by_size.shape)
    return np.stack([by_size, by_data, constant], axis=1)


def predicted(points: Points, theta: FloatArray) -> FloatArray:
    """Log loss at every run, shape (laws, runs)."""
    three = terms(points, theta)
    largest = three.max(axis=1)
    return np.asarray(largest + np.log(np.exp(three - largest[:, None]).sum(axis=1)))


def with_slopes(points: Points, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(log loss, its slopes by the five parameters); shapes (laws, runs) and (laws, runs, 5)."""
    three = terms(points, theta)
    largest = three.max(axis=1)
    powers = np.exp(three - largest[:, None])
    total = powers.sum(axis=1)
    shares = powers / total[:, None]
    slopes = np.stack(
        [
            shares[:, 0],
            shares[:, 1],
            shares[:, 2],
            -shares[:, 0] * np.exp(theta[:, 3, None]) * points.log_parameters,
            -shares[:, 1] * np.exp(theta[:, 4, None]) * points.log_tokens,
        ],
        axis=-1,
    )
    return largest + np.log(total), slopes


def huber(residuals: FloatArray, transition: float) -> FloatArray:
    """Huber's loss summed over the last axis: r^2/2 up to `transition`, its tangent beyond."""
    size = np.abs(residuals)
    return np.asarray(np.where(size <= transition, size**2 / 2, transition * (size - transition / 2)).sum(axis=-1))


def as_laws(points: Points, theta: FloatArray) -> LawDraws:
    """The five constants of each row of `theta`."""
    alpha, beta = np.exp(theta[:, 3]), np.exp(theta[:, 4])
    return LawDraws(
        np.stack(
            [
                np.exp(theta[:, 2]),
                np.exp(theta[:, 0] + alpha * points.mean_log_parameters),
                np.exp(theta[:, 1] + beta * points.mean_log_tokens),
                alpha,
                beta,
            ],
            axis=1,
        )
    )
