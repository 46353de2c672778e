"""The page that a decision is signed on: what, why, for what money, at what risk, what comes next, what reopens it.

Everything on it is picked from the record, in an order of its own; nothing is computed. What a list leaves out is
counted, and stands in full among the evidence behind the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.decision import Decision, Guardrail, StrategyResult, TargetResult, TargetState
from rung.economics.costs import AnnualCost, LineItem
from rung.estimate import Estimate, Figure, Provenance
from rung.report import rollout, table
from rung.report.figures import show, show_number, show_value
from rung.report.triggers import DATES, trigger_sentences
from rung.report.words import METRIC_TITLES, STATUSES, sentence, title_words

REASONS_SHOWN = 4
RISKS_SHOWN = 5
STEPS_SHOWN = 3
REOPENS_SHOWN = 3
GUARDRAILS_SHOWN = 2
SIGNATURES = ("Head of engineering", "Head of finance")


@dataclass(frozen=True, slots=True)
class CostLine:
    """One amount to be signed: what it is, the figure, and what it is held against ("" and None: nothing)."""

    what: str
    figure: Figure
    against: str = ""
    state: TargetState | None = None


@dataclass(frozen=True, slots=True)
class OnePage:
    """The lists of the page, in reading order; `..._left` counts what each leaves to the evidence.

    `subject` is the strategy that is recommended or still in question; None when there is none. `cost_note` says what
    the amounts are for, or why there are none.
    """

    subject: StrategyResult | None
    reasons: tuple[str, ...]
    reasons_left: int
    cost: tuple[CostLine, ...]
    cost_note: str
    risks: tuple[str, ...]
    risks_left: int
    steps: tuple[str, ...]
    steps_left: int
    reopens: tuple[str, ...]
    reopens_left: int
    signatures: tuple[str, ...] = SIGNATURES


def one_page(decision: Decision) -> OnePage:
    """The page of this decision."""
    subject = subject_of(decision)
    reasons, reasons_left = _reasons(decision, subject)
    risks = _risks(decision, subject)
    steps = _steps(decision)
    reopens = _reopens(decision)
    return OnePage(
        subject=subject,
        reasons=reasons,
        reasons_left=reasons_left,
        cost=_cost(decision, subject),
        cost_note=_cost_note(decision, subject),
        risks=risks[:RISKS_SHOWN],
        risks_left=max(len(risks) - RISKS_SHOWN, 0),
        steps=steps[:STEPS_SHOWN],
        steps_left=max(len(steps) - STEPS_SHOWN, 0),
        reopens=reopens[:REOPENS_SHOWN],
        reopens_left=max(len(reopens) - REOPENS_SHOWN, 0),
    )


def subject_of(decision: Decision) -> StrategyResult | None:
    """The recommended strategy, or the lightest one that is still in question; None when every one is ruled out."""
    if decision.verdict == "none_meets":
        return None
    if decision.strategy is not None:
        return next((one for one in decision.strategies if one.card.name == decision.strategy), None)
    waiting = (
        one
        for one in decision.strategies
        if one.metrics is not None
        and (one.status in ("failed_sealed", "undecided", "unmeasured") or (one.status == "meets" and one.confirmation))
    )
    return next(waiting, None)


def left_words(count: int, what: str) -> str:
    """`and 3 more reasons among the evidence`; "" for none."""
    return f"and {count} more {what}{'' if count == 1 else 's'} among the evidence" if count else ""


def _reasons(decision: Decision, subject: StrategyResult | None) -> tuple[tuple[str, ...], int]:
    """All of them where they are few; else the first two, the sealed targets in one, and who was passed over."""
    given = decision.because
    if len(given) <= REASONS_SHOWN:
        return given, 0
    found = [*given[:2], _sealed_reason(subject), _passed_over(decision, subject)]
    told = [one for one in found if one]
    told += [one for one in given[2:] if one not in told][: REASONS_SHOWN - len(told)]
    return tuple(told), sum(one not in told for one in given)


def _sealed_reason(subject: StrategyResult | None) -> str:
    """How many targets hold there, and what becomes of each other one; the figures stand among the evidence."""
    if subject is None or not subject.sealed_targets:
        return ""
    results = subject.sealed_targets
    held = sum(one.state == "meets" for one in results)
    others = [f"{_named(one)} {one.state}" for one in results if one.state != "meets"]
    count = "every target holds" if held == len(results) else f"{held} of {len(results)} targets hold"
    return f"On the sealed split {'; '.join([count, *others])}."


def _named(result: TargetResult) -> str:
    return table.Column(result.target.metric, result.target).title.lower()


def _passed_over(decision: Decision, subject: StrategyResult | None) -> str:
    """The lighter strategies (all that were tried where none is in question) by what became of them."""
    by_status: dict[str, list[str]] = {}
    for one in decision.strategies:
        lighter = subject is None or one.card.rank < subject.card.rank
        if lighter and one is not subject and one.metrics is not None:
            by_status.setdefault(STATUSES[one.status].word, []).append(one.card.name)
    told = "; ".join(f"{', '.join(names)}: {word}" for word, names in by_status.items())
    head = "Every strategy that was measured" if subject is None else "What is lighter"
    return f"{head}: {told}." if told else ""


def _cost(decision: Decision, subject: StrategyResult | None) -> tuple[CostLine, ...]:
    lines = [] if subject is None else _amounts(decision, subject, subject.card.title, budget=True)
    lines += [] if subject is None else _standing(decision, subject)
    current = next((one for one in decision.strategies if one.card.name == decision.current), None)
    if current is not None and current is not subject:
        lines += [
            one
            for one in _amounts(decision, current, "what runs today", budget=False)
            if isinstance(one.figure, Estimate)
        ]
    if "cost_per_success_usd" in decision.production:
        figure = decision.production["cost_per_success_usd"]
        lines.append(CostLine(f"{METRIC_TITLES['cost_per_success_usd']}, what runs today", figure))
    return tuple(lines)


def _standing(decision: Decision, subject: StrategyResult) -> list[CostLine]:
    """How likely it meets every target and the cost at once, by the draws; empty in records of earlier versions."""
    standings = () if decision.cost_analysis is None else decision.cost_analysis.standings
    return [
        CostLine(f"Meets every target at once on dev, {subject.card.title}", one.meets_all)
        for one in standings
        if one.strategy == subject.card.name and isinstance(one.meets_all, Estimate)
    ]


def _amounts(decision: Decision, one: StrategyResult, who: str, *, budget: bool) -> list[CostLine]:
    """The total of the horizon and its P90 against the budget, then the cost of one success against its target."""
    lines = []
    if one.cost is not None:
        months = f"{show_number(one.cost.months)} months"
        lines.append(CostLine(f"Total of {months}, {who}", one.cost.total_usd))
        limit = None if decision.constraints is None else decision.constraints.budget_usd
        if limit is not None and budget:
            lines.append(CostLine(f"P90 of {months}, {who}", one.cost.p90_usd, f"budget {show_value(limit, 'USD')}"))
    column = next((c for c in table.primary_columns(decision) if c.metric == "cost_per_success_usd"), None)
    found = None if column is None else table.cell(one, column)
    if column is not None and found is not None and found.figure is not None:
        lines.append(CostLine(f"{column.title}, {who}", found.figure, column.bound, found.state))
    return lines


def _cost_note(decision: Decision, subject: StrategyResult | None) -> str:
    if subject is None:
        return "Nothing is recommended, so there is no new spending to approve."
    if decision.verdict != "recommend":
        return f"Not to be approved yet: what {subject.card.name} would cost if it were confirmed."
    return "" if subject.cost is not None else "It was not priced."


def _risks(decision: Decision, subject: StrategyResult | None) -> tuple[str, ...]:
    found = [f"Exploratory: {decision.sealed.because}"] if decision.sealed.exploratory else []
    if subject is not None:
        results = [*subject.sealed_targets, *subject.targets]
        found += [
            f"{_named(one).capitalize()} {one.state}: {sentence(one.because)}"
            for one in results
            if one.state != "meets"
        ]
    fired = [one for one in decision.guardrails if one.fired]
    fired.sort(key=lambda one: bool(one.strategies) and (subject is None or subject.card.name not in one.strategies))
    found += [_guardrail(one) for one in fired[:GUARDRAILS_SHOWN]]
    if subject is not None and subject.cost is not None:
        found += _cost_risks(subject.cost)
    found += decision.limits
    found += [_guardrail(one) for one in fired[GUARDRAILS_SHOWN:]]
    return tuple(dict.fromkeys(found))


def _guardrail(one: Guardrail) -> str:
    held = f" Holds back {', '.join(one.strategies)}." if one.strategies else ""
    return f"Guardrail, {title_words(one.name).lower()}: {sentence(one.because)}{held}"


def _cost_risks(cost: AnnualCost) -> list[str]:
    """The line item whose interval is the widest, which dominates the uncertainty; and what no one has priced."""
    found = []
    item = max(cost.items, key=_width, default=None)
    if item is not None and _width(item) > 0 and isinstance(item.usd, Estimate):
        least_sure = "" if item.usd.provenance >= Provenance.MEASURED else ", and it is not measured"
        name = title_words(item.name).lower()
        found.append(f"The widest part of the cost is {name}{least_sure}: {show(item.usd)}; {sentence(item.how)}")
    if cost.unknown:
        found.append(f"Not in the cost, because it is unknown: {', '.join(cost.unknown)}.")
    return found


def _width(item: LineItem) -> float:
    """From the low to the high end in USD; 0 where an end is not known."""
    low, high = getattr(item.usd, "low", None), getattr(item.usd, "high", None)
    return 0.0 if low is None or high is None else high - low


def _steps(decision: Decision) -> tuple[str, ...]:
    found: list[str] = []
    planned = rollout.step_words(decision.rollout)
    if decision.verdict == "recommend" and planned:
        gates = len(rollout.gates(decision.rollout))
        behind = f", each behind {gates} gate{'' if gates == 1 else 's'}" if gates else ""
        found.append(f"Roll out at {planned} of traffic{behind}.")
    found += decision.measure_next
    if decision.verdict != "recommend" and decision.next_stage:
        found.append(f"The stage after this one: {sentence(decision.next_stage)}")
    return tuple(found)


def _reopens(decision: Decision) -> tuple[str, ...]:
    """The gates of the rollout close the part that the page has room for."""
    gates = len(rollout.gates(decision.rollout)) if decision.verdict == "recommend" else 0
    flips = (*trigger_sentences(decision, *DATES), *decision.flips_when)
    if not gates:
        return flips
    broken = (
        "The gate of the rollout is broken." if gates == 1 else f"One of the {gates} gates of the rollout is broken."
    )
    room = REOPENS_SHOWN - 1
    return (*flips[:room], broken, *flips[room:])
