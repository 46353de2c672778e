"""What a failure loses: requests per month x value of a request, spread over the items of the flow.

Both are the team's statement in rung.yaml, so every figure made from them is assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.corrections import flow_name
from rung.evaluate.run import Row
from rung.stats import clustered_wilson
from rung.task.task import Flow

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]
_KEYS = ("requests_per_month", "value_usd")


def stakes(rows: Sequence[Row], flows: Sequence[Flow]) -> FloatArray:
    """USD per month that each row loses if it fails, shape (n_rows,); NaN where its flow states no volume or value."""
    worth = {flow.name: worth_of(flow) for flow in flows}
    of_row = [flow_name(row.example.flow, flows) for row in rows]
    items = Counter(of_row)
    per_item = {
        name: float("nan") if name is None or (usd := worth.get(name)) is None else usd / count
        for name, count in items.items()
    }
    return np.array([per_item[name] for name in of_row], dtype=np.float64)


def worth_of(flow: Flow) -> float | None:
    """Requests per month x value of one, USD per month; None where the flow does not state both."""
    if flow.requests_per_month is None or flow.value_usd is None:
        return None
    return flow.requests_per_month * flow.value_usd


def unstated(rows: Sequence[Row], flows: Sequence[Flow]) -> Missing | None:
    """Why the loss of these rows is not known, with the keys to set; None when it is."""
    if not flows:
        return Missing("rung.yaml declares no flow", "add to rung.yaml: flows, with name, " + ", ".join(_KEYS))
    declared = {flow.name: flow for flow in flows}
    names = dict.fromkeys(flow_name(row.example.flow, flows) for row in rows)
    if None in names:
        return Missing(
            "some items name no flow, and several are declared", f"give each example a flow: {', '.join(declared)}"
        )
    foreign = [name for name in names if name is not None and name not in declared]
    if foreign:
        return Missing(f"rung.yaml does not declare the flow {foreign[0]!r}", "declare it under flows in rung.yaml")
    keys = [
        f"flows[{name}].{key}"
        for name in names
        for key in _KEYS
        if name is not None and getattr(declared[name], key) is None
    ]
    return Missing(f"not stated: {', '.join(keys)}", f"set in rung.yaml: {', '.join(keys)}") if keys else None


def lost_usd(
    stake: FloatArray,
    hits: BoolArray,
    groups: IndexArray,
    *,
    source: str,
    rows: Sequence[Row],
    flows: Sequence[Flow],
) -> Figure:
    """USD per month that the failures `hits` lose, assumed; all arrays of shape (n_rows,), `stake` as of `stakes`.

    The interval is that of the sampled outcomes (Wilson, clustered by group, each item weighing what it has at stake);
    volume and value are taken as stated. Missing where a failure stands in a flow that does not state them.
    """
    if np.isnan(stake[hits]).any():
        unknown = unstated([row for row, hit in zip(rows, hits, strict=True) if hit], flows)
        return unknown or Missing("the flows of these failures state no volume or value", "flows[].value_usd")
    known = np.where(np.isnan(stake), 0.0, stake)
    total = float(known.sum())
    if total <= 0.0:
        return Estimate(0.0, 0.0, 0.0, "USD", int(hits.size), Provenance.ASSUMED, f"{source}; flows in rung.yaml")
    share = clustered_wilson(hits.astype(np.float64), groups, level=LEVEL, weights=known)
    low, high = (None if end is None else end * total for end in (share.low, share.high))
    return Estimate(
        value=float(known[hits].sum()),
        low=low,
        high=high,
        unit="USD",
        n=int(hits.size),
        provenance=Provenance.ASSUMED,
        source=f"{source}; requests x value of the flows in rung.yaml",
        note=share.note,
    )
