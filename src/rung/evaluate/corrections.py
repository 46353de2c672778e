"""What people do with the answers: how often they change one, and what that labour costs.

Offline nobody corrects anything, so both are modelled from the outcomes and the shares that the team states for
each flow in rung.yaml. A share that is not stated leaves the figure missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from rung.estimate import LEVEL, Figure, Missing, Provenance
from rung.evaluate.run import Row
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import Interval, clustered_wilson
from rung.stats.clustered import FloatArray
from rung.task.task import Flow

FlowKey = Literal["corrected_share_of_failures", "edited_share_of_successes", "correction_minutes"]
SHARES: tuple[FlowKey, ...] = ("corrected_share_of_failures", "edited_share_of_successes")


def correction_rate(rows: Sequence[Row], flows: Sequence[Flow], source: str) -> Figure:
    """The share of requests that a person changes or redoes, in [0, 1], modelled from the outcomes.

    Failures x corrected share + successes x edited share, each item with the shares of its own flow; Missing
    without them. The interval is that of the outcomes: the shares are taken as stated.
    """
    own = own_flows(rows, flows, SHARES)
    if isinstance(own, Missing):
        return own
    success = np.array([row.success for row in rows])
    if_failed, if_right = (_numbers(own, key) for key in SHARES)
    least = float(np.minimum(if_failed, if_right).mean())
    stake = np.abs(if_failed - if_right)
    if stake.any():
        # The rate is linear in the outcomes: a share of outcomes, each weighted by what it puts at stake.
        dearer = np.where(if_failed > if_right, ~success, success)
        share = clustered_wilson(dearer, groups_of(rows), level=LEVEL, weights=stake)
        scale = float(stake.mean())
        low, high = (None if end is None else least + scale * end for end in (share.low, share.high))
        rate = Interval(least + scale * share.mid, low, high, share.note)
    else:
        rate = Interval(least, least, least, "the stated shares are the same whatever the outcome")
    return sampled(rate, "share", len(rows), Provenance.MODELLED, f"{source}; {stated_in(own)}")


def labour_usd(rows: Sequence[Row], own: Sequence[Flow], wage_usd_per_hour: float) -> FloatArray:
    """Expected cost of correcting each row, shape (n_rows,): chance of a correction x minutes / 60 x wage.

    `own` as returned by `own_flows` for both shares and `correction_minutes`.
    """
    success = np.array([row.success for row in rows])
    if_failed, if_right = (_numbers(own, key) for key in SHARES)
    hours = np.where(success, if_right, if_failed) * _numbers(own, "correction_minutes") / 60.0
    return np.asarray(hours * wage_usd_per_hour, dtype=np.float64)


def flow_name(own: str | None, flows: Sequence[Flow]) -> str | None:
    """The flow of an item: its own, else the only one declared; None when that cannot be told."""
    if own is not None:
        return own
    return flows[0].name if len(flows) == 1 else None


def own_flows(rows: Sequence[Row], flows: Sequence[Flow], keys: Sequence[FlowKey]) -> list[Flow] | Missing:
    """The flow of each row, every one of `keys` stated in it; else what is missing and where to state it."""
    wanted = ", ".join(keys)
    if not flows:
        return Missing("rung.yaml declares no flow", f"add to rung.yaml: flows, with name, {wanted}")
    declared = {flow.name: flow for flow in flows}
    names = [flow_name(row.example.flow, flows) for row in rows]
    own = [declared[name] for name in names if name in declared]
    if len(own) < len(rows):
        first = next(row.example for row, name in zip(rows, names, strict=True) if name not in declared)
        problem = f"flow {first.flow!r} is not declared" if first.flow else "no flow is given, and several are declared"
        return Missing(
            f"{len(rows) - len(own)} items have no declared flow (item {first.id!r}: {problem})",
            f"give each example one of the flows {', '.join(declared)}",
        )
    unknown = [f"flows[{flow.name}].{key}" for flow in dict.fromkeys(own) for key in keys if getattr(flow, key) is None]
    if unknown:
        listed = ", ".join(unknown)
        return Missing(f"not stated: {listed}", f"set in rung.yaml: {listed}")
    return own


def stated_in(own: Sequence[Flow]) -> str:
    """Where the flows' numbers come from, for a source."""
    return f"flows {', '.join(dict.fromkeys(flow.name for flow in own))} in rung.yaml"


def _numbers(own: Sequence[Flow], key: FlowKey) -> FloatArray:
    return np.array([getattr(flow, key) for flow in own], dtype=np.float64)
