"""The shape of rung.yaml, as pydantic models. The door only: past it, `rung.task.task` values are used."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from rung.task.endpoint import endpoint_problem
from rung.task.task import Metric, Segment

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write something or remove the key")
    if text != text.strip() or "\n" in text or "\t" in text or _CONTROL.search(text):
        raise ValueError("must be one line without control characters or spaces around it")
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write something or remove the key")
    if _CONTROL.search(text):
        raise ValueError("holds control characters; remove them")
    return text.strip()


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression ({error})") from error
    return pattern


Word = Annotated[str, Field(strict=True, max_length=120), AfterValidator(_one_line)]
Text = Annotated[str, Field(strict=True, max_length=20_000), AfterValidator(_text)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Amount = Annotated[float, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]
Pattern = Annotated[str, Field(strict=True, min_length=1, max_length=2_000), AfterValidator(_regular_expression)]


class Section(BaseModel):
    """A mapping of rung.yaml; unknown keys are errors. A key with an empty value counts as left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: part for key, part in value.items() if part is not None or key not in cls.model_fields}


def _described(value: Any) -> Any:
    """`[a, b]` as `{a: "", b: ""}`: both are ways to write labels."""
    if isinstance(value, list):
        if len(set(map(repr, value))) != len(value):
            twice = next(label for label in value if value.count(label) > 1)
            raise ValueError(f"the label {twice!r} stands in the list twice; keep it once")
        if not all(isinstance(label, str) for label in value):
            odd = next(label for label in value if not isinstance(label, str))
            raise ValueError(f"the label {odd!r} is not text; put it in quotes")
        return dict.fromkeys(value, "")
    if isinstance(value, dict):
        return {label: "" if description is None else description for label, description in value.items()}
    return value


def _distinguishable(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) < 2:
        raise ValueError("needs at least two labels; a single one leaves nothing to decide")
    seen: dict[str, str] = {}
    for label in labels:
        folded = " ".join(label.casefold().split())
        if folded in seen:
            raise ValueError(f"{seen[folded]!r} and {label!r} differ only by case or spaces; keep one of them")
        seen[folded] = label
    return labels


Description = Annotated[str, Field(strict=True, max_length=2_000)]
Labels = Annotated[dict[Word, Description], BeforeValidator(_described), AfterValidator(_distinguishable)]


class TaskSection(Section):
    name: Word
    kind: Literal["classify", "extract", "answer", "generate"] = "classify"
    instructions: Text = ""
    labels: Labels = Field(default_factory=dict)
    output_schema: Word | None = Field(default=None, alias="schema")


class DataSection(Section):
    examples: Word | None = None
    corpus: Word | None = None
    traces: Word | None = None
    dev_items: Count | None = None
    sealed_items: Count | None = None


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


class PolicySection(Section):
    name: Word
    must_match: Pattern | None = None
    must_not_match: Pattern | None = None

    @model_validator(mode="after")
    def _one_pattern(self) -> Self:
        if (self.must_match is None) == (self.must_not_match is None):
            raise ValueError("needs exactly one of must_match and must_not_match")
        return self


class PricesSection(Section):
    wage_usd_per_hour: Amount | None = None
    machine_usd_per_hour: Amount | None = None


def _environment_name(name: str) -> str:
    if not _ENVIRONMENT_NAME.fullmatch(name):
        raise ValueError(
            "must be the name of an environment variable in capitals, such as OPENAI_API_KEY, never the key itself"
        )
    return name


class EndpointSection(Section):
    base_url: Word
    model: Word
    api_key_env: Annotated[str, Field(strict=True), AfterValidator(_environment_name)] | None = None

    @model_validator(mode="after")
    def _safe(self) -> Self:
        problem = endpoint_problem(self.base_url, self.api_key_env)
        if problem is not None:
            raise ValueError(problem)
        return self


def _form(value: Any) -> str:
    """Which way of writing a value is meant, so that a problem in one is not also reported for the other."""
    return "mapping" if isinstance(value, dict | BaseModel) else "list" if isinstance(value, list) else "word"


class ModelsSection(Section):
    generator: (
        Annotated[
            Annotated[Word, Tag("word")] | Annotated[EndpointSection, Tag("mapping")],
            Discriminator(
                _form, custom_error_type="form", custom_error_message="must be a model's name or {base_url, model}"
            ),
        ]
        | None
    ) = None
    encoder: Word | None = None


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


def _once(values: list[Any]) -> list[Any]:
    names = [getattr(value, "name", value) for value in values]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} stands in the list twice; keep it once")
    return values


def _some(values: list[Any]) -> list[Any]:
    if not values:
        raise ValueError("is an empty list; name at least one strategy, or write auto")
    return values


def _current_word(word: str) -> str:
    if word not in {"none", "traces"}:
        raise ValueError(f"must be none or {{strategy: NAME}}; to name a strategy write {{strategy: {word}}}")
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
        Discriminator(_form, custom_error_type="form", custom_error_message="must be none or {strategy: NAME}"),
    ] = "none"
    requirements: Literal["changing", "stable"] | None = None
    flows: Annotated[list[FlowSection], AfterValidator(_once)] = Field(default_factory=list)
    targets: dict[Metric, TargetSection] = Field(default_factory=dict)
    constraints: ConstraintsSection = ConstraintsSection()
    team: TeamSection = TeamSection()
    moat: MoatSection = MoatSection()
    lifecycle: LifecycleSection = LifecycleSection()
    policies: Annotated[list[PolicySection], AfterValidator(_once)] = Field(default_factory=list)
    prices: PricesSection = PricesSection()
    strategies: Annotated[
        Annotated[str, AfterValidator(_auto), Tag("word")]
        | Annotated[list[Word], AfterValidator(_some), AfterValidator(_once), Tag("list")],
        Discriminator(_form, custom_error_type="form", custom_error_message="must be auto or a list of strategies"),
    ] = "auto"
    models: ModelsSection = ModelsSection()
    scores: dict[ScoreName, OverrideSection] = Field(default_factory=dict)
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 0
