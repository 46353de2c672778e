"""Formulas over drivers: written once, then drawn ten thousand times, printed as a sentence, or put into a spreadsheet.

A line of the cost is one `Formula`. Operators build it as they would build a number::

    requests = Driven("requests_per_month") * Growth(Driven("volume_growth_per_month"))

`value` gives it for one month or for all, `total` over a horizon, `spreadsheet` as a cell's formula. All three read
the same tree, so the sheet and the simulation cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Formula:
    """An amount that may depend on drivers and on the month. Immutable; equal when written the same."""

    __slots__ = ()

    def __add__(self, other: Formula | float) -> Formula:
        return Binary("+", self, as_formula(other))

    def __radd__(self, other: float) -> Formula:
        return Binary("+", as_formula(other), self)

    def __sub__(self, other: Formula | float) -> Formula:
        return Binary("-", self, as_formula(other))

    def __rsub__(self, other: float) -> Formula:
        return Binary("-", as_formula(other), self)

    def __mul__(self, other: Formula | float) -> Formula:
        return Binary("*", self, as_formula(other))

    def __rmul__(self, other: float) -> Formula:
        return Binary("*", as_formula(other), self)

    def __truediv__(self, other: Formula | float) -> Formula:
        return Binary("/", self, as_formula(other))

    def __rtruediv__(self, other: float) -> Formula:
        return Binary("/", as_formula(other), self)


@dataclass(frozen=True, slots=True)
class Number(Formula):
    """A constant, such as the hours of a month."""

    amount: float


@dataclass(frozen=True, slots=True)
class Driven(Formula):
    """The driver of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Month(Formula):
    """The number of the month, 1 for the first."""


@dataclass(frozen=True, slots=True)
class Growth(Formula):
    """(1 + rate)^(month - 1): 1 in the first month. `rate` must not depend on the month."""

    rate: Formula


@dataclass(frozen=True, slots=True)
class Ceiling(Formula):
    """The next whole number, at least `least`: machines are bought whole."""

    of: Formula
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Floor(Formula):
    """The whole number below."""

    of: Formula


@dataclass(frozen=True, slots=True)
class Binary(Formula):
    """Two formulas joined by +, -, * or /; "max" and "min" take the larger and the smaller.

    Its hash and whether it depends on the month are worked out once: a sheet asks for them thousands of times.
    """

    sign: str
    left: Formula
    right: Formula
    _hash: int = field(init=False, compare=False, repr=False)
    _monthly: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.sign, self.left, self.right)))
        object.__setattr__(self, "_monthly", depends_on_month(self.left) or depends_on_month(self.right))

    def __hash__(self) -> int:
        return self._hash


def as_formula(value: Formula | float) -> Formula:
    """The value itself, or a `Number`."""
    return value if isinstance(value, Formula) else Number(float(value))


def larger(left: Formula | float, right: Formula | float) -> Formula:
    """The larger of the two."""
    return Binary("max", as_formula(left), as_formula(right))


def smaller(left: Formula | float, right: Formula | float) -> Formula:
    """The smaller of the two."""
    return Binary("min", as_formula(left), as_formula(right))


def drivers_of(formula: Formula) -> frozenset[str]:
    """The names of the drivers that it reads."""
    return frozenset(part.name for part in _parts(formula) if isinstance(part, Driven))


def depends_on_month(formula: Formula) -> bool:
    """Whether two months may differ."""
    if isinstance(formula, Binary):
        return formula._monthly
    if isinstance(formula, Ceiling | Floor):
        return depends_on_month(formula.of)
    return isinstance(formula, Month | Growth)


def _parts(formula: Formula) -> Iterator[Formula]:
    yield formula
    for child in _children(formula):
        yield from _parts(child)


def _children(formula: Formula) -> tuple[Formula, ...]:
    if isinstance(formula, Binary):
        return formula.left, formula.right
    if isinstance(formula, Ceiling | Floor):
        return (formula.of,)
    return (formula.rate,) if isinstance(formula, Growth) else ()


_ARRAYS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "max": np.maximum,
    "min": np.minimum,
}


class Sheet:
    """Formulas over drawn drivers: each shared part is worked out once.

    `drivers` maps a name to its draws, shape (draws,), or to one number. `months` is the horizon.
    """

    def __init__(self, drivers: Mapping[str, FloatArray | float], months: int) -> None:
        self._drivers = drivers
        self._months = months
        self._numbers = np.arange(1, months + 1, dtype=np.float64)[:, np.newaxis]
        self._values: dict[Formula, Any] = {}
        self._totals: dict[Formula, Any] = {}

    def monthly(self, formula: Formula) -> FloatArray:
        """The formula in every month, shape (months, draws); KeyError for a driver that was not drawn."""
        value = np.asarray(self._value(formula), dtype=np.float64)
        shape = np.broadcast_shapes(np.atleast_1d(value).shape, (self._months, 1))
        return np.asarray(np.broadcast_to(value, shape))

    def total(self, formula: Formula) -> Any:
        """The formula added up over the months: shape (draws,), or one number where no driver is drawn."""
        if formula not in self._totals:
            self._totals[formula] = self._added_up(formula)
        return self._totals[formula]

    def once(self, formula: Formula) -> Any:
        """The formula in the first month alone."""
        value = self._value(formula)
        return value[0] if np.ndim(value) == 2 else value

    def _added_up(self, formula: Formula) -> Any:
        """Factors that no month changes stand before the sum: most lines need no array of months at all."""
        if not depends_on_month(formula):
            return self._months * np.asarray(self._value(formula))
        if isinstance(formula, Binary):
            left, right = formula.left, formula.right
            if formula.sign in "+-":
                return _ARRAYS[formula.sign](self.total(left), self.total(right))
            if formula.sign == "*" and not depends_on_month(left):
                return self._value(left) * self.total(right)
            if formula.sign in "*/" and not depends_on_month(right):
                return _ARRAYS[formula.sign](self.total(left), self._value(right))
        value = np.asarray(self._value(formula))
        if value.ndim < 2:
            return self._months * value
        return value.sum(axis=0) if value.shape[1] > 1 else float(value.sum())

    def _value(self, formula: Formula) -> Any:
        if formula not in self._values:
            self._values[formula] = self._worked_out(formula)
        return self._values[formula]

    def _worked_out(self, formula: Formula) -> Any:
        if isinstance(formula, Number):
            return formula.amount
        if isinstance(formula, Driven):
            return self._drivers[formula.name]
        if isinstance(formula, Month):
            return self._numbers
        if isinstance(formula, Growth):
            rate = self._value(formula.rate)
            if np.ndim(rate) == 0 and rate == 0.0:
                return 1.0  # nothing grows: no month differs, and no array of months is needed
            return self._grown(1.0 + np.atleast_1d(np.asarray(rate, dtype=np.float64)))
        if isinstance(formula, Ceiling):
            return np.maximum(np.ceil(self._value(formula.of)), formula.least)
        if isinstance(formula, Floor):
            return np.floor(self._value(formula.of))
        if isinstance(formula, Binary):
            return _ARRAYS[formula.sign](self._value(formula.left), self._value(formula.right))
        raise TypeError(f"no way to work out a {type(formula).__name__}")

    def _grown(self, factor: FloatArray) -> FloatArray:
        steps = np.broadcast_to(factor, (self._months, len(factor))).copy()
        steps[0] = 1.0
        return np.multiply.accumulate(steps, axis=0)


_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}


def spreadsheet(formula: Formula, cell_of: Mapping[str, str], month_cell: str) -> str:
    """The formula as a spreadsheet writes it, without the leading "=".

    `cell_of` maps a driver to its cell, `month_cell` holds the number of the month. KeyError for a driver without one.
    """
    if isinstance(formula, Number):
        return repr(int(formula.amount)) if formula.amount == int(formula.amount) else repr(formula.amount)
    if isinstance(formula, Driven):
        return cell_of[formula.name]
    if isinstance(formula, Month):
        return month_cell
    if isinstance(formula, Growth):
        return f"(1+{spreadsheet(formula.rate, cell_of, month_cell)})^({month_cell}-1)"
    if isinstance(formula, Ceiling):
        return f"MAX(ROUNDUP({spreadsheet(formula.of, cell_of, month_cell)},0),{formula.least:g})"
    if isinstance(formula, Floor):
        return f"ROUNDDOWN({spreadsheet(formula.of, cell_of, month_cell)},0)"
    if isinstance(formula, Binary):
        left, right = (spreadsheet(part, cell_of, month_cell) for part in (formula.left, formula.right))
        if formula.sign in ("max", "min"):
            return f"{formula.sign.upper()}({left},{right})"
        return _bracketed(formula, formula.left, left) + formula.sign + _bracketed(formula, formula.right, right)
    raise TypeError(f"no spreadsheet formula for a {type(formula).__name__}")


def _bracketed(outer: Binary, part: Formula, text: str) -> str:
    """Brackets where the order of working out would change: a - (b + c), a / (b * c), (a + b) * c."""
    if not isinstance(part, Binary) or part.sign not in _RANK:
        return f"({text})" if text.startswith("-") else text
    looser = _RANK[part.sign] < _RANK[outer.sign]
    behind = part is outer.right and _RANK[part.sign] == _RANK[outer.sign]
    return f"({text})" if looser or behind else text
