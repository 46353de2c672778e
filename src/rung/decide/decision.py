"""The decision record: everything that was concluded, and why. Report, page and JSON render this value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gates import Gate
from rung.diagnose.proof import Proof
from rung.diagnose.two_by_two import TwoByTwo
from rung.economics.costs import AnnualCost
from rung.economics.tco.analysis import CostAnalysis
from rung.estimate import Figure
from rung.evaluate.run import Comparison, Metrics
from rung.strategies.contract import Card, Family
from rung.task.task import Constraints, Metric, Target

Verdict = Literal["recommend", "none_meets", "insufficient_evidence"]
TargetState = Literal["meets", "misses", "undecided", "unmeasured"]
Status = Literal[
    "recommended",
    "meets",
    "misses",
    "undecided",
    "unmeasured",
    "excluded",
    "restricted",
    "not_run",
    "failed_sealed",
]
"""What became of a strategy. `restricted`: it was measured, but a rule or guardrail forbids recommending it.
`meets` without being recommended: a lighter one meets too, or is not decided yet."""
ScoreName = Literal[
    "quality_gap",
    "data_readiness",
    "latency_budget",
    "unit_economics",
    "governance_pressure",
    "control_requirements",
]


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One target against one strategy. `items_needed` says how many items in all would decide an `undecided`
    one if the observed rate holds (None: cannot be told)."""

    target: Target
    state: TargetState
    figure: Figure
    because: str
    items_needed: int | None = None


@dataclass(frozen=True, slots=True)
class StrategyResult:
    """One strategy: what was measured, against which targets, and what became of it.

    `metrics` is on dev, `sealed_metrics` only for the candidate and `current`. `status` and `because` are the
    conclusion. `against_lighter` compares with the next lighter measured strategy on the same items.
    """

    card: Card
    metrics: Metrics | None
    targets: tuple[TargetResult, ...]
    status: Status
    because: str
    cost: AnnualCost | None
    weeks_to_launch: Figure
    sealed_metrics: Metrics | None = None
    sealed_targets: tuple[TargetResult, ...] = ()
    against_lighter: Comparison | None = None
    against_current: Comparison | None = None
    run_id: str | None = None
    fit_seconds: float | None = None
    confirmation: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One of the six dimensions, 0 to 5, or None without its inputs. `inputs` maps each input's name to what it
    was, in words with provenance; `moved_by` says what would change it and at which values. `low` and `high` are the
    score at the ends of the 90 % interval of the figure it rests on, None where it rests on stated facts."""

    name: ScoreName
    score: float | None
    because: str
    inputs: dict[str, str]
    moved_by: str
    overridden: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One guardrail: whether it fired, on which strategies, and why."""

    name: str
    fired: bool
    because: str
    strategies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A strategy ruled out (or blocked by an unknown fact) by a hard constraint."""

    strategy: str
    constraint: str
    because: str


@dataclass(frozen=True, slots=True)
class FamilyView:
    """One bar group of the first figure: a family by its candidate, or by its best on dev.

    Each value on 0 to 100; a directional planning value stands in until the team's own replaces it, and its
    provenance says so. `strategy` None: nothing of this family was measured.
    """

    family: Family
    strategy: str | None
    quality: Figure
    relative_cost: Figure
    launch_speed: Figure


@dataclass(frozen=True, slots=True)
class PressureView:
    """One family's strategic pressure, each 0 to 100, from the checklists in docs/concepts/pressure.md."""

    family: Family
    control: Figure
    setup_complexity: Figure
    data_requirements: Figure
    governance_burden: Figure


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One row of the scenario matrix. `matches` None: a needed fact is unknown, `because` names it."""

    scenario: str
    recommendation: str
    rationale: str
    matches: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class SealedOpening:
    """What is known of the sealed split: how often it was opened, for what, and whether this result is
    exploratory because an earlier look spoils it; `because` says how."""

    openings: int
    exploratory: bool
    because: str


@dataclass(frozen=True, slots=True)
class EvidenceSummary:
    """The data under the decision. Counts of items by split and segment; `notes` are sentences a reader must
    see (what was derived, what leakage remains)."""

    items: dict[str, int]
    segments: dict[str, dict[str, int]]
    groups: dict[str, int]
    labels: tuple[str, ...]
    corpus_entries: int
    data_hash: str
    split_hash: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What reopens the decision: `watch` names the figure or the statement, `threshold` says from which value on.

    `name`: model_retirement, retraining_due, drift, price_change, volume or statement_change.
    """

    name: str
    watch: str
    threshold: str
    because: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The record. `strategy` and `family` are None unless the verdict is `recommend`.

    `because` are the reasons in reading order. `flips_when`, `measure_next` and `limits` are sentences.
    `rollout` has `steps` (traffic shares in percent) and `gates` (metric, bound, action). `production` has the four
    metrics of what runs today where its log is the system to beat, and is empty otherwise. `gates` are the findings
    that allow or forbid updating weights, `proofs` what the strategies that ran afterwards did to the failures of the
    best light one, `two_by_two` retrieval and tuning together where both ran. `constraints` are the hard limits that it
    was reached under (None in a record that kept none).
    """

    id: str
    made_at: str
    task_name: str
    verdict: Verdict
    strategy: str | None
    family: Family | None
    headline: str
    because: tuple[str, ...]
    current: str | None
    strategies: tuple[StrategyResult, ...]
    targets: tuple[Target, ...]
    scores: tuple[Score, ...]
    scenario: tuple[ScenarioRow, ...]
    guardrails: tuple[Guardrail, ...]
    excluded: tuple[Exclusion, ...]
    families: tuple[FamilyView, ...]
    pressure: tuple[PressureView, ...]
    diagnoses: tuple[Diagnosis, ...]
    evidence: EvidenceSummary
    sealed: SealedOpening
    flips_when: tuple[str, ...]
    measure_next: tuple[str, ...]
    limits: tuple[str, ...]
    stage: str
    next_stage: str
    unlocks: tuple[str, ...]
    rollout: dict[str, Any]
    models: dict[str, str]
    machine: str
    seed: int
    data_hash: str
    primary_metrics: tuple[Metric, ...] = ("task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd")
    production: dict[Metric, Figure] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    proofs: tuple[Proof, ...] = ()
    two_by_two: TwoByTwo | None = None
    constraints: Constraints | None = None
    cost_analysis: CostAnalysis | None = None
    reopen_when: tuple[Trigger, ...] = ()
