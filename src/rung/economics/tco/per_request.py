"""What one request carries of everything that is not counted from the evaluated items themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.economics.draws import interval_percents
from rung.economics.tco.annual import provenance_of
from rung.economics.tco.book import Asker, Book
from rung.economics.tco.build import one_strategy
from rung.economics.tco.facts import NOTHING_SHARED, SharedFacts, StrategyFacts
from rung.economics.tco.lines import COUNTED_FROM_ROWS
from rung.economics.tco.lines.traffic import requests
from rung.economics.tco.simulate import DRAWS, simulate
from rung.estimate import Estimate, Figure, Missing
from rung.task.task import Task


def all_cost_per_request(task: Task, facts: StrategyFacts, shared: SharedFacts = NOTHING_SHARED) -> Figure:
    """USD of the whole horizon but metered calls and correction labour, over its requests.

    The lines are those of the year; the two left out are what cost per success counts item by item from the rows.
    Median of the draws with the 5th and 95th percentile. Missing where a line or the volume is.
    """
    case = one_strategy(task, facts, shared)
    ask = Asker(Book(task, shared), facts)
    volume = ask.settled(requests(ask))
    model = case.models[0]
    lines = tuple(line for line in model.lines if line.name not in COUNTED_FROM_ROWS)
    gaps = [line for line in lines if isinstance(line.usd, Missing)]
    if gaps:
        remedies = dict.fromkeys(gap.usd.remedy for gap in gaps if isinstance(gap.usd, Missing) and gap.usd.remedy)
        return Missing(f"{', '.join(gap.name for gap in gaps)} cannot be priced", "; ".join(remedies))
    if isinstance(volume, Missing):
        return volume
    # The requests stand where the accepted outcomes stand: what is divided by.
    rest = replace(model, lines=lines, accepted=volume, value_usd=Missing("not asked"))
    drawn = simulate(replace(case, models=(rest,)), draws=DRAWS).strategies[model.strategy]
    per_request = drawn.cost_per_success_usd
    if per_request is None or not np.isfinite(per_request).all():
        return Missing("there are no requests to carry the cost", "set flows[].requests_per_month above 0")
    low, high = interval_percents()
    ends = np.percentile(per_request, [low, 50.0, high]).tolist()
    formulas = [line.usd for line in lines if not isinstance(line.usd, Missing)]
    return Estimate(
        ends[1],
        ends[0],
        ends[2],
        "USD/request",
        None,
        provenance_of([*formulas, volume], case),
        f"{task.months} months of {model.strategy} without metered calls and corrections, over their requests",
    )
