"""A year of one strategy: its lines, and the total that they add up to exactly."""

from __future__ import annotations

from math import fsum
from zlib import crc32

import numpy as np

from rung.economics.assumptions import MONTHS, PEAK
from rung.economics.costs import AnnualCost, LineItem
from rung.economics.draws import FloatArray, interval_percents, percentile
from rung.economics.drivers import SharedDrivers
from rung.economics.fleet import machines_needed, requests_per_month, service_seconds
from rung.economics.lines import COUNTED_FROM_ROWS, CostFacts, Line, all_lines
from rung.estimate import Estimate, Figure, Missing, Provenance, weakest
from rung.evaluate.run import Latency, Metrics
from rung.strategies.contract import Card
from rung.task.task import Task

MIDDLE_TENTH = (0.45, 0.55)


def annual_cost(
    task: Task,
    card: Card,
    *,
    metrics: Metrics | None,
    latency: Latency | None,
    fit_seconds: float | None,
    drivers: SharedDrivers,
    metered_usd_per_request: Figure | None = None,
) -> AnnualCost:
    """Twelve months of the strategy in USD.

    Volume, peak and wage of engineers are the shared `drivers`; what belongs to the strategy is drawn from a
    generator of its own (task seed and name), so a strategy's cost does not depend on which others are priced.
    """
    facts = CostFacts(task, card, metrics, latency, fit_seconds, metered_usd_per_request)
    rng = np.random.default_rng([task.seed, 1, crc32(card.name.encode())])
    return _summarise(card.name, all_lines(facts, drivers, rng), drivers.draws, _machines(facts))


def all_cost_per_request(
    task: Task,
    card: Card,
    *,
    latency: Latency | None,
    fit_seconds: float | None,
    drivers: SharedDrivers,
    metered: bool = False,
) -> Figure:
    """USD of everything but metered calls and correction labour that one request of the year carries.

    The first twelve months of the strategy (build, labels, training, machines, upkeep) over their requests. Metered
    calls and corrections are left out because cost per success counts them item by item from the rows. Missing
    where a line or the volume is.
    """
    nothing = Estimate(0.0, 0.0, 0.0, "USD/request", None, Provenance.MEASURED, "counted from the rows")
    facts = CostFacts(task, card, None, latency, fit_seconds, nothing if metered else None)
    rng = np.random.default_rng([task.seed, 1, crc32(card.name.encode())])
    lines = tuple(line for line in all_lines(facts, drivers, rng) if line.name not in COUNTED_FROM_ROWS)
    year = _summarise(card.name, lines, drivers.draws, None).total_usd
    volume = requests_per_month(task)
    if isinstance(year, Missing):
        return year
    if isinstance(volume, Missing):
        return volume
    requests = volume.value * MONTHS
    low, high = (None if end is None else end / requests for end in (year.low, year.high))
    return Estimate(
        year.value / requests,
        low,
        high,
        "USD/request",
        None,
        year.provenance,
        f"twelve months of {card.name} without metered calls and corrections, over {requests:,.0f} requests",
        year.note,
    )


def _machines(facts: CostFacts) -> int | None:
    if facts.metered_usd_per_request is not None:
        return 1
    volume, seconds = requests_per_month(facts.task), service_seconds(facts.latency, facts.card.name)
    if isinstance(volume, Missing) or isinstance(seconds, Missing):
        return None
    return machines_needed(volume.value, PEAK.mode, seconds.value)


def _summarise(strategy: str, lines: tuple[Line, ...], draws: int, machines: int | None) -> AnnualCost:
    """Each line's value is its mean over the tenth of draws in the middle of the totals, and the total is their sum.

    Medians of parts do not add up to the median of the whole; these do, and the total is then the median of the
    draws smoothed over that tenth.
    """
    gaps = {line.name: line.usd for line in lines if isinstance(line.usd, Missing)}
    known = [line.usd for line in lines if not isinstance(line.usd, Missing)]
    total = np.sum(known, axis=0) if known else np.zeros(draws)
    order = np.argsort(total, kind="stable")
    middle = order[int(draws * MIDDLE_TENTH[0]) : max(int(draws * MIDDLE_TENTH[1]), int(draws * MIDDLE_TENTH[0]) + 1)]
    items = tuple(LineItem(line.name, _line_figure(line, middle), line.how) for line in lines)
    if gaps:
        remedies = tuple(dict.fromkeys(gap.remedy for gap in gaps.values() if gap.remedy))
        missing = Missing(f"{', '.join(gaps)} cannot be priced", "; ".join(remedies))
        unknown = tuple(f"{name}: {gap.because}" for name, gap in gaps.items())
        return AnnualCost(strategy, MONTHS, items, missing, missing, machines, unknown)
    low, high = (percentile(total, percent) for percent in interval_percents())
    provenance = weakest(line.provenance for line in lines)
    value = fsum(item.usd.value for item in items if isinstance(item.usd, Estimate))
    p90 = percentile(total, 90.0)
    source = f"{draws} draws of the twelve-month cost of {strategy}"
    return AnnualCost(
        strategy,
        MONTHS,
        items,
        Estimate(value, min(low, value), max(high, value), "USD", None, provenance, source, "median of the draws"),
        Estimate(p90, p90, p90, "USD", None, provenance, source, "90th percentile of the draws"),
        machines,
        (),
        tuple(float(one) for one in total),
    )


def _line_figure(line: Line, middle: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Figure:
    if isinstance(line.usd, Missing):
        return line.usd
    usd: FloatArray = line.usd
    low, high = (percentile(usd, percent) for percent in interval_percents())
    value = float(np.mean(usd[middle]))
    return Estimate(value, min(low, value), max(high, value), "USD", None, line.provenance, line.source)
