"""Where on the staged path a decision stands, what comes next, and what unlocks it."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.candidate import Choice
from rung.decide.decision import Guardrail, Verdict
from rung.decide.rules import Rule
from rung.strategies.contract import Family

PRETRAINED = "pre-trained models and workflow optimisation"
CLASSICAL = "a classical model on the labels"
PILOT = "fine-tuning pilot"
SCRATCH = "evaluation of a model from scratch, as a multi-year lifecycle"
EVIDENCE = "collecting evidence"

STAGE_OF: dict[Family, str] = {
    "pretrained": PRETRAINED,
    "classical": CLASSICAL,
    "fine_tuned": PILOT,
    "from_scratch": SCRATCH,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """`now` and `after` in words; `unlocks` are the conditions for `after` that do not hold yet."""

    now: str
    after: str
    unlocks: tuple[str, ...]


def stage_of(
    verdict: Verdict,
    family: Family | None,
    choice: Choice,
    restricted: dict[str, str],
    rules: tuple[Rule, Rule, Rule],
    guardrails: tuple[Guardrail, ...],
) -> Stage:
    """The stage that the verdict puts the team in, and the next one on the path pre-trained, pilot, from scratch."""
    stay, pilot, scratch = rules
    if verdict == "recommend" and family is not None:
        now = STAGE_OF[family]
        if family in ("fine_tuned", "from_scratch"):
            after = SCRATCH if family == "fine_tuned" else "production validation, stage by stage"
            return Stage(now, after, scratch.unlocks if family == "fine_tuned" else ())
        return Stage(now, PILOT, _unlocks(stay, pilot, guardrails))
    if verdict == "insufficient_evidence":
        return Stage(EVIDENCE, "a decision on the same ladder", (choice.because,))
    if choice.restricted_passing:
        name = choice.restricted_passing[0]
        return Stage(PRETRAINED, f"{name}, once it may be recommended", (f"for {name}: {restricted[name]}",))
    if not pilot.holds or stay.holds:
        return Stage(PRETRAINED, PILOT, _unlocks(stay, pilot, guardrails))
    return Stage(PILOT, SCRATCH, scratch.unlocks)


def _unlocks(stay: Rule, pilot: Rule, guardrails: tuple[Guardrail, ...]) -> tuple[str, ...]:
    fired = tuple(one.because for one in guardrails if one.fired and one.name in _ON_WEIGHT_UPDATES)
    return (*(stay.unlocks if stay.holds else ()), *pilot.unlocks, *fired)


_ON_WEIGHT_UPDATES = (
    "failure_analysis_first",
    "eval_set_in_three_parts",
    "lifecycle_plan",
    "baseline_first",
    "root_cause_first",
)
