"""The verdict in one line, and the reasons for it in reading order."""

from __future__ import annotations

from rung.decide.account import Account
from rung.decide.decision import Guardrail, StrategyResult
from rung.decide.guardrails import FULL_ROLLOUT
from rung.decide.words import listed


def headline(account: Account) -> str:
    """The verdict in one line."""
    chosen = account.chosen
    if account.verdict == "recommend" and chosen is not None:
        exploratory = account.confirmation is not None and account.confirmation.exploratory
        prefix = "Exploratory: " if exploratory else ""
        if chosen.card.name == account.inputs.task.current:
            return f"{prefix}Stay with {chosen.card.name}: it is the lightest that meets every target"
        return f"{prefix}Use {chosen.card.name}: the lightest that is shown to meet every target"
    if account.verdict == "none_meets":
        if account.choice.restricted_passing:
            return f"None that may be recommended meets every target; {listed(account.choice.restricted_passing)} would"
        if any(one.status == "restricted" for one in account.results):
            return "None of the measured strategies that may be recommended meets every target"
        return "None of the measured strategies meets every target"
    if chosen is not None:
        return f"Not enough evidence to confirm {chosen.card.name}"
    if account.choice.holding is not None:
        return (
            f"Not enough evidence: {account.choice.holding} is not decided, and nothing heavier is named before it is"
        )
    return "Not enough evidence to decide"


def because(account: Account) -> tuple[str, ...]:
    """The reasons in reading order; the second says for which models the verdict speaks."""
    lines = [_main_reason(account), _models(account), *_waiting(account)]
    chosen = account.chosen
    if chosen is not None:
        lines += [account.sentence(result.because) for result in chosen.sealed_targets]
    lines += _passed_over(account, chosen)
    lines += [account.sentence(rule.because) for rule in account.rules if rule.holds]
    lines += [
        f"Guardrail {one.name}: {account.sentence(one.because)}"
        for one in account.guardrails
        if one.fired and one.name != FULL_ROLLOUT and _matters(account, one)
    ]
    if account.confirmation is not None:
        lines += [
            account.sentence(f"segment {one.because}") for one in account.confirmation.segments if one.state != "kept"
        ]
    return tuple(dict.fromkeys(lines))


def _main_reason(account: Account) -> str:
    chosen, confirmation = account.chosen, account.confirmation
    if chosen is not None and confirmation is not None:
        return account.sentence(chosen.because)
    if chosen is not None:
        return account.sentence(f"{account.choice.because}, but {account.refused or 'the sealed split was not opened'}")
    return account.sentence(account.choice.because)


def _models(account: Account) -> str:
    named = ", ".join(f"{role} {name}" for role, name in sorted(account.inputs.models.items())) or "none named"
    words = f"The verdict speaks for the models measured ({named})"
    if account.inputs.stronger_model_measured:
        return f"{words}."
    return f"{words}; no stronger pre-trained model was tried."


def _passed_over(account: Account, chosen: StrategyResult | None) -> list[str]:
    """What became of each strategy up to the one that decided; of all of them when none did."""
    lines: list[str] = []
    holding = next((one for one in account.results if one.card.name == account.choice.holding), None)
    last = chosen or holding
    # What the team left out is one sentence among the limits; it was not passed over.
    left_out = {one.card.name for one in account.inputs.strategies if one.not_run == "not_chosen"}
    for one in account.results:
        if one.card.name in left_out:
            continue
        if last is not None and one.card.rank > last.card.rank:
            break
        if one is not chosen and one.card.name != account.choice.holding:
            lines.append(f"{one.card.name}: {one.status.replace('_', ' ')}. {account.sentence(one.because)}")
    return lines


def _waiting(account: Account) -> list[str]:
    """The heavier strategies that meet every target while a lighter one holds up the decision."""
    holding = account.choice.holding
    names = [one.card.name for one in account.results if one.status == "meets"]
    if holding is None or not names:
        return []
    verb = "meets" if len(names) == 1 else "meet"
    return [f"{listed(names)} {verb} every target on dev, and would be next if {holding} is shown to miss one."]


def _matters(account: Account, guardrail: Guardrail) -> bool:
    """A guardrail is a reason when it keeps back something that was measured."""
    measured = {one.card.name for one in account.results if one.metrics is not None}
    return bool(measured.intersection(guardrail.strategies))
