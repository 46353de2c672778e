"""D11, worth fixing: volume x value x failure by flow, the largest loss first (Pareto), with the Lorenz curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.classes.judged import Judged, judged
from rung.diagnose.concentration import concentration, lorenz
from rung.diagnose.inequality import gini_figure
from rung.diagnose.losses import Losses, losses_of
from rung.diagnose.seeding import seeded
from rung.diagnose.shares import share_of
from rung.diagnose.stakes import BoolArray, FloatArray, lost_usd
from rung.estimate import LEVEL, Figure, Missing, Provenance
from rung.evaluate.corrections import flow_name
from rung.evaluate.run import Row
from rung.evaluate.sampled import sampled
from rung.stats import clustered_wilson
from rung.task.task import Flow

MOST_LOSSES = 100
MOST_POINTS = 200
"""Of the Lorenz curve of more slices the height at evenly spaced places is kept."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One part of the traffic: a flow, or a segment or label within a flow. `usd_per_month` is requests x value x
    failure rate, Missing where the flow states no volume or value; `share` of all that is lost, `cumulative` with all
    larger ones."""

    name: str
    flow: str
    items: int
    failures: int
    failure_rate: Figure
    usd_per_month: Figure
    share: float
    cumulative: float
    high_volume_high_value: bool | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """`losses`, largest first. `lorenz` is the cumulative share of what is lost, smallest part first, from 0 to 1.
    `gini` and `top_share` (the share of the worst fifth of the parts, rounded up) have bootstrap intervals over groups.
    The parts are labels within a flow, or segments within a flow, at most the 100 largest; `flows` has the same for
    whole flows. `in_worthy_flows` is the share of what is lost in flows of high volume and high value: at least the
    median of both. `weighted` False: no flow states volume and value, so every failure weighs the same."""

    losses: tuple[Loss, ...]
    lorenz: tuple[float, ...]
    gini: Figure
    top_share: Figure
    in_worthy_flows: Figure
    weighted: bool
    flows: tuple[Loss, ...] = ()


def worth(rows: Sequence[Row], flows: Sequence[Flow], *, seed: str, source: str, by_label: bool) -> Worth | None:
    """What the failures lose and where; None without failures. `seed` is any text; the same text, the same intervals.

    Where every item's flow states volume and value, a failure weighs requests x value spread over the flow's items;
    otherwise each weighs the same, and USD are given for the flows that state both.
    """
    if all(row.success for row in rows):
        return None
    table = losses_of(rows, flows, by_label=by_label)
    arrays = judged(rows, flows, source=source)
    worthy = worthy_flows(flows)
    lost = table.by_slice(table.loss)
    of_row = np.array([flow_name(row.example.flow, flows) or "" for row in rows])
    curve: tuple[float, ...] = ()
    if lost.sum() > 0.0:
        full = lorenz(lost)
        places = np.linspace(0, len(full) - 1, min(len(full), MOST_POINTS + 1))
        curve = tuple(float(height) for height in np.interp(places, np.arange(len(full)), full))
    return Worth(
        losses=_by_slice(table, lost, arrays, worthy),
        lorenz=curve,
        gini=gini_figure(table, seeded(f"{seed} gini"), source=source),
        top_share=concentration(rows, flows, seed=seed, source=source, by_label=by_label),
        in_worthy_flows=_in_worthy_flows(table, arrays, of_row, worthy),
        weighted=table.weighted,
        flows=_by_flow(table, arrays, of_row, worthy),
    )


def worthy_flows(flows: Sequence[Flow]) -> frozenset[str] | None:
    """Flows of high volume and high value: at least the median of both, among the flows that state both.

    None where fewer than two do: high and low are then not to be told.
    """
    stated = [
        (flow.name, flow.requests_per_month, flow.value_usd)
        for flow in flows
        if flow.requests_per_month is not None and flow.value_usd is not None
    ]
    if len(stated) < 2:
        return None
    volume, value = median(requests for _, requests, _ in stated), median(usd for _, _, usd in stated)
    return frozenset(name for name, requests, usd in stated if requests >= volume and usd >= value)


def _by_slice(table: Losses, lost: FloatArray, arrays: Judged, worthy: frozenset[str] | None) -> tuple[Loss, ...]:
    order = np.argsort(-lost, kind="stable")[:MOST_LOSSES]
    names = [(table.parts[number], table.flows[number]) for number in order]
    masks = [table.slice == number for number in order]
    return _pareto(names, masks, lost[order], float(lost.sum()), arrays, worthy)


def _by_flow(
    table: Losses, arrays: Judged, of_row: NDArray[np.str_], worthy: frozenset[str] | None
) -> tuple[Loss, ...]:
    names = list(dict.fromkeys(of_row.tolist()))
    lost = np.array([table.loss[of_row == name].sum() for name in names])
    order = np.argsort(-lost, kind="stable")
    named = [(names[number] or "no flow", names[number] or None) for number in order]
    masks = [of_row == names[number] for number in order]
    return _pareto(named, masks, lost[order], float(lost.sum()), arrays, worthy)


def _pareto(
    names: Sequence[tuple[str, str | None]],
    masks: Sequence[BoolArray],
    lost: FloatArray,
    total: float,
    arrays: Judged,
    worthy: frozenset[str] | None,
) -> tuple[Loss, ...]:
    losses, so_far = [], 0.0
    for (name, flow), mask, own in zip(names, masks, lost, strict=True):
        chosen = [arrays.rows[number] for number in np.flatnonzero(mask)]
        so_far += float(own)
        losses.append(
            Loss(
                name=name,
                flow=flow or "",
                items=len(chosen),
                failures=int((mask & arrays.failed).sum()),
                failure_rate=share_of(
                    chosen, [not row.success for row in chosen], source=f"{arrays.source}: {name}, {flow or 'no flow'}"
                ),
                usd_per_month=_usd(mask, arrays),
                share=float(own) / total if total > 0.0 else 0.0,
                cumulative=min(1.0, so_far / total) if total > 0.0 else 0.0,
                high_volume_high_value=None if worthy is None or flow is None else flow in worthy,
            )
        )
    return tuple(losses)


def _usd(mask: BoolArray, arrays: Judged) -> Figure:
    """What the failures of the part lose; Missing where its flow states no volume or value, failures or none."""
    if np.isnan(arrays.stake[mask]).any():
        return lost_usd(arrays.stake, mask, arrays.group, source=arrays.source, rows=arrays.rows, flows=arrays.flows)
    return arrays.lost(mask & arrays.failed)


def _in_worthy_flows(
    table: Losses,
    arrays: Judged,
    of_row: NDArray[np.str_],
    worthy: frozenset[str] | None,
) -> Figure:
    """The share of what is lost that lies in flows of high volume and value, beside their share of what is at stake."""
    if worthy is None:
        return Missing(
            "fewer than two flows state volume and value, so none is high or low",
            "declare the flows apart in rung.yaml, with requests_per_month and value_usd",
        )
    if not table.weighted:
        return Missing(
            "not every item has a flow that states volume and value", "flows[].requests_per_month, value_usd"
        )
    inside = np.isin(of_row, sorted(worthy))
    if table.loss.sum() <= 0.0:
        return Missing("the failures stand in flows without requests or value", "flows[].requests_per_month, value_usd")
    failed = arrays.failed
    interval = clustered_wilson(
        inside[failed].astype(np.float64), arrays.group[failed], level=LEVEL, weights=table.loss[failed]
    )
    at_stake = float(table.at_stake[inside].sum() / table.at_stake.sum())
    names = ", ".join(sorted(worthy)) or "no flow"
    return sampled(
        interval,
        "share",
        int(failed.sum()),
        Provenance.ASSUMED,
        f"{arrays.source}: requests x value, flows {names}",
        f"high in both: {names}, with {at_stake:.0%} of all that is at stake",
    )
