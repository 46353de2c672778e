"""What the team wants: the task, its targets, constraints and circumstances, as parsed from `rung.yaml`.

Frozen values without I/O. A key that the team left out is None (or empty): absence is shown as unknown and
never replaced by a guess. `task/file.py` is the door that makes these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Metric = Literal["task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd"]
METRICS: tuple[Metric, ...] = ("task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd")
Segment = Literal["routine", "edge", "adversarial"]
SEGMENTS: tuple[Segment, ...] = ("routine", "edge", "adversarial")
Kind = Literal["classify", "extract", "answer", "generate"]
KINDS: tuple[Kind, ...] = ("classify", "extract", "answer", "generate")
RightWhen = Literal["contains", "exact_match", "token_f1"]


@dataclass(frozen=True, slots=True)
class Target:
    """One requirement: `metric` must be at least `minimum` or at most `maximum` (exactly one of them is set).

    Shares in [0, 1], latency in ms, cost in USD. `segment` None means all requests together.
    """

    metric: Metric
    minimum: float | None = None
    maximum: float | None = None
    segment: Segment | None = None

    @property
    def name(self) -> str:
        """`task_success` or `task_success[adversarial]`: the key used in records."""
        return self.metric if self.segment is None else f"{self.metric}[{self.segment}]"


@dataclass(frozen=True, slots=True)
class Flow:
    """One way requests arrive, and what they are worth. Shares in [0, 1]; None is unknown."""

    name: str
    requests_per_month: float | None = None
    value_usd: float | None = None
    correction_minutes: float | None = None
    corrected_share_of_failures: float | None = None
    edited_share_of_successes: float | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """Hard limits. A strategy that breaks one is excluded; one whose fact is unknown is blocked by name."""

    deployment: Literal["on_prem", "any"] | None = None
    weights: Literal["owned", "open", "any"] | None = None
    audit: Literal["strict", "standard"] | None = None
    launch_weeks: float | None = None
    budget_usd: float | None = None
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """Who would own the strategy. Head counts; None is unknown."""

    ml_engineers: float | None = None
    senior_ml: float | None = None
    horizon_months: float | None = None


@dataclass(frozen=True, slots=True)
class Moat:
    """Data that only this team has."""

    proprietary_tokens: float | None = None
    exclusive: bool | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What the team has planned for keeping a tuned model alive.

    `model_retires_on`, an ISO date, is when the provider of today's model stops serving it.
    """

    annotation_usd: float | None = None
    retrain_every_days: float | None = None
    rollback_plan: str | None = None
    model_retires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """Overrides in USD; None falls back to a cited default where one exists.

    `source` and `as_of` (an ISO date) speak of all prices of the section and are shown wherever one is used.
    """

    wage_usd_per_hour: float | None = None
    machine_usd_per_hour: float | None = None
    gpu_usd_per_hour: dict[str, float] = field(default_factory=dict)
    source: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class DriverChoice:
    """What the team states of one driver of the cost, in the driver's own unit.

    `ends` says what `low` and `high` are: bounds that are never passed, or the 5th and 95th percentile. A single
    number in the file is all three. `unit` None: the team did not repeat it.
    """

    name: str
    low: float
    mode: float
    high: float
    ends: Literal["bounds", "p5_p95"] = "bounds"
    unit: str | None = None
    source: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Correlation:
    """Two drivers that move together: their rank correlation (Spearman), in [-1, 1]."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True, slots=True)
class EndpointChoice:
    """An OpenAI-compatible server. The key itself never enters: only the name of its environment variable.

    What the team states about it, None where it says nothing: whether the model's `weights` are open, whether the
    server is `hosted` by others, and the price of its tokens in USD per million (both or neither).
    """

    base_url: str
    model: str
    api_key_env: str | None = None
    weights: Literal["open", "closed"] | None = None
    hosted: bool | None = None
    usd_per_million_input_tokens: float | None = None
    usd_per_million_output_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """Which models the strategies use: an embedded model's name, or a server (generator only).

    `larger` is a pre-trained model that failure analysis asks about a sample; None: no such model is asked.
    """

    generator: str | EndpointChoice = "smollm2-135m"
    encoder: str = "minilm"
    larger: str | EndpointChoice | None = None


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Resolved, existing paths inside the project directory, and how many of their items to judge by.

    `examples` None: only a production log is there, which gives a baseline but no decision. `traces` is a path or
    glob pattern, as written. `dev_items` and `sealed_items` count derived variants; None: the defaults of
    `evidence/split.py`.
    """

    examples: Path | None
    corpus: Path | None = None
    traces: str | None = None
    dev_items: int | None = None
    sealed_items: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseChoice:
    """A production log that stays in the team's own database: the variable that holds its URL, and the table.

    The URL itself never enters: it may hold a password. `adapters/warehouse/connect.py` says which ones are understood.
    """

    url_env: str
    table: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A declared rule that every output must keep: a regular expression that must or must not match."""

    name: str
    pattern: str
    must_match: bool


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """When a written answer is right (kind answer): it contains the reference, equals it, or shares its words.

    `minimum` is the least token F1 in [0, 1] and belongs to `token_f1` alone. An answer of more than `most_words`
    words is never right: a dumped passage contains everything.
    """

    right_when: RightWhen = "contains"
    minimum: float | None = None
    most_words: int = 60


@dataclass(frozen=True, slots=True)
class Check:
    """A deterministic check of a generated text (kind generate). Exactly one of the rules is set.

    Lengths in characters and words of the output; `json_schema` is a parsed JSON Schema that the output must meet.
    """

    name: str
    must_match: str | None = None
    must_not_match: str | None = None
    most_words: int | None = None
    fewest_words: int | None = None
    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JudgeChoice:
    """A model that answers yes or no to `question` about each output (kind generate).

    Its word counts only together with its measured agreement to human labels.
    """

    question: str
    model: str | EndpointChoice


@dataclass(frozen=True, slots=True)
class Task:
    """The whole of `rung.yaml`.

    `labels` maps each declared label to its description ("" where none was given) and is empty when the file
    declares none: then the examples define the set. `strategies` None means `auto`. `current_traces`: what runs
    today is known from the production log (`current` is None then). `output_schema` is the parsed JSON Schema of
    kind extract; `multi_label`, kind classify: an item may have any number of labels; `out_of_scope`: the label for
    requests that belong to none of the others. `months` is the horizon over which strategies are priced.
    """

    name: str
    kind: Kind
    directory: Path
    data: DataPaths
    instructions: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    multi_label: bool = False
    out_of_scope: str | None = None
    output_schema: Mapping[str, Any] | None = None
    answer: AnswerRule = AnswerRule()
    checks: tuple[Check, ...] = ()
    judge: JudgeChoice | None = None
    stop_early: bool = False
    current: str | None = None
    current_traces: bool = False
    requirements: Literal["changing", "stable"] | None = None
    flows: tuple[Flow, ...] = ()
    targets: tuple[Target, ...] = ()
    constraints: Constraints = Constraints()
    team: Team = Team()
    moat: Moat = Moat()
    lifecycle: Lifecycle = Lifecycle()
    policies: tuple[Policy, ...] = ()
    warehouse: WarehouseChoice | None = None
    prices: Prices = Prices()
    months: int = 12
    drivers: tuple[DriverChoice, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    strategies: tuple[str, ...] | None = None
    models: ModelChoices = ModelChoices()
    score_overrides: dict[str, tuple[float, str]] = field(default_factory=dict)
    seed: int = 0
    content_hash: str = ""
