"""Numbers on the command line that stand for an amount: 7e9, 2_000_000, 0.25; never nan, never endless."""

from __future__ import annotations

from math import isfinite

import click


class Amount(click.ParamType[float]):
    """A finite number from `least` to `most`, written plainly or with an exponent; `whole` ones without a fraction."""

    def __init__(self, least: float, most: float, *, whole: bool = False) -> None:
        self.name = "number"
        self.least, self.most, self.whole = least, most, whole

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not isfinite(number) or not self.least <= number <= self.most:
            self.fail(f"{value} is not between {self.least:,g} and {self.most:,g}.", param, ctx)
        if not self.whole:
            return number
        if not number.is_integer():
            self.fail(f"{value} is not a whole number.", param, ctx)
        return int(number)
