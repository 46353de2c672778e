"""The plan: what a questionnaire alone can conclude, and why. Terminal, page, Markdown and JSON render this value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.decide.decision import Exclusion, FamilyView, Guardrail, PressureView, ScenarioRow, Score
from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import Conflict
from rung.strategies.contract import Family

RungName = Literal["keep", "pretrained", "classical", "fine_tuning_pilot", "from_scratch", "none"]
"""Which rung now. keep: leave what runs today as it is. none: nothing may be recommended under these answers."""
FirstName = Literal[
    "keep",
    "start_with_prompt",
    "measure_baseline",
    "analyse_failures",
    "retrieve",
    "improve_retrieval",
    "constrain_output",
    "reword",
    "cover_modality",
    "relabel",
    "tune",
    "own_lifecycle",
    "fit_classical",
    "settle_conditions",
]
"""What to do first inside the rung."""
WayState = Literal["now", "open", "blocked"]


@dataclass(frozen=True, slots=True)
class Way:
    """One family: whether it is the rung for now, may be taken, or is blocked, with every reason that blocks it."""

    family: Family
    state: WayState
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, why, and the commands that do or measure it."""

    what: str
    why: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flip:
    """One answer that would change the plan: from what it is to `answer`, then `headline`. `unknown`: it is not
    answered yet, so finding it out is worth most."""

    key: str
    now: str
    answer: str
    headline: str
    unknown: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question without an answer. `matters`: some answer to it alone would change the plan."""

    key: str
    question: str
    matters: bool


@dataclass(frozen=True, slots=True)
class Intention:
    """The step that the team has in mind, and whether the answers allow it."""

    step: str
    allowed: bool
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The conclusion. Sentences are for people; `rung` and `first` for programs.

    `warnings` stand before everything else. `conditions` must hold for as long as the recommendation is followed.
    `conflicts` are answers that contradict each other; while there are any, nothing else here can be relied on.
    """

    task_name: str
    rung: RungName
    first: FirstName
    headline: str
    because: tuple[str, ...]
    warnings: tuple[str, ...]
    steps: tuple[Step, ...]
    conditions: tuple[str, ...]
    ways: tuple[Way, ...]
    intention: Intention | None
    scores: tuple[Score, ...]
    scenario: tuple[ScenarioRow, ...]
    guardrails: tuple[Guardrail, ...]
    excluded: tuple[Exclusion, ...]
    families: tuple[FamilyView, ...]
    pressure: tuple[PressureView, ...]
    stage: str
    next_stage: str
    unlocks: tuple[str, ...]
    flips: tuple[Flip, ...]
    measure_first: tuple[Step, ...]
    unknown: tuple[Unknown, ...]
    conflicts: tuple[Conflict, ...]
    limits: tuple[str, ...]
    source_note: str
    answers: Answers
