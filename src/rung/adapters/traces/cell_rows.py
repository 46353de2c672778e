"""From one row of sums, as a database returns it, to the values of the baseline: the same for every database.

Names: `<measure>_n` items, `_t` total, `_tt` total of squares; with the prefix `alone_` only over requests that name
no cluster. Over clusters: `_g` clusters, `_tt` (total)^2, `_tn` (total)(items), `_nn` (items)^2, `_with_one` and
`_with_zero` the clusters that hold such an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rung.evaluate.baseline.source import CellSums, CostSums, Total
from rung.stats.sums import ClusterSums

Row = Mapping[str, Any]
RATES = ("error", "rate_limited", "success", "corrected")


def cell_of(row: Row, clusters: Row | None) -> CellSums:
    """One cell from its sums over requests and, where any request of it names a cluster, those over clusters."""
    return CellSums(
        name=str(row["name"]),
        requests=int(row["requests"]),
        error=_rate(row, clusters, "error"),
        rate_limited=_rate(row, clusters, "rate_limited"),
        success=_rate(row, clusters, "success"),
        corrected=_rate(row, clusters, "corrected"),
        cost=_cost(row, clusters),
        latencies=int(row["latencies"]),
        cost_known=int(row["cost_known"]),
        unpaid=int(row["unpaid"]),
        input_tokens=Total(int(row["input_tokens_n"]), float(row["input_tokens_t"])),
        output_tokens=Total(int(row["output_tokens_n"]), float(row["output_tokens_t"])),
    )


def latency_sums(row: Row) -> ClusterSums:
    """Sums of a 0/1 outcome over all clusters, single requests among them."""
    n, total = int(row["n"]), float(row["t"])
    return ClusterSums(
        n=n,
        clusters=int(row["g"]),
        total=total,
        total_square=total,
        cluster_square=float(row["tt"]),
        cluster_cross=float(row["tn"]),
        size_square=float(row["nn"]),
        carriers=int(row["with_zero"] if 2 * total > n else row["with_one"]),
    )


def _alone(row: Row, clusters: Row | None, name: str) -> float:
    """The sum over requests without a cluster: all of them where the cell has no cluster."""
    return float(row[name] if clusters is None else row[f"alone_{name}"])


def _rate(row: Row, clusters: Row | None, rate: str) -> ClusterSums | None:
    n, total = int(row[f"{rate}_n"]), float(row[f"{rate}_t"])
    if n == 0:
        return None
    alone_n, alone_t = _alone(row, clusters, f"{rate}_n"), _alone(row, clusters, f"{rate}_t")
    of = clusters or {}
    with_zero, with_one = of.get(f"{rate}_with_zero", 0), of.get(f"{rate}_with_one", 0)
    return ClusterSums(
        n=n,
        clusters=int(alone_n + of.get(f"{rate}_g", 0)),
        total=total,
        total_square=total,
        cluster_square=alone_t + float(of.get(f"{rate}_tt", 0.0)),
        cluster_cross=alone_t + float(of.get(f"{rate}_tn", 0.0)),
        size_square=alone_n + float(of.get(f"{rate}_nn", 0.0)),
        carriers=int(with_zero + alone_n - alone_t if 2 * total > n else with_one + alone_t),
    )


def _cost(row: Row, clusters: Row | None) -> CostSums | None:
    n, total, accepted = int(row["cost_n"]), float(row["cost_t"]), float(row["accepted_t"])
    if n == 0:
        return None
    of = clusters or {}
    alone_n = _alone(row, clusters, "cost_n")
    groups = int(alone_n + of.get("cost_g", 0))
    sizes = alone_n + float(of.get("cost_nn", 0.0))
    cost = ClusterSums(
        n=n,
        clusters=groups,
        total=total,
        total_square=float(row["cost_tt"]),
        cluster_square=_alone(row, clusters, "cost_tt") + float(of.get("cost_tt", 0.0)),
        cluster_cross=_alone(row, clusters, "cost_t") + float(of.get("cost_tn", 0.0)),
        size_square=sizes,
        carriers=0 if row["cost_least"] == row["cost_most"] else groups,
        centre=float(row["lost_usd"]) / int(row["lost_over"]) if row["lost_over"] else 0.0,
    )
    alone_accepted = _alone(row, clusters, "accepted_t")
    outcomes = ClusterSums(
        n=n,
        clusters=groups,
        total=accepted,
        total_square=accepted,
        cluster_square=alone_accepted + float(of.get("accepted_tt", 0.0)),
        cluster_cross=alone_accepted + float(of.get("accepted_tn", 0.0)),
        size_square=sizes,
        carriers=0 if accepted in (0.0, float(n)) else groups,
    )
    return CostSums(cost, outcomes, _alone(row, clusters, "product") + float(of.get("product", 0.0)))
