"""What a year of each strategy costs in people alone, before anything was tried: the least that is known of it.

Build and upkeep come from the assumptions of `economics`, each product by its mean (of independent figures) and its
bounds. Machines, tokens, training and corrections are left out, because only a run or a price list can tell them.
"""

from __future__ import annotations

from functools import lru_cache
from math import fsum

from rung.economics.assumptions import ASSUMED, ASSUMED_BY_FAMILY, Assumption
from rung.economics.costs import AnnualCost, LineItem
from rung.economics.draws import pert_mean
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.strategies.contract import Card

MONTHS = 12.0
_WEEKS = "_weeks_per_year"


@lru_cache(maxsize=512)
def people_cost(card: Card, audit: str | None, annotation_usd: float | None) -> AnnualCost:
    """Twelve months of people, and the stated budget for labels. The total is Missing: it is not the whole cost."""
    week = ASSUMED["engineer_week_usd"]
    items = [_effort("build and integration", card.integration_weeks, week, f"integration weeks of {card.name}")]
    for name, by_family in ASSUMED_BY_FAMILY.items():
        known = by_family.get(card.family)
        if known is not None and name.endswith(_WEEKS):
            weeks = known.low, known.mode, known.high
            if name.startswith("governance") and audit == "strict":
                strict = ASSUMED["strict_audit_factor"]
                weeks = weeks[0] * strict.low, weeks[1] * strict.mode, weeks[2] * strict.high
            title = name.removesuffix(_WEEKS).replace("_", " ")
            items.append(_effort(title, weeks, week, f"weeks a year assumed for the family {card.family}"))
    if "train_labels" in card.needs and annotation_usd is not None:
        usd = exact(annotation_usd, "USD", Provenance.ASSUMED, "lifecycle.annotation_usd")
        items.append(LineItem("annotation", usd, "the stated budget"))
    gap = Missing("machines, model calls, training and corrections were not priced", "rung decide")
    return AnnualCost(
        strategy=card.name,
        months=MONTHS,
        items=tuple(items),
        total_usd=gap,
        p90_usd=gap,
        machines=None,
        unknown=("machines, model calls, training and corrections: nothing was run",),
    )


def least_usd(cost: AnnualCost) -> float:
    """The lower bounds of the lines added up: a year cannot cost less as far as anyone assumes."""
    return fsum(item.usd.low or 0.0 for item in cost.items if isinstance(item.usd, Estimate))


def _effort(name: str, weeks: tuple[float, float, float], week: Assumption, source: str) -> LineItem:
    usd = Estimate(
        pert_mean(weeks) * pert_mean((week.low, week.mode, week.high)),
        weeks[0] * week.low,
        weeks[2] * week.high,
        "USD",
        None,
        Provenance.ASSUMED,
        f"{source} x a loaded engineer week",
        "between the bounds of the assumptions",
    )
    return LineItem(name, usd, "engineer weeks x a loaded engineer week")
