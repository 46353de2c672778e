"""The three rules: which families may be recommended at this stage, why, and what unlocks the next stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rung.decide.decision import ScoreName
from rung.decide.pilot_value import concentrated_high_value
from rung.decide.sensitivity import HIGH, LOW
from rung.decide.situation import Situation
from rung.decide.words import listed

RuleName = Literal["stay_pretrained", "fine_tuning_pilot", "evaluate_from_scratch"]
URGENT_WEEKS = 8.0
"""A launch limit below this is urgent."""

Scores = Mapping[ScoreName, float | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """`holds` None: a fact it needs is unknown, and `because` names it. `unlocks`: what would change it."""

    name: RuleName
    holds: bool | None
    because: str
    unlocks: tuple[str, ...] = ()


def three_rules(situation: Situation, scores: Scores) -> tuple[Rule, Rule, Rule]:
    """The rules in the order of the stages that they speak of."""
    return (
        stay_pretrained(situation, scores),
        fine_tuning_pilot(situation, scores),
        evaluate_from_scratch(situation, scores),
    )


def restricted_by_rules(situation: Situation, rules: tuple[Rule, Rule, Rule]) -> dict[str, str]:
    """The strategies that a rule forbids recommending, with the reason.

    While the first rule holds, nothing that learns weights from labels. A fine-tuned strategy needs the second
    rule, a model from scratch the third: unknown facts do not open a stage.
    """
    stay, pilot, scratch = rules
    restricted: dict[str, str] = {}
    for one in situation.inputs.ladder:
        card = one.card
        if card.updates_weights and stay.holds:
            restricted[card.name] = f"stay with pre-trained models: {stay.because}"
        elif card.family == "fine_tuned" and not pilot.holds:
            restricted[card.name] = f"no fine-tuning pilot yet: {pilot.because}"
        elif card.family == "from_scratch" and not scratch.holds:
            restricted[card.name] = f"no evaluation from scratch yet: {scratch.because}"
    return restricted


def stay_pretrained(situation: Situation, scores: Scores) -> Rule:
    """Requirements that still change; or data readiness low and launch urgent."""
    task = situation.task
    if task.requirements == "changing":
        because = "requirements are still changing, so labels learned today are stale tomorrow"
        return Rule("stay_pretrained", True, because, ("requirements that are stable (requirements: stable)",))
    readiness, weeks = scores["data_readiness"], task.constraints.launch_weeks
    low = None if readiness is None else readiness <= LOW
    urgent = None if weeks is None else weeks < URGENT_WEEKS
    if low and urgent:
        because = f"data readiness is low ({readiness:.1f}) and launch is due in {weeks:g} weeks"
        return Rule(
            "stay_pretrained", True, because, (f"data readiness above {LOW:g}", f"{URGENT_WEEKS:g} weeks or more")
        )
    if low is False or urgent is False:
        return Rule("stay_pretrained", False, "data readiness is not low, or launch is not urgent")
    gaps = [name for name, known in (("data readiness", low), ("constraints.launch_weeks", urgent)) if known is None]
    return Rule("stay_pretrained", None, f"{listed(gaps)} unknown")


def fine_tuning_pilot(situation: Situation, scores: Scores) -> Rule:
    """Gaps concentrated in high-volume, high-value flows, and data readiness solid."""
    readiness = scores["data_readiness"]
    concentration = concentrated_high_value(situation)
    obstacles, unlocks = [], []
    if readiness is None or readiness < HIGH:
        found = "unknown" if readiness is None else f"{readiness:.1f}"
        obstacles.append(f"data readiness is {found}, solid starts at {HIGH:g}")
        unlocks.append(f"data readiness of {HIGH:g} or more (rung data check)")
    if not concentration.holds:
        obstacles.append(concentration.because)
        unlocks.append(concentration.remedy)
    if not obstacles:
        return Rule("fine_tuning_pilot", True, f"data readiness is solid ({readiness:.1f}) and {concentration.because}")
    shown = (readiness is not None and readiness < HIGH) or concentration.holds is False
    return Rule(
        "fine_tuning_pilot", False if shown else None, "; ".join(obstacles), tuple(one for one in unlocks if one)
    )


def evaluate_from_scratch(situation: Situation, scores: Scores) -> Rule:
    """Adaptation has failed, under governance or control constraints that cannot be negotiated."""
    governance, control = scores["governance_pressure"], scores["control_requirements"]
    hard = [
        f"{name} {value:.1f}"
        for name, value in (("governance pressure", governance), ("control requirements", control))
        if value is not None and value >= HIGH
    ]
    standing = _adaptation_standing(situation)
    if not standing and hard:
        how = "shown" if situation.stated is None else "said, with evidence,"
        because = f"every pre-trained and fine-tuned strategy is {how} to fail or ruled out, under {listed(hard)}"
        return Rule("evaluate_from_scratch", True, because)
    obstacles, unlocks = [], []
    if standing:
        obstacles.append(f"adaptation is not shown to fail ({standing})")
        unlocks.append("every lighter strategy measured and shown to miss, or ruled out by a constraint")
    if not hard:
        unknown = governance is None or control is None
        obstacles.append(
            "no hard governance or control constraint is known" if unknown else "governance and control are not hard"
        )
        unlocks.append("a governance or control constraint that cannot be negotiated")
    unsure = not hard and (governance is None or control is None) and not standing
    return Rule("evaluate_from_scratch", None if unsure else False, "; ".join(obstacles), tuple(unlocks))


def _adaptation_standing(situation: Situation) -> str:
    """Why adaptation cannot be called failed; "" when every strategy on an existing model misses or is ruled out.

    A prompt or an index that could not be built here (no corpus, no model) cannot speak; one that was left out could.
    """
    if situation.stated is not None:
        return situation.stated.adaptation
    tried = [one for one in situation.inputs.ladder if one.card.family in ("pretrained", "fine_tuned")]
    if not any(one.card.family == "fine_tuned" for one in tried):
        return "no fine-tuned strategy is on the ladder"
    for one in tried:
        name = one.card.name
        if situation.excluded(name) or situation.states.get(name) == "misses":
            continue
        state = situation.states.get(name)
        if state is not None:
            return f"{name} {'meets' if state == 'meets' else 'is ' + state}"
        if one.card.family == "fine_tuned" or one.not_run in ("failed", "not_chosen"):
            return f"{name} was not measured"
    return ""
