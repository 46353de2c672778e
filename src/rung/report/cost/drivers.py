"""Every driver with its range, where it comes from, and how it is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rung.economics.tco.analysis import DriverRow
from rung.estimate import Estimate
from rung.report.cost.account import Account
from rung.report.figures import show_number, show_value, shown

ENDS = {"bounds": "bounds", "p5_p95": "5th to 95th percentile", "fixed": "one fixed number"}
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?(?:\[[a-z0-9-]+\])?")
HOW_TO_CHANGE = (
    "A driver is changed in rung.yaml under drivers, by its name, in its unit; the range that stands there takes the "
    "place of evidence and assumption. For one call: rung cost --set NAME=LOW:MODE:HIGH."
)


@dataclass(frozen=True, slots=True)
class Told:
    """One driver in words: `value` with its unit, `range_` with what its ends are, `readers` the strategies."""

    name: str
    meaning: str
    value: str
    range_: str
    provenance: str
    source: str
    readers: str
    remedy: str


def told_drivers(account: Account) -> tuple[Told, ...]:
    """All drivers of the account in their order: shared ones first."""
    names = tuple(one.strategy for one in account.costs)
    return tuple(_told(one, names) for one in account.drivers)


def yaml_example(drivers: Sequence[DriverRow]) -> str:
    """How the first driver that has a range and a plain name would be written in rung.yaml; "" where none has."""
    for one in drivers:
        figure = one.figure
        if not isinstance(figure, Estimate) or figure.low is None or figure.high is None or figure.low == figure.high:
            continue
        if _PLAIN_NAME.fullmatch(one.name):
            low, mode, high = (f"{value:.6g}" for value in (figure.low, figure.value, figure.high))
            ends = ", ends: p5_p95" if one.ends == "p5_p95" else ""
            return f"drivers:\n  {one.name}: {{low: {low}, mode: {mode}, high: {high}{ends}}}"
    return ""


def _told(row: DriverRow, names: tuple[str, ...]) -> Told:
    figure = row.figure
    parts = shown(figure)
    if not isinstance(figure, Estimate):
        return Told(
            row.name, row.meaning, "unknown", "", "", parts.note, _readers(row, names), row.remedy or parts.remedy
        )
    ends = ENDS.get(row.ends, row.ends)
    if figure.low is None or figure.high is None or figure.low == figure.high:
        range_ = ends
    else:
        range_ = f"{_plain(figure.low, figure.unit)} to {_plain(figure.high, figure.unit)}, {ends}"
    as_of = f" (as of {row.as_of})" if row.as_of and row.as_of not in parts.source else ""
    return Told(
        row.name,
        row.meaning,
        show_value(figure.value, figure.unit),
        range_,
        f"{parts.symbol} {parts.provenance}" + (f", {parts.count}" if parts.count else ""),
        parts.source + as_of,
        _readers(row, names),
        remedy_words(row),
    )


def remedy_words(row: DriverRow) -> str:
    """The command or key that makes the driver better known, with its own strategy named."""
    strategy = row.name.partition("[")[2].rstrip("]")
    remedy = row.remedy.replace("STRATEGY", strategy) if strategy else row.remedy
    return f"{remedy} in rung.yaml" if remedy.startswith("drivers.") else remedy


def _plain(value: float, unit: str) -> str:
    return show_value(value, unit) if unit == "share" else show_number(value)


def _readers(row: DriverRow, names: tuple[str, ...]) -> str:
    return "all" if len(row.strategies) > 1 and set(names) <= set(row.strategies) else ", ".join(row.strategies)
