"""The facts that a price rests on, from the project's evidence, runs and production log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import numpy as np

from rung.economics import SharedFacts, TokenPrice
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.baseline.source import CohortCounts, Overview
from rung.evaluate.run import Run
from rung.evaluate.sampled import groups_of, sampled
from rung.evidence.prepare import Evidence
from rung.stats import Interval, clustered_mean
from rung.task.task import EndpointChoice, Flow, Task

if TYPE_CHECKING:
    from rung.adapters.traces.workload import Workload

DAYS_PER_MONTH = 365.0 / 12.0
FEWEST_DAYS = 7.0
"""A log of fewer days says nothing about a month: weekdays and weekends differ."""
Z = 1.6448536269514722
FEWEST_WEEKS = 3
FEWEST_CORRECTIONS = 20
"""Fewer timed corrections leave the mean to a few long ones."""
TOKENS_ASKED = 1000
"""The price of a token is read at this length of prompt, below any price step of a list."""


def shared_facts(task: Task, evidence: Evidence, volume: Estimate | None, today: str) -> SharedFacts:
    """What all strategies of the project share. `volume` is what the production log shows, None without one."""
    profile = evidence.profile
    return SharedFacts(
        requests_per_month=volume,
        eval_items=profile.items["dev"] + profile.items["sealed"],
        index_entries=profile.corpus_entries or None,
        train_items=profile.items["train"],
        token_price=token_price(task.models.generator),
        judge_usd=_judge_usd(task),
        today=today,
    )


def token_price(generator: str | EndpointChoice) -> TokenPrice | None:
    """The generator's price of a million tokens, as rung.yaml states it or as genai-prices lists it; None without."""
    if not isinstance(generator, EndpointChoice):
        return None
    sent, written = generator.usd_per_million_input_tokens, generator.usd_per_million_output_tokens
    if sent is not None and written is not None:
        return TokenPrice(sent, written, "models.generator of rung.yaml")
    from rung.adapters.openai.address import read_address
    from rung.adapters.openai.price import find_price

    price = find_price(read_address(generator.base_url), generator.model)
    if price is None:
        return None
    scale = 1_000_000 / TOKENS_ASKED
    return TokenPrice(
        price(TOKENS_ASKED, 0) * scale,
        price(0, TOKENS_ASKED) * scale,
        f"list price of {generator.model} in genai-prices {version('genai-prices')}",
    )


def tokens_per_request(run: Run) -> tuple[Estimate | None, Estimate | None]:
    """Mean tokens (sent, written) of one request of the run, clustered by group; None where a row does not tell."""
    return (
        _mean_tokens(run, [row.prediction.input_tokens for row in run.rows]),
        _mean_tokens(run, [row.prediction.output_tokens for row in run.rows]),
    )


def _mean_tokens(run: Run, counts: Sequence[int | None]) -> Estimate | None:
    known = [count for count in counts if count is not None]
    if not known or len(known) < len(counts):
        return None
    mean = clustered_mean(np.array(known, dtype=np.float64), groups_of(run.rows), level=LEVEL)
    low = None if mean.low is None else max(mean.low, 0.0)
    figure = sampled(
        Interval(mean.mid, low, mean.high, mean.note),
        "tokens/request",
        len(known),
        Provenance.MEASURED,
        f"run {run.id[:12]}",
    )
    return figure if isinstance(figure, Estimate) else None


def logged_volume(overview: Overview, cohorts: Sequence[CohortCounts], source: str) -> Estimate | None:
    """Requests a month that the log shows; None where it is too short or without times.

    The whole log over its days; where it holds three full weeks or more, with a normal interval from how they differ.
    """
    first, last = overview.first_at, overview.last_at
    if first is None or last is None:
        return None
    days = (last - first).total_seconds() / 86_400.0
    if days < FEWEST_DAYS:
        return None
    mean = overview.rows / days * DAYS_PER_MONTH
    weeks = [cohort.requests * DAYS_PER_MONTH / 7.0 for cohort in cohorts][1:-1]
    if len(weeks) < FEWEST_WEEKS:
        note = f"{days:.0f} days; too few whole weeks to say how much it varies"
        return _logged(mean, 0.0, "requests/month", overview.rows, source, note)
    note = f"{days:.0f} days, {len(weeks)} whole weeks with a mean of {fmean(weeks):,.0f} a month"
    return _logged(mean, Z * stdev(weeks) / len(weeks) ** 0.5, "requests/month", len(weeks), source, note)


def with_workload(facts: SharedFacts, work: Workload, flows: Sequence[Flow], source: str) -> SharedFacts:
    """The facts with what the log tells of peaks and of the time that corrections take.

    A peak factor needs `FEWEST_WEEKS` whole weeks; its interval is that of a single week. The minutes of a flow need
    `FEWEST_CORRECTIONS`; requests that name no flow are the only declared one's.
    """
    peak = None
    if len(work.peaks) >= FEWEST_WEEKS:
        note = f"busiest hour of each of {len(work.peaks)} whole weeks"
        peak = _logged(
            max(fmean(work.peaks), 1.0), Z * stdev(work.peaks), "x mean arrivals", len(work.peaks), source, note
        )
    minutes = {}
    for flow in flows:
        found = work.minutes.get(flow.name) or (work.minutes.get("") if len(flows) == 1 else None)
        if found is not None and found.n >= FEWEST_CORRECTIONS:
            minutes[flow.name] = _logged(
                found.mean, Z * found.error, "minutes/correction", found.n, source, "corrections taken as independent"
            )
    return replace(facts, peak_factor=peak, correction_minutes=minutes)


def _logged(value: float, error: float, unit: str, n: int, source: str, note: str) -> Estimate:
    return Estimate(value, max(value - error, 0.0), value + error, unit, n, Provenance.VALIDATED, source, note)


def _judge_usd(task: Task) -> Figure | None:
    """None where no judge is paid per call; Missing where one is, since a judge's tokens are not kept in a run."""
    if task.judge is None or not isinstance(task.judge.model, EndpointChoice):
        return None
    if token_price(task.judge.model) is None:
        return None
    return Missing(
        f"what a judged answer of {task.judge.model.model} costs was not measured",
        "set drivers.judge_usd_per_call in rung.yaml",
    )
