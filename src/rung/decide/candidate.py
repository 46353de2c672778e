"""The lightest strategy that meets every target on dev, or what stands in the way of naming one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rung.decide.decision import Status, Verdict

State = Literal["meets", "misses", "undecided", "unmeasured", "not_run", "failed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One strategy before the choice. Each of `excluded`, `blocked` and `restricted` is the reason, or "".

    excluded: a constraint is shown to be broken. blocked: a fact or figure it needs is unknown. restricted: a rule
    or guardrail forbids recommending it. `because` explains the `state`.
    """

    name: str
    state: State
    because: str = ""
    excluded: str = ""
    blocked: str = ""
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`candidate` is the one strategy that may go to the sealed split, and `verdict` is then None.

    Otherwise `verdict` says how the decision ends on dev, `holding` names the strategy that holds it up (for
    insufficient_evidence), and `because` the reason. `restricted_passing` names restricted strategies that meet
    every target.
    """

    candidate: str | None
    verdict: Verdict | None
    because: str
    holding: str | None = None
    restricted_passing: tuple[str, ...] = ()


def choose(ladder: Sequence[Standing]) -> Choice:
    """Walk the ladder, lightest first.

    A strategy is passed over only when it is excluded, restricted, could not be run, or is shown to miss. The first
    that is none of these decides: it meets and is the candidate, or it is undecided, unmeasured, broken or blocked,
    and then nothing heavier may be named: evidence that is too thin never pushes a team upward.
    """
    passing = tuple(one.name for one in ladder if one.restricted and not one.excluded and one.state == "meets")
    for one in ladder:
        if one.excluded or one.restricted or one.state in ("misses", "not_run"):
            continue
        if one.blocked:
            return Choice(None, "insufficient_evidence", f"{one.name} is blocked: {one.blocked}", one.name, passing)
        if one.state == "meets":
            because = f"{one.name} is the lightest that meets every target on dev"
            return Choice(one.name, None, because, None, passing)
        return Choice(None, "insufficient_evidence", f"{one.name} is {_word(one)}: {one.because}", one.name, passing)
    if not any(one.excluded or one.state not in ("not_run", "failed") for one in ladder):
        return Choice(None, "insufficient_evidence", "no strategy could be measured", None, ())
    if passing:
        because = f"only strategies that may not be recommended yet meet every target: {', '.join(passing)}"
        return Choice(None, "none_meets", because, None, passing)
    if not any(one.excluded or (one.state == "misses" and not one.restricted) for one in ladder):
        waiting = ", ".join(one.name for one in ladder if one.restricted and one.state != "not_run")
        because = f"no strategy that may be recommended was measured; {waiting} may not be recommended yet"
        return Choice(None, "insufficient_evidence", because, None, ())
    return Choice(
        None, "none_meets", "every measured strategy that may be recommended is shown to miss or is ruled out", None, ()
    )


def status_on_dev(one: Standing, choice: Choice) -> tuple[Status, str]:
    """What becomes of the strategy before the sealed split: its status and the reason."""
    if one.excluded:
        return "excluded", one.excluded
    if one.state == "not_run":
        return "not_run", one.because
    if one.state == "failed":
        return "not_run", f"it was tried and broke: {one.because}"
    if one.state == "misses":
        return "misses", one.because
    if one.restricted:
        met = "meets every target, but may not be recommended" if one.state == "meets" else f"is {one.state}"
        return "restricted", f"{met}: {one.restricted}"
    if one.blocked:
        return "excluded", f"blocked until a fact is known: {one.blocked}"
    if one.state == "meets" and choice.candidate not in (None, one.name):
        return "meets", f"meets every target; {choice.candidate} is lighter and meets them too"
    if one.state == "meets" and choice.holding is not None:
        return "meets", f"meets every target, and is not named before {choice.holding}, which is lighter, is decided"
    return one.state, one.because


def _word(one: Standing) -> str:
    return "not measured (it broke)" if one.state == "failed" else one.state
