"""Everything that scores, rules, guardrails and constraints make of the answers, family by family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rung.decide.decision import Exclusion, Guardrail, Score
from rung.decide.directional import FAMILIES
from rung.decide.guardrails import eight_guardrails
from rung.decide.plan.adaptation import tried_by
from rung.decide.plan.answers import Answers
from rung.decide.plan.costs import least_usd
from rung.decide.plan.evidence import situation_of
from rung.decide.rules import Rule, restricted_by_rules, three_rules
from rung.decide.scenario import MOAT_TOKENS
from rung.decide.scores import by_name, six_scores
from rung.decide.situation import Situation
from rung.decide.words import number
from rung.strategies.contract import Card, Family

GOVERNANCE_CHECKS = "governance_checks_first"
_SEVERAL = ("no_scratch_because_strategic", "root_cause_first")
"""Guardrails whose reason is a list of reasons."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`blocked` has, for each family that the task's kind allows, what stands in its way; empty: nothing does."""

    answers: Answers
    situation: Situation
    scores: tuple[Score, ...]
    rules: tuple[Rule, Rule, Rule]
    guardrails: tuple[Guardrail, ...]
    excluded: tuple[Exclusion, ...]
    blocked: dict[Family, tuple[str, ...]]


def standing_of(answers: Answers, cards: Sequence[Card]) -> Standing:
    """The answers weighed; the same formulas as for a decision on measurements."""
    situation = situation_of(answers, cards)
    scores = six_scores(situation)
    rules = three_rules(situation, by_name(scores))
    guardrails = (*eight_guardrails(situation, rules[2]), _governance_checks(answers, situation))
    excluded = _excluded(situation)
    restricted: dict[str, list[str]] = {}
    for name, because in restricted_by_rules(situation, rules).items():
        restricted[name] = because.partition(": ")[2].split("; ")
    for guardrail in guardrails:
        for name in guardrail.strategies if guardrail.fired else ():
            listed = guardrail.because.split("; ") if guardrail.name in _SEVERAL else [guardrail.because]
            restricted.setdefault(name, []).extend(listed)
    lightest = {one.card.name for one in situation.inputs.ladder if one.card.family == "pretrained"}
    for one in excluded:
        if one.strategy in lightest and one.constraint == "launch_weeks":
            continue  # nothing launches sooner, so leaving it out would help nobody; the plan warns instead
        restricted.setdefault(one.strategy, []).append(f"{one.constraint}: {one.because}")
    blocked = {
        family: _of_family(family, answers, situation, restricted)
        for family in FAMILIES
        if any(one.card.family == family for one in situation.inputs.ladder)
    }
    return Standing(answers, situation, scores, rules, guardrails, excluded, blocked)


def _of_family(
    family: Family, answers: Answers, situation: Situation, restricted: dict[str, list[str]]
) -> tuple[str, ...]:
    """What stands in the way of the member that has least in its way, the lightest among equals."""
    names = [one.card.name for one in situation.inputs.ladder if one.card.family == family]
    fewest = min((_distinct(restricted.get(name, ())) for name in names), key=len)
    failed = answers.adaptation_failed and "fine_tuning" in tried_by(answers)
    if family == "fine_tuned" and failed:
        return (*fewest, "fine-tuning was tried and is said to miss the targets")
    if family == "from_scratch":
        return (*fewest, *_means(answers))
    return fewest


def _distinct(reasons: Sequence[str]) -> tuple[str, ...]:
    """Each reason once; a rule's short form of what a guardrail says in full is left out."""
    known = tuple(dict.fromkeys(reasons))
    return tuple(one for one in known if not any(one != other and other.startswith(one) for other in known))


def _means(answers: Answers) -> tuple[str, ...]:
    """What a model of one's own needs beyond rule and guardrail where adaptation is not said to have failed but ruled
    out by a choice: then only a moat that lasts makes the choice more than a wish."""
    if answers.constraints_weights != "owned":
        return ()
    gaps = []
    if not answers.moat_exclusive:
        said = "is not said to be" if answers.moat_exclusive is None else "is not"
        gaps.append(f"the data {said} the team's alone, so owned weights are no lasting edge (moat.exclusive)")
    if (answers.moat_proprietary_tokens or 0.0) < MOAT_TOKENS:
        gaps.append(f"no moat of {MOAT_TOKENS:,.0f} tokens or more is stated (moat.proprietary_tokens)")
    return tuple(gaps)


def _governance_checks(answers: Answers, situation: Situation) -> Guardrail:
    """No weight update under a strict audit without checks of trained versions, nor where they are said to lack."""
    strict = answers.constraints_audit == "strict"
    fired = answers.governance_checks is False or (strict and answers.governance_checks is None)
    if answers.governance_checks:
        because = "governance and audit checks of trained versions are said to be in place"
    elif answers.governance_checks is False:
        because = "governance and audit checks of trained versions are not in place (governance.checks)"
    else:
        because = "it is not said whether governance and audit checks of trained versions are in place"
        because += ", which a strict audit asks for (governance.checks)" if strict else " (governance.checks)"
    names = tuple(one.card.name for one in situation.inputs.ladder if one.card.updates_weights)
    return Guardrail(GOVERNANCE_CHECKS, fired, because, names if fired else ())


def _excluded(situation: Situation) -> tuple[Exclusion, ...]:
    """Constraints that are broken, the budget by the least that people cost."""
    found = [
        breach.exclusion
        for one in situation.inputs.ladder
        for breach in situation.breaches[one.card.name]
        if not breach.unknown
    ]
    budget = situation.task.constraints.budget_usd
    for one in situation.inputs.ladder:
        if budget is None or one.cost is None:
            continue
        least = least_usd(one.cost)
        if least > budget:
            because = (
                f"people alone cost at least {number(least, 'USD')} in twelve months (assumed), budget "
                f"{number(budget, 'USD')}"
            )
            found.append(Exclusion(one.card.name, "budget_usd", because))
    return tuple(found)
