"""The names that people read in a plan."""

from __future__ import annotations

from rung.decide.plan.plan import Flip, Intention, Plan, WayState
from rung.report.words import Mark

WAYS: dict[WayState, Mark] = {
    "now": Mark("★", "now"),
    "open": Mark("□", "open"),
    "blocked": Mark("■", "blocked"),
}
MATCHES = {True: Mark("✓", "matches"), False: Mark("✗", "does not match"), None: Mark("?", "cannot be told")}
INTENDED = {
    "pretrained": "a pre-trained model",
    "fine_tuning": "fine-tuning",
    "from_scratch": "a model from scratch",
    "full_rollout": "a full rollout",
}
PLANNING = (
    "Planning figures: every bar is a published planning range and none is a value of this task. They are drawn "
    "hatched, marked ◇, and are not to be compared with anything that was measured."
)


def flip_words(flip: Flip) -> str:
    """What one other answer would change, in a sentence."""
    return f"{flip.key}: {flip.answer} (now {flip.now}): {flip.headline}"


def intention_words(intention: Intention) -> str:
    """Whether the step in mind is allowed."""
    what = INTENDED[intention.step]
    told = f"{what[:1].upper()}{what[1:]}: {'nothing stands in its way' if intention.allowed else 'not now'}."
    if intention.step == "full_rollout":
        return f"{told} {' '.join(intention.because)}"
    return told if intention.allowed else f"{told} The reasons stand beside it below."


def unknown_words(plan: Plan) -> tuple[str, ...]:
    """The unanswered questions that would change the plan, and how many others there are."""
    decisive = [f"{one.key}: {one.question}" for one in plan.unknown if one.matters]
    others = [one.key for one in plan.unknown if not one.matters]
    if others:
        decisive.append(f"not answered either, and no answer alone would change the plan: {', '.join(others)}")
    return tuple(decisive)
