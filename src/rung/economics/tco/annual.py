"""The simulation as people read it: a year of each strategy, whose lines add up to its total."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, fsum

import numpy as np
from numpy.typing import NDArray

from rung.economics.costs import AnnualCost, LineItem
from rung.economics.draws import FloatArray, interval_percents, percentile
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.formula import Formula, Sheet, drivers_of
from rung.economics.tco.simulate import Simulated, Simulation, monthly_usd
from rung.estimate import Estimate, Figure, Missing, Provenance, weakest

MIDDLE_TENTH = (0.45, 0.55)
Places = NDArray[np.intp]


def annual_costs(simulation: Simulation) -> dict[str, AnnualCost]:
    """The cost of each strategy over the horizon of the case, by name."""
    return {
        model.strategy: _annual(model, simulation.strategies[model.strategy], simulation)
        for model in simulation.case.models
    }


def _annual(model: CostModel, drawn: Simulated, simulation: Simulation) -> AnnualCost:
    """Each line's value is its mean over the tenth of draws in the middle of the totals, and the total is their sum.

    Medians of parts do not add up to the median of the whole; these do, and the total is then the median of the
    draws smoothed over that tenth. A mean over all draws would add up too, but the long tail of the drivers pulls it
    above what is as likely as not. The months are read from the same tenth.
    """
    case = simulation.case
    known = sum(drawn.lines_usd.values(), np.zeros(simulation.draws))
    middle = _middle(known)
    items = tuple(LineItem(line.name, _line(line, drawn, middle, case), line.how) for line in model.lines)
    machines = _machines(model, case)
    success = _cost_per_success(model, drawn, case)
    outcomes = _outcomes(model, drawn, case)
    if drawn.total_usd is None:
        gaps = {line.name: line.usd for line in model.lines if isinstance(line.usd, Missing)}
        remedies = tuple(dict.fromkeys(gap.remedy for gap in gaps.values() if gap.remedy))
        missing = Missing(f"{', '.join(gaps)} cannot be priced", "; ".join(remedies))
        unknown = tuple(f"{name}: {gap.because}" for name, gap in gaps.items())
        return AnnualCost(
            model.strategy, case.months, items, missing, missing, machines, unknown,
            cost_per_success_usd=success, accepted=outcomes,
        )  # fmt: skip
    provenance = weakest(item.usd.provenance for item in items if isinstance(item.usd, Estimate))
    value = fsum(item.usd.value for item in items if isinstance(item.usd, Estimate))
    p90 = percentile(drawn.total_usd, 90.0)
    source = f"{simulation.draws} draws of {case.months} months of {model.strategy}"
    return AnnualCost(
        model.strategy,
        case.months,
        items,
        _spread(drawn.total_usd, value, "USD", provenance, source, "median of the draws"),
        Estimate(p90, p90, p90, "USD", None, provenance, source, "90th percentile of the draws"),
        machines,
        (),
        tuple(drawn.total_usd.tolist()),
        _months(model, simulation, middle, provenance, source),
        success,
        outcomes,
    )


def provenance_of(formulas: Iterable[Formula], case: CostCase) -> Provenance:
    """The weakest provenance among the drivers that the formulas read; `assumed` for one that reads none."""
    names = {name for formula in formulas for name in drivers_of(formula)}
    if not names:
        return Provenance.ASSUMED
    return weakest(one.provenance for one in case.drivers if one.name in names)


def _middle(total: FloatArray) -> Places:
    """The places of the draws whose total is in the middle tenth; at least one."""
    order = np.argsort(total, kind="stable")
    start = int(len(order) * MIDDLE_TENTH[0])
    return order[start : max(ceil(len(order) * MIDDLE_TENTH[1]), start + 1)]


def _spread(
    draws: FloatArray, value: float, unit: str, provenance: Provenance, source: str, note: str = ""
) -> Estimate:
    low, high = np.percentile(draws, interval_percents()).tolist()
    return Estimate(value, min(low, value), max(high, value), unit, None, provenance, source, note)


def _line(line: CostLine, drawn: Simulated, middle: Places, case: CostCase) -> Figure:
    if isinstance(line.usd, Missing):
        return line.usd
    usd = drawn.lines_usd[line.name]
    return _spread(usd, float(np.mean(usd[middle])), "USD", provenance_of([line.usd], case), _sources(line.usd, case))


def _sources(formula: Formula, case: CostCase) -> str:
    """Where each of the formula's drivers comes from, in the order of the case."""
    names = drivers_of(formula)
    told = dict.fromkeys(
        one.source + (f" (as of {one.as_of})" if one.as_of and one.as_of not in one.source else "")
        for one in case.drivers
        if one.name in names
    )
    return "; ".join(told)


def _months(
    model: CostModel, simulation: Simulation, middle: Places, provenance: Provenance, source: str
) -> tuple[Figure, ...]:
    amounts = monthly_usd(simulation.case, simulation.drivers, model.strategy)
    if amounts is None:
        return ()
    return tuple(
        _spread(month, float(np.mean(month[middle])), "USD", provenance, f"{source}, month {number}")
        for number, month in enumerate(amounts, start=1)
    )


def _machines(model: CostModel, case: CostCase) -> int | None:
    """Machines of the first month with every driver at its most likely value."""
    if model.machines is None or isinstance(model.machines, Missing):
        return None
    modes: dict[str, float] = {one.name: one.mode for one in case.drivers}
    return int(Sheet(modes, 1).monthly(model.machines)[0, 0])


def _outcomes(model: CostModel, drawn: Simulated, case: CostCase) -> Figure:
    if isinstance(model.accepted, Missing) or drawn.accepted is None:
        return model.accepted if isinstance(model.accepted, Missing) else Missing("accepted outcomes are unknown")
    return _spread(
        drawn.accepted,
        percentile(drawn.accepted, 50.0),
        "outcomes",
        provenance_of([model.accepted], case),
        _sources(model.accepted, case),
        "median of the draws",
    )


def _cost_per_success(model: CostModel, drawn: Simulated, case: CostCase) -> Figure:
    """Median of (all cost over accepted outcomes) with its 5th and 95th percentile.

    Draws in which nothing is accepted cost without bound: beyond 5 % of them there is no upper end, beyond half no
    figure.
    """
    ratio = drawn.cost_per_success_usd
    if ratio is None or isinstance(model.accepted, Missing):
        why = [line.usd for line in model.unknown if isinstance(line.usd, Missing)]
        why += [model.accepted] if isinstance(model.accepted, Missing) else []
        because = "; ".join(dict.fromkeys(gap.because for gap in why))
        return Missing(because, "; ".join(dict.fromkeys(gap.remedy for gap in why if gap.remedy)))
    low, middle, high = np.percentile(ratio, [5.0, 50.0, 95.0], method="inverted_cdf").tolist()
    none_accepted = float(np.mean(np.isinf(ratio)))
    if not np.isfinite(middle):
        return Missing(
            f"in {none_accepted:.0%} of the draws no outcome is accepted, so there is nothing to divide the cost by",
            f"rung diagnose {model.strategy}",
        )
    formulas = [line.usd for line in model.lines if not isinstance(line.usd, Missing)]
    note = "corrected failures are not successes"
    if none_accepted:
        note += f"; unbounded above: in {none_accepted:.1%} of the draws no outcome is accepted"
    return Estimate(
        middle,
        low,
        high if np.isfinite(high) else None,
        "USD/outcome",
        None,
        provenance_of([*formulas, model.accepted], case),
        f"{len(ratio)} draws of all cost of {case.months} months over accepted outcomes",
        note,
    )
