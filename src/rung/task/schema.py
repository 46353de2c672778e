"""The shape of rung.yaml, as pydantic models. The door only: past it, `rung.task.task` values are used."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from rung.task.economy_sections import CorrelationSection, DriverValue, EconomicsSection, IsoDate, PricesSection
from rung.task.model_sections import ModelsSection
from rung.task.section import (
    Amount,
    Count,
    Flag,
    Pattern,
    Positive,
    Section,
    Share,
    Table,
    Text,
    Variable,
    Word,
    form,
    once,
)
from rung.task.task import Metric, Segment
from rung.task.task_section import TaskSection


class DataSection(Section):
    examples: Word | None = None
    corpus: Word | None = None
    traces: Word | None = None
    dev_items: Count | None = None
    sealed_items: Count | None = None


class WarehouseSection(Section):
    url_env: Variable
    table: Table


class CurrentSection(Section):
    strategy: Word


class FlowSection(Section):
    name: Word
    requests_per_month: Amount | None = None
    value_usd: Amount | None = None
    correction_minutes: Amount | None = None
    corrected_share_of_failures: Share | None = None
    edited_share_of_successes: Share | None = None


class BoundSection(Section):
    min: Amount | None = None
    max: Amount | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.min is None) == (self.max is None):
            raise ValueError("needs exactly one of min and max")
        return self


class TargetSection(Section):
    min: Amount | None = None
    max: Amount | None = None
    segments: dict[Segment, BoundSection] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if self.min is not None and self.max is not None:
            raise ValueError("has both min and max; keep the one that matters")
        if self.min is None and self.max is None and not self.segments:
            raise ValueError("needs min or max")
        return self


class ConstraintsSection(Section):
    deployment: Literal["on_prem", "any"] | None = None
    weights: Literal["owned", "open", "any"] | None = None
    audit: Literal["strict", "standard"] | None = None
    launch_weeks: Amount | None = None
    budget_usd: Amount | None = None
    machine: Word | None = None


class TeamSection(Section):
    ml_engineers: Amount | None = None
    senior_ml: Amount | None = None
    horizon_months: Positive | None = None


class MoatSection(Section):
    proprietary_tokens: Amount | None = None
    exclusive: Flag | None = None


class LifecycleSection(Section):
    annotation_usd: Amount | None = None
    retrain_every_days: Positive | None = None
    rollback_plan: Word | None = None
    model_retires_on: IsoDate | None = None


class PolicySection(Section):
    name: Word
    must_match: Pattern | None = None
    must_not_match: Pattern | None = None

    @model_validator(mode="after")
    def _one_pattern(self) -> Self:
        if (self.must_match is None) == (self.must_not_match is None):
            raise ValueError("needs exactly one of must_match and must_not_match")
        return self


class EvaluationSection(Section):
    stop_early: Flag = False


class OverrideSection(Section):
    score: Annotated[float, Field(strict=True, ge=0, le=5)]
    reason: Text


ScoreName = Literal[
    "quality_gap",
    "data_readiness",
    "latency_budget",
    "unit_economics",
    "governance_pressure",
    "control_requirements",
]


def _some(values: list[Any]) -> list[Any]:
    if not values:
        raise ValueError("is an empty list; name at least one strategy, or write auto")
    return values


def _current_word(word: str) -> str:
    if word not in {"none", "traces"}:
        raise ValueError(f"must be none, traces or {{strategy: NAME}}; to name a strategy write {{strategy: {word}}}")
    return word


def _auto(word: str) -> str:
    if word != "auto":
        raise ValueError(f"must be auto or a list; to name one strategy write [{word}]")
    return word


class TaskFile(Section):
    """The whole file."""

    task: TaskSection
    data: DataSection
    current: Annotated[
        Annotated[str, AfterValidator(_current_word), Tag("word")] | Annotated[CurrentSection, Tag("mapping")],
        Discriminator(form, custom_error_type="form", custom_error_message="must be none, traces or {strategy: NAME}"),
    ] = "none"
    requirements: Literal["changing", "stable"] | None = None
    flows: Annotated[list[FlowSection], AfterValidator(once)] = Field(default_factory=list)
    targets: dict[Metric, TargetSection] = Field(default_factory=dict)
    constraints: ConstraintsSection = ConstraintsSection()
    team: TeamSection = TeamSection()
    moat: MoatSection = MoatSection()
    lifecycle: LifecycleSection = LifecycleSection()
    warehouse: WarehouseSection | None = None
    policies: Annotated[list[PolicySection], AfterValidator(once)] = Field(default_factory=list)
    prices: PricesSection = PricesSection()
    economics: EconomicsSection = EconomicsSection()
    drivers: dict[Word, DriverValue] = Field(default_factory=dict)
    correlations: list[CorrelationSection] = Field(default_factory=list)
    strategies: Annotated[
        Annotated[str, AfterValidator(_auto), Tag("word")]
        | Annotated[list[Word], AfterValidator(_some), AfterValidator(once), Tag("list")],
        Discriminator(form, custom_error_type="form", custom_error_message="must be auto or a list of strategies"),
    ] = "auto"
    models: ModelsSection = ModelsSection()
    evaluation: EvaluationSection = EvaluationSection()
    scores: dict[ScoreName, OverrideSection] = Field(default_factory=dict)
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 0
