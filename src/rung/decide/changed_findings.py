"""What two decisions found differently: strategies, figures, scores, guardrails, exclusions.

Two estimates differ when the interval of their difference excludes zero; a change inside it is told as one that the
data cannot tell from none.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from rung.decide.change import Change, ChangeKind, names_of_both
from rung.decide.decision import Decision, Score, StrategyResult, TargetResult
from rung.decide.words import METRIC_WORDS, listed, say
from rung.estimate import Estimate, Figure, Missing


def found_otherwise(before: Decision, after: Decision) -> Iterator[Change]:
    """Everything that `after` found in another way than `before`."""
    yield from _strategies(before, after)
    yield from _figures(before, after)
    yield from _scores(before.scores, after.scores)
    yield from _guardrails(before, after)
    yield from _excluded(before, after)


def difference_interval(before: Estimate, after: Estimate) -> tuple[float, float] | None:
    """The interval of `after` less `before` from the two intervals; None where an end is not bounded.

    Zou and Donner (2008), Statistics in Medicine 27:1693, the method of variance estimates recovery for independent
    estimates. Two decisions on the same items vary together, and the true interval is then narrower: a change that
    this one tells apart is one, and the level of the result is that of its two inputs.
    """
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return None
    moved = after.value - before.value
    low = moved - hypot(after.value - after.low, before.high - before.value)
    high = moved + hypot(after.high - after.value, before.value - before.low)
    return low, high


def _strategies(before: Decision, after: Decision) -> Iterator[Change]:
    """What became of each, and each target that another word is said of now."""
    old, new = _by_name(before), _by_name(after)
    for name in names_of_both(old, new):
        if name not in old or name not in new:
            word = "new on the ladder" if name in new else "no longer on the ladder"
            yield Change("strategies", name, "", "", f"{name} is {word}.")
            continue
        first, second = old[name].status.replace("_", " "), new[name].status.replace("_", " ")
        if first != second:
            sentence = f"{name} was {first} and is {second}: {new[name].because.rstrip('.')}."
            yield Change("strategies", name, first, second, sentence)
        yield from _states(name, "on dev", old[name].targets, new[name].targets)
        yield from _states(name, "on the sealed split", old[name].sealed_targets, new[name].sealed_targets)


def _states(
    name: str, where: str, before: tuple[TargetResult, ...], after: tuple[TargetResult, ...]
) -> Iterator[Change]:
    old = {one.target.name: one for one in before}
    for result in after:
        known = old.get(result.target.name)
        if known is not None and known.state != result.state:
            sentence = f"{name} {where}, {result.target.name}: {known.state} became {result.state}; {result.because}."
            yield Change("strategies", f"{name}, {result.target.name}", known.state, result.state, sentence)


def _figures(before: Decision, after: Decision) -> Iterator[Change]:
    """The four metrics on dev and on the sealed split, the twelve-month cost, and what the log shows of today."""
    old, new = _by_name(before), _by_name(after)
    for name in names_of_both(old, new):
        if name in old and name in new:
            a, b = old[name], new[name]
            for where, first, second in (("dev", a.metrics, b.metrics), ("sealed", a.sealed_metrics, b.sealed_metrics)):
                if first is not None and second is not None:
                    for metric in names_of_both(first.overall, second.overall):
                        what = f"{METRIC_WORDS[metric]} of {name} on {where}"
                        yield from _moved("metrics", what, first.overall.get(metric), second.overall.get(metric))
            if a.cost is not None and b.cost is not None:
                yield from _moved("costs", f"twelve-month cost of {name}", a.cost.total_usd, b.cost.total_usd)
                yield from _moved("costs", f"twelve-month cost of {name} at P90", a.cost.p90_usd, b.cost.p90_usd)
    for metric in names_of_both(before.production, after.production):
        what = f"{METRIC_WORDS[metric]} of what runs today"
        yield from _moved("metrics", what, before.production.get(metric), after.production.get(metric))


def _moved(kind: ChangeKind, what: str, before: Figure | None, after: Figure | None) -> Iterator[Change]:
    """One figure, where its value, or whether it is known, or where it comes from is not as it was."""
    if isinstance(before, Estimate) and isinstance(after, Estimate):
        first, second = say(before), say(after)
        if before.value == after.value:
            if before.provenance != after.provenance:
                sentence = f"The {what} is {after.provenance.word} now, and was {before.provenance.word}: {second}."
                yield Change(kind, what, first, second, sentence)
            return
        ends = difference_interval(before, after)
        within = ends is not None and ends[0] <= 0 <= ends[1]
        end = (
            "; an end of an interval is not bounded, so it cannot be told whether this is more than chance"
            if ends is None
            else "; that is within the intervals of the two"
            if within
            else "; that is beyond the intervals of the two"
        )
        yield Change(kind, what, first, second, f"The {what} was {first} and is {second}{end}.", within)
    elif isinstance(before, Estimate) and isinstance(after, Missing):
        yield Change(kind, what, say(before), "", f"The {what} was {say(before)} and is {say(after)} now.")
    elif isinstance(after, Estimate) and isinstance(before, Missing):
        yield Change(kind, what, "", say(after), f"The {what} was {say(before)} and is known now: {say(after)}.")


def _scores(before: tuple[Score, ...], after: tuple[Score, ...]) -> Iterator[Change]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    for name in names_of_both(old, new):
        first, second = (_points(one.get(name)) for one in (old, new))
        if first != second:
            why = f": {new[name].because.rstrip('.')}" if name in new else ""
            what = name.replace("_", " ")
            yield Change("scores", what, first, second, f"The score {what} was {first} and is {second}{why}.")


def _points(score: Score | None) -> str:
    return "not given" if score is None or score.score is None else f"{score.score:.1f} of 5"


def _guardrails(before: Decision, after: Decision) -> Iterator[Change]:
    old, new = ({one.name: one for one in decision.guardrails} for decision in (before, after))
    for name in names_of_both(old, new):
        first, second = (name in one and one[name].fired for one in (old, new))
        words = {True: "fired", False: "quiet"}
        because = new[name].because.rstrip(".") if name in new else "it is no longer asked"
        if first != second:
            sentence = f"The guardrail {name} was {words[first]} and is {words[second]}: {because}."
            yield Change("guardrails", name, words[first], words[second], sentence)
        elif first and set(old[name].strategies) != set(new[name].strategies):
            held = [listed(one[name].strategies) or "nothing" for one in (old, new)]
            sentence = f"The guardrail {name} held back {held[0]} and holds back {held[1]}."
            yield Change("guardrails", name, held[0], held[1], sentence)


def _excluded(before: Decision, after: Decision) -> Iterator[Change]:
    old, new = ({(one.strategy, one.constraint): one for one in decision.excluded} for decision in (before, after))
    for key in names_of_both(old, new):
        strategy, constraint = key
        if key not in old:
            because = new[key].because.rstrip(".")
            yield Change(
                "excluded", strategy, "", constraint, f"{strategy} is excluded now by {constraint}: {because}."
            )
        elif key not in new:
            yield Change("excluded", strategy, constraint, "", f"{strategy} is no longer excluded by {constraint}.")


def _by_name(decision: Decision) -> dict[str, StrategyResult]:
    return {one.card.name: one for one in decision.strategies}
