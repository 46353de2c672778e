"""What a team states in answer to the questionnaire. None is unknown, everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.task.task import Kind

Today = Literal["nothing", "people_or_rules", "prompt", "retrieval", "classical", "fine_tuned", "from_scratch"]
Mostly = Literal[
    "missing_context", "wrong_format", "confuses_classes", "not_covered", "contradicting_labels", "unclear"
]
Tried = Literal["prompting", "constrained_output", "retrieval", "fine_tuning"]
Intended = Literal["nothing", "pretrained", "fine_tuning", "from_scratch", "full_rollout"]


@dataclass(frozen=True, slots=True)
class Answers:
    """One field for each question of `questions.py`, named like its key with underscores for dots.

    Shares in [0, 1], money in USD, times in the unit of the name. `adaptation_tried` empty: nothing was tried.
    """

    task_name: str | None = None
    task_kind: Kind | None = None
    task_classes: int | None = None
    today_system: Today | None = None
    today_task_success: float | None = None
    today_correction_rate: float | None = None
    today_latency_p95_ms: float | None = None
    today_cost_per_success_usd: float | None = None
    targets_task_success: float | None = None
    targets_correction_rate: float | None = None
    targets_latency_p95_ms: float | None = None
    targets_cost_per_success_usd: float | None = None
    failures_mostly: Mostly | None = None
    failures_analysed: bool | None = None
    failures_invalid_share: float | None = None
    failures_concentrated: bool | None = None
    adaptation_tried: tuple[Tried, ...] | None = None
    adaptation_failed: bool | None = None
    adaptation_evidence: bool | None = None
    wins_shown_on: Literal["nothing", "benchmark", "production"] | None = None
    labels_count: int | None = None
    labels_rarest_class: int | None = None
    labels_quality: Literal["clean", "noisy", "adjudicated"] | None = None
    labels_wrong_share: float | None = None
    eval_routine: int | None = None
    eval_edge: int | None = None
    eval_adversarial: int | None = None
    flow_requests_per_month: float | None = None
    flow_value_usd: float | None = None
    requirements: Literal["changing", "stable"] | None = None
    constraints_launch_weeks: float | None = None
    constraints_deployment: Literal["on_prem", "any"] | None = None
    constraints_weights: Literal["owned", "open", "any"] | None = None
    constraints_audit: Literal["strict", "standard"] | None = None
    constraints_budget_usd: float | None = None
    governance_policies: int | None = None
    governance_checks: bool | None = None
    team_ml_engineers: float | None = None
    team_senior_ml: float | None = None
    team_horizon_months: float | None = None
    moat_proprietary_tokens: float | None = None
    moat_exclusive: bool | None = None
    moat_multimodal: bool | None = None
    lifecycle_annotation_usd: float | None = None
    lifecycle_retrain_every_days: float | None = None
    lifecycle_rollback_plan: bool | None = None
    intended: Intended | None = None
