"""An API, managed open weights or GPUs of one's own: USD a month for the same requests, and where they cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.metered import price_draws
from rung.economics.capacity.serving import ServingDraws, ServingPlan
from rung.economics.draws import FloatArray, interval_percents
from rung.estimate import Estimate, Figure, Missing, Provenance, weakest

SHARE = "share"


@dataclass(frozen=True, slots=True)
class Hosting:
    """One way to have the answers made."""

    name: str
    usd_per_month: Figure
    usd_per_request: Figure


@dataclass(frozen=True, slots=True)
class Crossing:
    """From how many requests a month GPUs of one's own cost less than a metered host.

    `first`: the smallest such volume. `for_good`: the volume above which a further copy never makes them the dearer
    again. Both over the draws; a draw without a crossing counts as an infinite volume, so an upper end, or the whole
    figure, may be missing. `no_crossing` is the share of draws where no volume does.
    """

    against: str
    first: Figure
    for_good: Figure
    no_crossing: Figure


def break_even(usd_per_hour: float, usd_per_request: float) -> float:
    """Requests an hour at which one machine costs as much as the meter: 2.50 over .004 is 625."""
    return usd_per_hour / usd_per_request


def metered_hosting(name: str, usd_per_request: Figure, requests_per_month: float) -> Hosting:
    """A host paid by the token, at this volume."""
    if isinstance(usd_per_request, Missing):
        return Hosting(name, usd_per_request, usd_per_request)
    each = usd_per_request
    month = Estimate(
        each.value * requests_per_month,
        None if each.low is None else each.low * requests_per_month,
        None if each.high is None else each.high * requests_per_month,
        "USD/month",
        None,
        each.provenance,
        each.source,
        each.note,
    )
    return Hosting(name, month, each)


def own_hosting(plan: ServingPlan) -> Hosting:
    """The plan's fleet."""
    name = f"own GPUs ({plan.job.gpu.name})"
    return Hosting(name, plan.usd_per_month, plan.usd_per_request)


def crossing(
    against: str, draws: ServingDraws, usd_per_request: Figure, copies_at_least: int, *, seed: int = 1
) -> Crossing:
    """Where the fleet's staircase passes below the meter's line, draw by draw.

    A copy costs R and carries v requests a month, the meter asks a for each. n copies cost n R up to n v requests, so
    with at least m copies the first crossing is at m R / a, if m R / a is at most m v; if R > a v no step of the
    staircase ever reaches the line. Just past n v requests n + 1 copies are paid: from n >= R / (a v - R) that is no
    more than the meter's n v a, and so for every volume above.
    """
    if isinstance(usd_per_request, Missing):
        return Crossing(against, usd_per_request, usd_per_request, usd_per_request)
    if draws.copies is None or draws.copy_usd is None:
        gap = Missing("the cost of own GPUs is unknown", "see the fleet")
        return Crossing(against, gap, gap, gap)
    standard = np.random.default_rng(seed).standard_normal(len(draws.copy_usd))
    meter = price_draws(usd_per_request, standard)
    first, for_good = crossing_draws(draws.copy_usd, draws.requests_per_copy, meter, copies_at_least)
    never = ~np.isfinite(first)
    share = float(np.mean(never))
    provenance = weakest((usd_per_request.provenance, Provenance.ASSUMED))
    source = f"{len(first):,} draws of GPU price, peak, model error and the price of {against}"
    return Crossing(
        against,
        _volume(first, provenance, source, against),
        _volume(for_good, provenance, source, against),
        Estimate(share, share, share, SHARE, None, provenance, source),
    )


def crossing_draws(
    copy_usd: FloatArray, requests_per_copy: FloatArray, usd_per_request: FloatArray, copies_at_least: int
) -> tuple[FloatArray, FloatArray]:
    """(first, for good) crossing in requests a month, infinite where there is none; each of shape (draws,)."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        gain = usd_per_request * requests_per_copy - copy_usd
        crosses = gain >= 0.0
        first = np.where(crosses, copies_at_least * copy_usd / usd_per_request, np.inf)
        steps = np.ceil(copy_usd / gain - 1e-9)
        last = np.where(steps <= copies_at_least, first, np.maximum(steps * copy_usd / usd_per_request, first))
        for_good = np.where(gain > 0.0, last, np.inf)
    return np.asarray(first), np.asarray(for_good)


def _volume(draws: FloatArray, provenance: Provenance, source: str, against: str) -> Figure:
    first, last = interval_percents()
    # Infinite draws sort to the end; method "higher" never averages one with a finite draw.
    low, value, high = (float(one) for one in np.percentile(draws, (first, 50.0, last), method="higher"))
    if not np.isfinite(value):
        share = float(np.mean(~np.isfinite(draws)))
        return Missing(f"{against} stays the cheaper at every volume in {share:.0%} of the draws")
    note = "" if np.isfinite(high) else "no upper end: in some draws there is no crossing"
    return Estimate(value, low, high if np.isfinite(high) else None, "requests/month", None, provenance, source, note)
