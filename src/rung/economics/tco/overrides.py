"""Drivers that the team states under `drivers` in rung.yaml: checked, then in place of evidence and assumption."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from math import isfinite

from rung.economics.tco.catalogue import CATALOGUE
from rung.economics.tco.driver import Driver
from rung.economics.tco.kind import Kind, base_name
from rung.errors import InvalidTask
from rung.estimate import Provenance
from rung.task.task import Correlation, DriverChoice

_CURRENCY = re.compile(r"\b[A-Z]{3}\b")


def stated_driver(kind: Kind, choice: DriverChoice) -> Driver:
    """The driver as stated. InvalidTask for another unit or currency, or a value that the driver cannot have."""
    _check_unit(kind, choice)
    where = f"drivers.{choice.name}"
    if choice.low < kind.least:
        lowest = "0: it cannot be negative" if kind.least == 0.0 else f"{kind.least:g}"
        hint = "; without requests there is nothing to price" if kind.name == "requests_per_month" else ""
        raise InvalidTask(f"{where}: {choice.low:g} {kind.unit} is below the least there can be, {lowest}{hint}")
    if choice.high > kind.most:
        raise InvalidTask(f"{where}: {choice.high:g} {kind.unit} is above the most there can be, {kind.most:g}")
    if not all(isfinite(value) for value in (choice.low, choice.mode, choice.high)):
        raise InvalidTask(f"{where}: must be finite, got {choice.low:g}, {choice.mode:g}, {choice.high:g}")
    source = f"{where} of rung.yaml" + (f" ({choice.source})" if choice.source else "")
    return Driver(
        choice.name, kind.meaning, kind.unit, choice.low, choice.mode, choice.high, Provenance.ASSUMED, source,
        choice.ends, kind.least, kind.most, choice.as_of or "", remedy=kind.remedy,
    )  # fmt: skip


def check_used(choices: Collection[DriverChoice], asked: Collection[str]) -> None:
    """InvalidTask for a stated driver that no line of any strategy reads, with the nearest names."""
    for choice in choices:
        if choice.name not in asked:
            raise InvalidTask(f"drivers.{choice.name}: {_why_unused(choice.name, asked)}")


def check_correlations(pairs: Iterable[Correlation], asked: Collection[str]) -> None:
    """InvalidTask for a correlation of a driver that no line of any strategy reads, with the nearest names."""
    for pair in pairs:
        for name in (pair.first, pair.second):
            if name not in asked:
                raise InvalidTask(f"correlations: {name}: {_why_unused(name, asked)}")


def _why_unused(name: str, asked: Collection[str]) -> str:
    near = get_close_matches(name, sorted(asked), n=3, cutoff=0.5)
    own = sorted(one for one in asked if base_name(one) == name)
    if own:
        hint = f"it is stated for each one: {', '.join(own[:3])}" + (" and so on" if len(own) > 3 else "")
    elif near:
        hint = f"nearest: {', '.join(near)}"
    else:
        hint = "rung cost --drivers lists what is used"
    return ("no strategy here uses it" if base_name(name) in CATALOGUE else "there is no such driver") + f"; {hint}"


def _check_unit(kind: Kind, choice: DriverChoice) -> None:
    if choice.unit is None or _plain(choice.unit) == _plain(kind.unit):
        return
    where = f"drivers.{choice.name}"
    own, theirs = set(_CURRENCY.findall(kind.unit)), set(_CURRENCY.findall(choice.unit))
    if own and theirs and own != theirs:
        raise InvalidTask(
            f"{where}: currency mix, {choice.unit} where all money is in {kind.unit}; convert it to "
            f"{next(iter(sorted(own)))} at a stated rate and name the rate in source"
        )
    raise InvalidTask(f"{where}: the unit is {kind.unit}, got {choice.unit}; convert the range, or leave unit out")


def _plain(unit: str) -> str:
    """Spelling apart: `USD per hour`, `usd/hour` and `USD / hour` are one unit."""
    return re.sub(r"\s*(?:/|\bper\b|\ba\b)\s*", "/", unit.strip()).casefold()
