"""The names that people read in a plan."""

from __future__ import annotations

from collections.abc import Sequence

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


def flip_words(flips: Sequence[Flip], most: int | None = None) -> tuple[str, ...]:
    """For each other outcome, the single answers that lead to it, unknown ones first; at most `most` of them each."""
    by_outcome: dict[str, list[Flip]] = {}
    for one in flips:
        by_outcome.setdefault(one.headline, []).append(one)
    told = []
    for headline, found in by_outcome.items():
        shown = [f"{one.key}: {one.answer} (now {one.now})" for one in found[:most]]
        rest = [f"or {len(found) - len(shown)} others"] if len(found) > len(shown) else []
        told.append(f"{headline.rstrip('.')}, if {', or '.join(shown)}{''.join(f', {one}' for one in rest)}.")
    return tuple(told)


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
