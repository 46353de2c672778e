"""The third figure: which of the guide's scenarios the task matches."""

from __future__ import annotations

from rung.decide.decision import ScenarioRow
from rung.decide.pilot_value import concentrated_high_value
from rung.decide.rules import URGENT_WEEKS, Scores
from rung.decide.sensitivity import HIGH, LOW
from rung.decide.situation import Situation

MOAT_TOKENS = 1e9
"""Least proprietary text that is called a durable moat: assumed, a billion tokens, which at 20 tokens a parameter
(Hoffmann et al. 2022, arXiv 2203.15556) trains a model of some fifty million parameters."""


def scenario_rows(situation: Situation, scores: Scores) -> tuple[ScenarioRow, ...]:
    """The three scenarios; one, several or none match, and None where a fact is unknown."""
    return _fast_launch(situation, scores), _recurring_failures(situation), _sovereign_moat(situation, scores)


def _all(*facts: bool | None) -> bool | None:
    """Three-valued and: one False is False, else one unknown is unknown."""
    if any(fact is False for fact in facts):
        return False
    return None if any(fact is None for fact in facts) else True


def _fast_launch(situation: Situation, scores: Scores) -> ScenarioRow:
    weeks, readiness = situation.task.constraints.launch_weeks, scores["data_readiness"]
    matches = _all(None if weeks is None else weeks < URGENT_WEEKS, None if readiness is None else readiness <= LOW)
    limit = (
        "no launch limit is stated (constraints.launch_weeks)" if weeks is None else f"launch within {weeks:g} weeks"
    )
    data = "data readiness is unknown" if readiness is None else f"data readiness {readiness:.1f} of 5"
    return ScenarioRow(
        f"Launch in under {URGENT_WEEKS:g} weeks with few labelled data",
        "Pre-trained + retrieval",
        "The quickest way to production with the least to build, at a quality that will do",
        matches,
        f"{limit}; {data} (limited is at most {LOW:g})",
    )


def _recurring_failures(situation: Situation) -> ScenarioRow:
    found = concentrated_high_value(situation)
    return ScenarioRow(
        "Failure classes that recur and can be measured, in high-volume domain workflows",
        "Fine-tune a pre-trained model",
        "Steadier on the errors that are known, at a lower risk than pre-training",
        found.holds,
        found.because,
    )


def _sovereign_moat(situation: Situation, scores: Scores) -> ScenarioRow:
    governance, control = scores["governance_pressure"], scores["control_requirements"]
    moat = situation.task.moat
    known = [value for value in (governance, control) if value is not None]
    hard: bool | None = True if any(value >= HIGH for value in known) else (False if len(known) == 2 else None)
    exclusive = moat.exclusive
    large = None if moat.proprietary_tokens is None else moat.proprietary_tokens >= MOAT_TOKENS
    said = {True: "yes", False: "no", None: "not stated"}[exclusive]
    words = {True: "hard constraints", False: "no hard constraint", None: "constraints not fully stated"}[hard]
    tokens = "unknown" if moat.proprietary_tokens is None else f"{moat.proprietary_tokens:,.0f}"
    return ScenarioRow(
        "Hard sovereignty or control constraints, and a data moat that lasts",
        "Train from scratch",
        "Owning the whole lifecycle pays where adapting a model cannot satisfy what must hold",
        _all(hard, exclusive, large),
        f"{words}; exclusive data: {said}; proprietary tokens: {tokens} (a moat starts at {MOAT_TOKENS:,.0f})",
    )
