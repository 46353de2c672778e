"""The baseline: the four metrics of what runs today, with intervals, from sums over its production log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rung.errors import InvalidData
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.baseline.p95 import latencies_p95
from rung.evaluate.baseline.source import (
    DIMENSIONS,
    CellSums,
    CohortCounts,
    CostSums,
    Dimension,
    Labour,
    Overview,
    Total,
    TraceSource,
)
from rung.evaluate.sampled import sampled
from rung.stats import Interval, ratio_from_sums, share_from_sums, wilson
from rung.stats.sums import ClusterSums
from rung.task.task import Metric

OUTCOMES_REMEDY = "rung ingest --outcomes FILE"


@dataclass(frozen=True, slots=True)
class CellFigures:
    """One part of the log: its share of all requests and its figures.

    `metrics` has every `Metric`. Errors and rate limits are rates of their own over the requests whose status is known:
    a request that failed has no latency, and an outcome only where the log tells one. `outcomes_known` counts requests
    whose success is known and old enough.
    """

    name: str
    requests: int
    metrics: Mapping[Metric, Figure]
    error_rate: Figure
    rate_limited_rate: Figure
    outcomes_known: int
    cost_known: int
    mean_input_tokens: Figure
    mean_output_tokens: Figure


@dataclass(frozen=True, slots=True)
class Cohort:
    """One week of requests and what is known of their outcomes by now.

    `mature`: the week is so long ago that 95 % of the dated outcomes would have arrived. An outcome that is not known
    is in no rate.
    """

    counts: CohortCounts
    mature: bool
    success_rate: Figure
    correction_rate: Figure


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the log says of the system that made it.

    `cells` has the dimension "all" with one cell, and each other dimension that the log tells; `left_out` counts
    the smaller cells of a dimension that are not shown. `notes` are sentences for the reader. `segments` and flows of
    a decision are read from here too.
    """

    source: str
    overview: Overview
    cells: Mapping[Dimension, tuple[CellFigures, ...]]
    left_out: Mapping[Dimension, int]
    cohorts: tuple[Cohort, ...]
    notes: tuple[str, ...]

    @property
    def overall(self) -> CellFigures:
        """The whole log."""
        return self.cells["all"][0]


def baseline(source: TraceSource, labour: Labour) -> Baseline:
    """The baseline of the log in `source`. InvalidData when the log has no row.

    Outcomes count only for requests made so long ago that 95 % of the dated outcomes would be in: corrections
    arrive late, and the first to arrive are not like the others.
    """
    overview = source.overview()
    if overview.rows == 0:
        raise InvalidData("the production log is empty; run: rung ingest FILE")
    matured_before = _matured_before(overview)
    words = f"{source.name}, {overview.rows:,} requests{_when(overview)}"
    sums = source.cells(labour=labour, matured_before=matured_before)
    figures: dict[Dimension, tuple[CellFigures, ...]] = {}
    for dimension in DIMENSIONS:
        cells, _ = sums.get(dimension, ((), 0))
        if cells:
            p95 = latencies_p95(source, dimension, cells, clustered=overview.clustered > 0)
            figures[dimension] = tuple(_figures(cell, p95.get(cell.name), overview, labour, words) for cell in cells)
    return Baseline(
        source=words,
        overview=overview,
        cells=figures,
        left_out={dimension: left for dimension, (_, left) in sums.items() if left},
        cohorts=tuple(_cohort(counts, overview, matured_before, words) for counts in source.cohorts()),
        notes=_notes(overview, matured_before),
    )


def _when(overview: Overview) -> str:
    if overview.first_at is None or overview.last_at is None:
        return " without a time"
    return f" from {overview.first_at:%Y-%m-%d} to {overview.last_at:%Y-%m-%d}"


def _matured_before(overview: Overview) -> datetime | None:
    if overview.delay_days_p95 is None or overview.known_until is None:
        return None
    return overview.known_until - timedelta(days=overview.delay_days_p95)


def _figures(cell: CellSums, p95: Interval | None, overview: Overview, labour: Labour, source: str) -> CellFigures:
    metrics: dict[Metric, Figure] = {
        "task_success": _success(cell, overview, source),
        "correction_rate": _correction(cell, overview, source),
        "latency_p95_ms": _latency(cell, p95, source),
        "cost_per_success_usd": _cost(cell, overview, labour, source),
    }
    return CellFigures(
        name=cell.name,
        requests=cell.requests,
        metrics=metrics,
        error_rate=_status_rate(cell.error, cell, source),
        rate_limited_rate=_status_rate(cell.rate_limited, cell, source),
        outcomes_known=cell.success.n if cell.success else 0,
        cost_known=cell.cost_known,
        mean_input_tokens=_mean_tokens(cell.input_tokens, "input", source),
        mean_output_tokens=_mean_tokens(cell.output_tokens, "output", source),
    )


def _share(sums: ClusterSums, source: str, note: str = "") -> Estimate:
    return sampled(share_from_sums(sums, level=LEVEL), "share", sums.n, Provenance.VALIDATED, source, note)


def _mean_tokens(tokens: Total, side: str, source: str) -> Figure:
    """Over all requests that tell them: what was used, not a sample of it."""
    if tokens.known == 0:
        return Missing(f"the log does not tell {side} tokens", "rung ingest, with token columns")
    mean = tokens.total / tokens.known
    return Estimate(mean, mean, mean, "tokens", tokens.known, Provenance.VALIDATED, source)


def _status_rate(sums: ClusterSums | None, cell: CellSums, source: str) -> Figure:
    if sums is None:
        return Missing("the log does not tell which requests failed", "rung ingest, with a status or error column")
    known = "" if sums.n == cell.requests else f"status known for {sums.n:,} of {cell.requests:,} requests"
    return _share(sums, source, known)


def _success(cell: CellSums, overview: Overview, source: str) -> Figure:
    one_sided = _one_sided_outcomes(overview)
    if one_sided is not None:
        return one_sided
    if cell.success is None:
        return Missing("no outcome of these requests is known and old enough", OUTCOMES_REMEDY)
    return _share(cell.success, source, _known(cell.success.n, cell.requests))


def _correction(cell: CellSums, overview: Overview, source: str) -> Figure:
    one_sided = _one_sided_corrections(overview)
    if one_sided is not None:
        return one_sided
    if cell.corrected is None:
        return Missing("of no request is it known, and long enough ago, whether a person corrected it", OUTCOMES_REMEDY)
    return _share(cell.corrected, source, _known(cell.corrected.n, cell.requests))


def _one_sided_outcomes(overview: Overview) -> Missing | None:
    return _one_sided(overview.succeeded, overview.failed, overview.rows, "outcomes that were right", "wrong ones")


def _one_sided_corrections(overview: Overview) -> Missing | None:
    told, silent = "outputs that were corrected", "outputs left as they were"
    return _one_sided(overview.corrected, overview.uncorrected, overview.rows, told, silent)


def _one_sided(yes: int, no: int, rows: int, yes_words: str, no_words: str) -> Missing | None:
    """Why a log that records only one of two outcomes gives no rate: what it leaves out may be either."""
    if (yes > 0) == (no > 0) or yes + no == rows:
        return None
    told, silent = (yes_words, no_words) if yes else (no_words, yes_words)
    return Missing(
        f"the log tells only {told} ({max(yes, no):,} of {rows:,} requests) and never {silent}, so the others may be "
        "either",
        f"{OUTCOMES_REMEDY}, with both outcomes of a sample of requests",
    )


def _known(known: int, requests: int) -> str:
    return "" if known == requests else f"outcome known for {known:,} of {requests:,} requests"


def _latency(cell: CellSums, p95: Interval | None, source: str) -> Figure:
    if p95 is None:
        return Missing("the log has no latency of an answered request", "rung ingest, with a latency column")
    return sampled(p95, "ms", cell.latencies, Provenance.VALIDATED, source, _answered(cell))


def _answered(cell: CellSums) -> str:
    if cell.error is None:
        return "the log does not tell which requests failed, so failed ones may be among these"
    return "answered requests only"


def _cost(cell: CellSums, overview: Overview, labour: Labour, source: str) -> Figure:
    if cell.cost_known == 0:
        return Missing(
            "no request has a known cost", "rung ingest, with a cost column, or a provider and model with a known price"
        )
    # Its labour too would be known of one side only.
    one_sided = _one_sided_outcomes(overview) or _one_sided_corrections(overview)
    if one_sided is not None:
        return one_sided
    if overview.corrected and labour.wage_usd_per_hour is None:
        return Missing("corrections cost labour and prices.wage_usd_per_hour is not stated", "set it in rung.yaml")
    if not overview.corrected and not overview.uncorrected:
        return Missing("the log does not tell corrections, and their labour is part of the cost", OUTCOMES_REMEDY)
    if cell.unpaid:
        # Left out they would take their labour with them: what remains is cheap because it was not corrected.
        return Missing(
            f"the minutes of {cell.unpaid:,} corrections are not known, and their labour is part of the cost",
            "set flows.correction_minutes in rung.yaml, or rung ingest --outcomes FILE, with correction_minutes",
        )
    if cell.cost is None:
        return Missing("of no request are cost, outcome and correction all known, and long enough ago", OUTCOMES_REMEDY)
    if cell.cost.accepted.total == 0:
        return Missing(
            f"none of {cell.cost.accepted.n:,} outcomes was right, so there is nothing to divide the cost by"
        )
    ratio = ratio_from_sums(cell.cost.cost, cell.cost.accepted, cluster_product=cell.cost.cluster_product, level=LEVEL)
    return sampled(
        ratio,
        "USD",
        cell.cost.cost.n,
        # Wage, and the minutes of corrections that the log does not time, are what the team states.
        Provenance.ASSUMED if overview.corrected else Provenance.VALIDATED,
        f"{source}, prices.wage_usd_per_hour" if overview.corrected else source,
        _counted(cell.cost, cell.requests),
    )


def _counted(cost: CostSums, requests: int) -> str:
    notes = []
    if cost.cost.n < requests:
        notes.append(f"cost, outcome and correction known for {cost.cost.n:,} of {requests:,} requests")
    if cost.cost.centre > 0:
        notes.append("what failed requests cost is spread over the others")
    return "; ".join(notes)


def _cohort(counts: CohortCounts, overview: Overview, matured_before: datetime | None, source: str) -> Cohort:
    end = datetime.fromisoformat(counts.week) + timedelta(days=7)
    mature = matured_before is None or end <= matured_before
    return Cohort(
        counts=counts,
        mature=mature,
        success_rate=_cohort_rate(counts.succeeded, counts.success_known, counts, overview, source),
        correction_rate=_cohort_rate(counts.corrected, counts.corrected_known, counts, overview, source),
    )


def _cohort_rate(count: int, known: int, counts: CohortCounts, overview: Overview, source: str) -> Figure:
    """What is known by now. Without an interval where requests share clusters, which these counts do not tell: the
    cells by week have it."""
    if known == 0:
        return Missing("no outcome of this week is known", OUTCOMES_REMEDY)
    share = wilson(count, known, level=LEVEL)
    if overview.clustered:
        share = Interval(share.mid, None, None, "requests share clusters; by week has the interval")
    return sampled(share, "share", known, Provenance.VALIDATED, source, _known(known, counts.requests))


def _notes(overview: Overview, matured_before: datetime | None) -> tuple[str, ...]:
    notes = []
    if overview.status_known < overview.rows:
        notes.append(
            f"Whether {overview.rows - overview.status_known:,} of {overview.rows:,} requests failed is not known; "
            "their latencies count."
        )
    unknown = overview.rows - overview.succeeded - overview.failed
    if unknown:
        notes.append(
            f"The outcome of {unknown:,} of {overview.rows:,} requests is not known; they count neither as right nor "
            "as wrong."
        )
    if matured_before is not None and overview.delay_days_p95 is not None:
        notes.append(
            f"95 % of the dated outcomes arrived within {overview.delay_days_p95:.1f} days, so outcomes count only for "
            f"requests made before {matured_before:%Y-%m-%d %H:%M} UTC."
        )
    if overview.cost_missing:
        worst = sorted(overview.cost_missing.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
        shown = ", ".join(f"{model or 'no model named'} ({count:,})" for model, count in worst)
        notes.append(
            f"Requests without a known cost, by model: {shown}. They are left out of the cost, never counted as 0."
        )
    if overview.clustered == 0:
        notes.append(
            "The log names no conversation, customer or session, so every request counts as independent; where they "
            "are not, the intervals are too narrow."
        )
    return tuple(notes)
