"""What an evaluation leaves behind: a row per item, and the run that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rung.estimate import Figure
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Metric

SplitName = Literal["dev", "sealed", "train"]
"""train: only to see whether a strategy fits the items that it learned from; no figure of it is a quality."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item under one strategy. `success` is what the task calls right; `policy_breaks` names the declared
    policies that the output broke (their own rate, never averaged into success).

    `outcome` says in one word what kind of answer it was: "right", or the class of its error (`judging/outcomes.py`).
    `scores` holds graded measures of the kind, each in [0, 1] (token_f1, field_f1, recall_at_5, ...); `fields` says
    of each field of a record whether it is right.
    """

    example: Example
    prediction: Prediction
    success: bool
    policy_breaks: tuple[str, ...] = ()
    outcome: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unscored:
    """An item whose answer could not be judged, and why. It is in no rate and counts as neither right nor wrong."""

    example: Example
    prediction: Prediction
    because: str
    policy_breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timed:
    """One request of a latency pass: the item asked, what it belongs to, and how long the answer took."""

    milliseconds: float
    item_id: str
    group: str
    segment: str | None = None
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """The latency pass of a strategy on a machine: one request at a time, warm, in the order they were asked."""

    requests: tuple[Timed, ...]
    machine: str
    measured_at: str

    @property
    def milliseconds(self) -> tuple[float, ...]:
        """How long each answer took, in the order they were asked."""
        return tuple(request.milliseconds for request in self.requests)

    @property
    def note(self) -> str:
        """Says that items were asked more than once, which makes them clusters of an interval; "" otherwise."""
        distinct = len({request.item_id for request in self.requests})
        if distinct == len(self.requests):
            return ""
        return f"{len(self.requests)} requests over {distinct} items, each asked again in turn"


@dataclass(frozen=True, slots=True)
class Race:
    """An evaluation that was stopped early. `low` and `high` bound task success in [0, 1] by an always-valid
    sequence at `LEVEL` and replace the interval for a fixed number of items; `asked` of `items` items were asked.
    `segments` has the same bounds for each segment with a target of its own. `because` is a sentence."""

    settled: Literal["meets", "misses"]
    low: float
    high: float
    asked: int
    items: int
    because: str
    segments: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One strategy evaluated on one split.

    `id` is a content hash of (strategy, its settings, models, training data, seed, items): the same work has the
    same id. `model_calls` counts the predictions really made this time; the others came from the store.
    `unscored` items were answered but not judged. `race` says that the evaluation stopped before all items were
    asked, because their targets were settled (evaluate/race.py); None: every item was asked.
    """

    id: str
    strategy: str
    split: SplitName
    rows: tuple[Row, ...]
    latency: Latency | None
    fit_seconds: float | None
    model_calls: int
    unscored: tuple[Unscored, ...] = ()
    race: Race | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The four metrics of a run, all together and in parts.

    `overall` has every `Metric`. `by_segment` and `by_flow` hold what can be told per part (task success always;
    the others as `Missing` where a part has too little). Beside them, over all rows: how often each declared policy
    was broken, the mean of each graded score, and how often each field of a record (or each declared check) was
    right among the items that concern it. `unscored` items were answered but could not be judged; they are in no
    figure but those of the policies.
    """

    overall: dict[Metric, Figure]
    by_segment: dict[str, dict[Metric, Figure]]
    by_flow: dict[str, dict[Metric, Figure]]
    policies: dict[str, Figure] = field(default_factory=dict)
    scores: dict[str, Figure] = field(default_factory=dict)
    fields: dict[str, Figure] = field(default_factory=dict)
    unscored: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Challenger minus baseline on the same items.

    `difference` in task success with Tango's interval (clustered where groups repeat; `note` says which).
    `p_value` is McNemar's mid-p (groups counted whole where they repeat). `wins` and `losses` count discordant
    items for the challenger.
    `by_segment` has the same difference per segment and `p_holm` its Holm-adjusted p-values.
    """

    challenger: str
    baseline: str
    difference: Figure
    p_value: float | None
    wins: int
    losses: int
    items_needed: int | None
    by_segment: dict[str, Figure]
    p_holm: dict[str, float]
