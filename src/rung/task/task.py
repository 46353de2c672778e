"""What the team wants: the task, its targets, constraints and circumstances, as parsed from `rung.yaml`.

Frozen values without I/O. A key that the team left out is None (or empty): absence is shown as unknown and
never replaced by a guess. `task/file.py` is the door that makes these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Metric = Literal["task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd"]
METRICS: tuple[Metric, ...] = ("task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd")
Segment = Literal["routine", "edge", "adversarial"]
SEGMENTS: tuple[Segment, ...] = ("routine", "edge", "adversarial")
Kind = Literal["classify", "extract", "answer", "generate"]


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
    """What the team has planned for keeping a tuned model alive."""

    annotation_usd: float | None = None
    retrain_every_days: float | None = None
    rollback_plan: str | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """Overrides in USD; None falls back to a cited default where one exists."""

    wage_usd_per_hour: float | None = None
    machine_usd_per_hour: float | None = None


@dataclass(frozen=True, slots=True)
class EndpointChoice:
    """An OpenAI-compatible server. The key itself never enters: only the name of its environment variable."""

    base_url: str
    model: str
    api_key_env: str | None = None


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """Which models the strategies use: an embedded model's name, or a server (generator only)."""

    generator: str | EndpointChoice = "smollm2-135m"
    encoder: str = "minilm"


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Resolved, existing paths inside the project directory, and how many of their items to judge by.

    `dev_items` and `sealed_items` count derived variants; None: the defaults of `evidence/split.py`.
    """

    examples: Path
    corpus: Path | None = None
    dev_items: int | None = None
    sealed_items: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A declared rule that every output must keep: a regular expression that must or must not match."""

    name: str
    pattern: str
    must_match: bool


@dataclass(frozen=True, slots=True)
class Task:
    """The whole of `rung.yaml`.

    `labels` maps each declared label to its description ("" where none was given) and is empty when the file
    declares none: then the examples define the set. `strategies` None means `auto`.
    """

    name: str
    kind: Kind
    directory: Path
    data: DataPaths
    instructions: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    current: str | None = None
    requirements: Literal["changing", "stable"] | None = None
    flows: tuple[Flow, ...] = ()
    targets: tuple[Target, ...] = ()
    constraints: Constraints = Constraints()
    team: Team = Team()
    moat: Moat = Moat()
    lifecycle: Lifecycle = Lifecycle()
    policies: tuple[Policy, ...] = ()
    prices: Prices = Prices()
    strategies: tuple[str, ...] | None = None
    models: ModelChoices = ModelChoices()
    score_overrides: dict[str, tuple[float, str]] = field(default_factory=dict)
    seed: int = 0
    content_hash: str = ""
