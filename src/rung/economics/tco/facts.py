"""What is known of the strategies before their cost is drawn: measurements only, nothing assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rung.estimate import Estimate, Figure
from rung.evaluate.run import Latency, Metrics
from rung.strategies.contract import Card


@dataclass(frozen=True, slots=True)
class StrategyFacts:
    """One strategy. None: not measured.

    `calls_usd` is what the model calls of one request cost in the run, Missing where somebody is paid and nobody knows
    how much; None for a model on machines paid by the hour. `input_tokens` and `output_tokens` are means over the
    requests of the run. `hosted`: its requests leave the team's machines.
    """

    card: Card
    metrics: Metrics | None = None
    latency: Latency | None = None
    fit_seconds: float | None = None
    calls_usd: Figure | None = None
    input_tokens: Estimate | None = None
    output_tokens: Estimate | None = None
    hosted: bool | None = False

    @property
    def metered(self) -> bool:
        """Whether each call is paid for on its own."""
        return self.calls_usd is not None


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """The list price of the generator's tokens, in USD per million."""

    input_usd: float
    output_usd: float
    source: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """What all strategies share. None: unknown.

    `requests_per_month`, `peak_factor` and, by flow, `correction_minutes` are what the production log shows.
    `eval_items` are the items of an evaluation (dev and sealed), `index_entries` those of the corpus, `train_items` the
    labelled examples. `judge_usd` is what one judged answer costs; None where no judge model is paid per call. `today`
    is an ISO date: the horizon starts there.
    """

    requests_per_month: Estimate | None = None
    peak_factor: Estimate | None = None
    correction_minutes: Mapping[str, Estimate] = field(default_factory=dict)
    eval_items: int | None = None
    index_entries: int | None = None
    train_items: int | None = None
    token_price: TokenPrice | None = None
    judge_usd: Figure | None = None
    today: str | None = None


NOTHING_SHARED = SharedFacts()
"""Nothing but what rung.yaml says."""
