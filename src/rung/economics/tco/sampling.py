"""Draws of the drivers: the same driver has the same draws whichever strategies and other drivers are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import pi, sin
from zlib import crc32

import numpy as np

from rung.economics.draws import Z_OF_LEVEL
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import FloatArray
from rung.errors import InvalidTask
from rung.task.task import Correlation

KNOTS = 4096
"""Cells of equal probability in the table that turns a uniform number into a PERT value."""
LEAST_EIGENVALUE = -1e-9


def draw(
    drivers: Sequence[Driver], *, draws: int, seed: int, correlations: Sequence[Correlation] = ()
) -> dict[str, FloatArray]:
    """Draws by the driver's name, each of shape (draws,); a fixed driver repeats its value.

    Each driver has a stream of its own (seed and name), and its value rises with its uniform number: a range that is
    changed keeps its place in every draw, so two cases differ by what was changed and by nothing else. Correlated
    drivers are joined by a Gaussian copula with Pearson coefficient 2 sin(pi r / 6) for rank correlation r (Pearson
    1907; Kruskal 1958). InvalidTask when the correlations cannot hold at once or name a driver that is not there.
    """
    uniform = {one.name: _stream(seed, one.name).random(draws) for one in drivers if not one.fixed}
    uniform |= _joined(drivers, correlations, draws, seed)
    return {one.name: np.full(draws, one.mode) if one.fixed else quantiles(one, uniform[one.name]) for one in drivers}


def quantiles(driver: Driver, probabilities: FloatArray) -> FloatArray:
    """The driver's values at these probabilities in (0, 1), same shape."""
    if driver.fixed:
        return np.full_like(probabilities, driver.mode)
    if driver.ends == "bounds":
        width = driver.high - driver.low
        return driver.low + width * _pert_quantiles((driver.mode - driver.low) / width, probabilities)
    from scipy.special import ndtri

    standard = ndtri(probabilities)
    spread = np.where(standard < 0, driver.mode - driver.low, driver.high - driver.mode) / Z_OF_LEVEL
    return np.asarray(np.clip(driver.mode + spread * standard, driver.least, driver.most), dtype=np.float64)


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode())])


def _pert_quantiles(mode: float, probabilities: FloatArray) -> FloatArray:
    """Quantiles of the PERT distribution on [0, 1] with this mode, linear within each of `KNOTS` equal cells."""
    table = _pert_table(round(mode, 12))
    place = probabilities * KNOTS
    cell = np.minimum(place.astype(np.intp), KNOTS - 1)
    start = table[cell]
    return np.asarray(start + (place - cell) * (table[cell + 1] - start))


@lru_cache(maxsize=512)
def _pert_table(mode: float) -> FloatArray:
    """Values at probabilities 0, 1/KNOTS, ..., 1: the beta density with shapes 1 + 4 mode and 5 - 4 mode (Malcolm et
    al. 1959), added up by the trapezoid rule and turned around."""
    place = np.linspace(0.0, 1.0, 4 * KNOTS + 1)
    density = place ** (4.0 * mode) * (1.0 - place) ** (4.0 - 4.0 * mode)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2.0)])
    return np.interp(np.linspace(0.0, 1.0, KNOTS + 1), below / below[-1], place)


def _joined(
    drivers: Sequence[Driver], correlations: Sequence[Correlation], draws: int, seed: int
) -> Mapping[str, FloatArray]:
    if not correlations:
        return {}
    known = {one.name: one for one in drivers}
    for pair in correlations:
        for name in (pair.first, pair.second):
            if name not in known:
                raise InvalidTask(f"correlations: no driver {name!r} is used; rung cost lists the drivers")
            if known[name].fixed:
                raise InvalidTask(f"correlations: {name} is one fixed number, which cannot move with another")
    names = list(dict.fromkeys(name for pair in correlations for name in (pair.first, pair.second)))
    matrix = np.eye(len(names))
    stated: dict[tuple[int, int], float] = {}
    for pair in correlations:
        first, second = sorted((names.index(pair.first), names.index(pair.second)))
        if stated.setdefault((first, second), pair.rank) != pair.rank:
            raise InvalidTask(f"correlations: {pair.first} and {pair.second} stand there twice, with two numbers")
        matrix[first, second] = matrix[second, first] = 2.0 * sin(pi * pair.rank / 6.0)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < LEAST_EIGENVALUE:
        raise InvalidTask(
            f"correlations: the ranks stated between {', '.join(names)} cannot all hold at once; "
            "bring them nearer to 0 or leave one out"
        )
    from scipy.special import ndtr

    standard = np.stack([_stream(seed, name).standard_normal(draws) for name in names])
    mixed = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ standard
    return {name: np.asarray(ndtr(row), dtype=np.float64) for name, row in zip(names, mixed, strict=True)}
