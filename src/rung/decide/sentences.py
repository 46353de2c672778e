"""What the decision says: headline, reasons, what flips it, what to measure next, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.candidate import Choice
from rung.decide.decision import Guardrail, StrategyResult, TargetResult, Verdict
from rung.decide.evidence import DevEvidence
from rung.decide.guardrails import FULL_ROLLOUT
from rung.decide.rules import Rule
from rung.decide.sealed import Confirmation
from rung.decide.situation import Situation
from rung.decide.words import METRIC_WORDS, UNIT_OF, listed, number, say
from rung.estimate import Estimate, Missing, Provenance


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that the sentences are made from. `results` lightest first."""

    inputs: DevEvidence
    situation: Situation
    choice: Choice
    restricted: dict[str, str]
    rules: tuple[Rule, Rule, Rule]
    guardrails: tuple[Guardrail, ...]
    results: tuple[StrategyResult, ...]
    verdict: Verdict
    confirmation: Confirmation | None
    refused: str

    @property
    def chosen(self) -> StrategyResult | None:
        """The candidate's result, or None."""
        return next((one for one in self.results if one.card.name == self.choice.candidate), None)


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
        return "None of the measured strategies meets every target"
    if chosen is not None:
        return f"Not enough evidence to confirm {chosen.card.name}"
    if account.choice.holding is not None:
        return f"Not enough evidence: {account.choice.holding} is lighter than what might do, and is not decided"
    return "Not enough evidence to decide"


def because(account: Account) -> tuple[str, ...]:
    """The reasons in reading order; the second says for which models the verdict speaks."""
    lines = [_main_reason(account), _models(account)]
    chosen = account.chosen
    if chosen is not None:
        lines += [_sentence(result.because) for result in chosen.sealed_targets]
    lines += _passed_over(account, chosen)
    lines += [_sentence(rule.because) for rule in account.rules if rule.holds]
    lines += [
        f"Guardrail {one.name}: {_sentence(one.because)}"
        for one in account.guardrails
        if one.fired and one.name != FULL_ROLLOUT and _matters(account, one)
    ]
    if account.confirmation is not None:
        lines += [_sentence(f"segment {one.because}") for one in account.confirmation.segments if one.state != "kept"]
    return tuple(dict.fromkeys(lines))


def flips_when(account: Account) -> tuple[str, ...]:
    """Thresholds at which the verdict would be another, in the unit of what is moved."""
    lines: list[str] = []
    chosen = account.chosen
    if chosen is not None:
        lines += [_breaks(chosen.card.name, result) for result in chosen.sealed_targets or chosen.targets]
        lines += _constraint_flips(chosen)
    for one in account.results:
        if one is chosen or one.status not in ("misses", "restricted"):
            continue
        if chosen is not None and one.card.rank >= chosen.card.rank:
            continue
        if one.status == "restricted" and all(result.state == "meets" for result in one.targets):
            lines.append(
                _sentence(f"to {one.card.name} when it may be recommended: {account.restricted[one.card.name]}")
            )
        else:
            lines.append(_relaxed(one))
    return tuple(line for line in dict.fromkeys(lines) if line)


def measure_next(account: Account) -> tuple[str, ...]:
    """What to measure or state next, most useful first; a stronger pre-trained model leads if none was measured."""
    lines: list[str] = []
    if not account.inputs.stronger_model_measured:
        lines.append(
            "A stronger pre-trained model behind the same prompts (models.generator with base_url and model): none was "
            "measured, and it might do with a lighter strategy."
        )
    if account.refused:
        lines.append(_sentence(f"a fresh sealed split: {account.refused}"))
    if account.confirmation is not None:
        lines += [_sentence(one) for one in account.confirmation.collect]
    lines += _holding_needs(account)
    if account.verdict == "none_meets":
        lines += [
            _sentence(f"what would let {name} be recommended: {account.restricted[name]}")
            for name in account.choice.restricted_passing
        ]
    if account.confirmation is not None and account.confirmation.undecided_segments:
        names = listed(account.confirmation.undecided_segments)
        lines.append(f"More {names} items: a loss against what runs today can be neither shown nor ruled out there.")
    if account.verdict == "recommend" and any(one.name == FULL_ROLLOUT and one.fired for one in account.guardrails):
        lines.append("Production traffic behind the rollout's gates, before the last step.")
    return tuple(dict.fromkeys(lines))


def limits(account: Account) -> tuple[str, ...]:
    """What this decision cannot tell."""
    lines = [*account.inputs.summary.notes, *account.inputs.notes]
    lines += _unresolved(account)
    machine = account.inputs.task.constraints.machine
    modelled = any(
        isinstance(result.figure, Estimate) and result.figure.provenance is Provenance.MODELLED
        for one in account.results
        for result in one.targets
        if result.target.metric == "latency_p95_ms"
    )
    if modelled:
        where = f"on {machine}, the task's machine" if machine else "on a machine that constraints.machine names"
        lines.append(f"Latency was measured on {account.inputs.machine}, not {where}: it enters as modelled.")
    left_out = [one.card.name for one in account.inputs.ladder if one.not_run == "not_chosen"]
    if left_out:
        lines.append(f"Left out by rung.yaml, so never compared: {listed(left_out)}.")
    costs = [one.cost.total_usd for one in account.results if one.cost is not None]
    if any(isinstance(cost, Estimate) and cost.provenance <= Provenance.ASSUMED for cost in costs):
        lines.append("Twelve-month costs rest on assumed effort and prices; read them as ranges, not as quotes.")
    if account.confirmation is not None and account.confirmation.exploratory:
        lines.append(
            "Targets were changed after the sealed split had been opened: its result explores, it does not confirm."
        )
    return tuple(dict.fromkeys(lines))


def _sentence(text: str) -> str:
    text = text.strip()
    start = text[:1].upper() + text[1:] if text.split(" ", 1)[0].isalpha() and text[:1].islower() else text
    return start if start.endswith((".", "?")) else f"{start}."


def _main_reason(account: Account) -> str:
    chosen, confirmation = account.chosen, account.confirmation
    if chosen is not None and confirmation is not None:
        return _sentence(chosen.because)
    if chosen is not None:
        return _sentence(f"{account.choice.because}, but {account.refused or 'the sealed split was not opened'}")
    return _sentence(account.choice.because)


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
    for one in account.results:
        if last is not None and one.card.rank > last.card.rank:
            break
        if one is not chosen and one.card.name != account.choice.holding:
            lines.append(f"{one.card.name}: {one.status.replace('_', ' ')}. {_sentence(one.because)}")
    return lines


def _matters(account: Account, guardrail: Guardrail) -> bool:
    """A guardrail is a reason when it keeps back something that was measured."""
    measured = {one.card.name for one in account.results if one.metrics is not None}
    return bool(measured.intersection(guardrail.strategies))


def _breaks(name: str, result: TargetResult) -> str:
    figure, target = result.figure, result.target
    if result.state != "meets" or isinstance(figure, Missing):
        return ""
    end = figure.low if target.minimum is not None else figure.high
    if end is None:
        return ""
    move = "rises above" if target.minimum is not None else "falls below"
    side = "min" if target.minimum is not None else "max"
    bound = number(end, UNIT_OF[target.metric])
    return f"Away from {name} when targets.{target.name}.{side} {move} {bound} ({figure.provenance.word})."


def _constraint_flips(chosen: StrategyResult) -> list[str]:
    lines, name = [], chosen.card.name
    cost, weeks = chosen.cost, chosen.weeks_to_launch
    if cost is not None and isinstance(cost.p90_usd, Estimate):
        lines.append(f"Away from {name} when the twelve-month budget falls below {say(cost.p90_usd)}.")
    if isinstance(weeks, Estimate) and weeks.high is not None:
        word = weeks.provenance.word
        lines.append(f"Away from {name} when it must launch in less than {weeks.high:.1f} weeks ({word}).")
    return lines


def _relaxed(one: StrategyResult) -> str:
    """The bounds at which a strategy that misses would meet; "" when one of them cannot be told."""
    parts = []
    for result in one.targets:
        if result.state == "meets":
            continue
        figure, target = result.figure, result.target
        end = None if isinstance(figure, Missing) else (figure.low if target.minimum is not None else figure.high)
        if end is None or isinstance(figure, Missing):
            return ""
        move = "falls to" if target.minimum is not None else "rises to"
        side = "min" if target.minimum is not None else "max"
        bound = number(end, UNIT_OF[target.metric])
        parts.append(f"targets.{target.name}.{side} {move} {bound} ({figure.provenance.word})")
    return f"To {one.card.name} when {' and '.join(parts)}." if parts else ""


def _holding_needs(account: Account) -> list[str]:
    holding = next((one for one in account.results if one.card.name == account.choice.holding), None)
    if holding is None:
        return []
    lines = []
    for result in holding.targets:
        what = METRIC_WORDS[result.target.metric]
        if result.state == "undecided" and result.items_needed is not None:
            lines.append(
                f"About {result.items_needed:,} dev items in all to decide {result.target.name} of {holding.card.name}."
            )
        elif result.state == "unmeasured" and isinstance(result.figure, Missing):
            remedy = result.figure.remedy or result.figure.because
            lines.append(_sentence(f"the {what} of {holding.card.name}: {remedy}"))
        elif result.state == "undecided":
            lines.append(_sentence(result.because))
    blocked = account.situation.breaches.get(holding.card.name, ())
    lines += [_sentence(f"{one.exclusion.constraint}: {one.exclusion.because}") for one in blocked if one.unknown]
    return lines or [_sentence(account.choice.because)]


def _unresolved(account: Account) -> list[str]:
    lines = []
    for one in account.results:
        comparison = one.against_lighter
        if comparison is None or isinstance(comparison.difference, Missing):
            continue
        low, high = comparison.difference.low, comparison.difference.high
        if low is None or high is None or low <= 0.0 <= high:
            ends = "not bounded" if low is None or high is None else f"{low:+.2f} to {high:+.2f}"
            need = "" if comparison.items_needed is None else f"; about {comparison.items_needed:,} items would"
            lines.append(
                f"These items cannot tell {comparison.challenger} from {comparison.baseline}: "
                f"{comparison.difference.value:+.2f} ({ends}, {comparison.difference.provenance.word}){need}."
            )
    return lines
