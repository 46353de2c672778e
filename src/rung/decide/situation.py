"""The dev evidence read once: what scores, rules and guardrails all look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rung.decide.decision import TargetResult, TargetState
from rung.decide.evidence import DevEvidence, StrategyEvidence
from rung.decide.exclusions import Breach, breaches
from rung.decide.targets import judge_targets, overall_state
from rung.decide.words import value_of
from rung.diagnose.diagnosis import Diagnosis
from rung.evaluate.against_production import PRODUCTION
from rung.evaluate.run import Metrics
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class System:
    """What a strategy has to beat: its name and its metrics; `because` says why there are none."""

    name: str
    metrics: Metrics | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """What a team says where nothing was measured (a plan, `decide/plan`). None: not said.

    `concentrated`: whether the failures stand in few classes or flows. `labels`: how good the labels are said to be.
    `classes`: how many there are. `adaptation`: why adapting an existing model cannot be called failed; "" when it is
    said to have failed, with evidence.
    """

    concentrated: bool | None = None
    labels: Literal["clean", "noisy", "adjudicated"] | None = None
    classes: int | None = None
    adaptation: str = "nothing was tried"


@dataclass(frozen=True, slots=True)
class Situation:
    """`targets` and `states` per measured strategy; `breaches` per strategy.

    `baseline` is what runs today, or the lightest measured strategy when nothing does; None when what runs today
    was not measured. `best_light` is the measured pre-trained strategy with the highest task success on dev, and
    `diagnosis` its failure analysis (None when there is none). `stated` stands in for evidence where a plan is made
    without data; None: what was measured counts.
    """

    inputs: DevEvidence
    targets: Mapping[str, tuple[TargetResult, ...]]
    states: Mapping[str, TargetState]
    breaches: Mapping[str, tuple[Breach, ...]]
    baseline: System | None
    best_light: StrategyEvidence | None
    diagnosis: Diagnosis | None
    stated: Statements | None = None

    @property
    def task(self) -> Task:
        """The task that is decided."""
        return self.inputs.task

    def excluded(self, name: str) -> bool:
        """True when a constraint is shown to be broken."""
        return any(not one.unknown for one in self.breaches.get(name, ()))


def read_situation(inputs: DevEvidence) -> Situation:
    """Every measured strategy against every target and constraint."""
    measured = [one for one in inputs.ladder if one.metrics is not None]
    targets = {
        one.card.name: judge_targets(inputs.task.targets, one.metrics) for one in measured if one.metrics is not None
    }
    found: dict[str, tuple[Breach, ...]] = {}
    for one in inputs.strategies:
        all_breaches = breaches(inputs.task.constraints, one)
        # Facts that only a run can give are not unknown facts of a strategy that was never meant to run.
        found[one.card.name] = all_breaches if one.metrics is not None else _shown(all_breaches)
    best = _best(one for one in measured if one.card.family == "pretrained")
    return Situation(
        inputs,
        targets,
        {name: overall_state(results) for name, results in targets.items()},
        found,
        _baseline(inputs, measured),
        best,
        next((one for one in inputs.diagnoses if best is not None and one.strategy == best.card.name), None),
    )


def success_of(evidence: StrategyEvidence) -> float | None:
    """Task success on dev, or None."""
    return None if evidence.metrics is None else value_of(evidence.metrics.overall.get("task_success"))


def _shown(found: tuple[Breach, ...]) -> tuple[Breach, ...]:
    return tuple(one for one in found if not one.unknown)


def _baseline(inputs: DevEvidence, measured: list[StrategyEvidence]) -> System | None:
    if inputs.production is not None:
        gap = inputs.production.because + (f"; {inputs.production.remedy}" if inputs.production.remedy else "")
        return System(PRODUCTION, inputs.production.metrics, gap)
    if inputs.task.current is None:
        return System(measured[0].card.name, measured[0].metrics) if measured else None
    found = next((one for one in measured if one.card.name == inputs.task.current), None)
    return None if found is None else System(found.card.name, found.metrics)


def _best(candidates: Iterable[StrategyEvidence]) -> StrategyEvidence | None:
    best: StrategyEvidence | None = None
    for one in candidates:
        value = success_of(one)
        if value is not None and (best is None or value > (success_of(best) or 0.0)):
            best = one
    return best
