"""The sentences of a forecast of labels, that terminal, page and document share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rung.estimate import Estimate, Figure, Missing
from rung.forecast.learning_curve import LabelsForecast, PartForecast, StrategyForecast, TargetLabels
from rung.report.figures import show, show_number, show_value, shown
from rung.report.words import sentence

TITLE = "How many labels it takes"
LARGE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what is told beside it."""

    name: str
    told: str


def lead(found: LabelsForecast) -> tuple[str, ...]:
    """The answer in a sentence for each strategy and target; or why there is none."""
    if found.refused is not None:
        return (sentence(f"No forecast: {found.refused.because}"), sentence(f"What to do: {found.refused.remedy}"))
    return tuple(told for one in found.strategies for told in _strategy(one, found.train_items))


def _strategy(one: StrategyForecast, there: int) -> list[str]:
    if one.not_run:
        return [sentence(f"{one.strategy}: not forecast, {one.not_run}")]
    told = []
    for part in one.parts:
        name = f"{one.strategy}{f', {part.segment} items' if part.segment else ''}"
        if part.refused is not None:
            told.append(sentence(f"{name}: no forecast, {part.refused.because}; {part.refused.remedy}"))
        told += [sentence(f"{name}: {_answer(target, there)}") for target in part.targets]
    return told


def _answer(target: TargetLabels, there: int) -> str:
    goal = f"task success of {show_value(target.minimum, 'share')}"
    if isinstance(target.labels, Missing):
        return f"{goal} takes {target.labels.because}; {target.labels.remedy}"
    if target.labels.value <= there:
        return (
            f"{goal} is reached within the {show_number(there)} training labels there are, at {labels(target.labels)}"
        )
    return f"{goal} takes {labels(target.labels)} in total, {labels(target.more)} more than there are"


def target_lines(target: TargetLabels) -> tuple[Line, ...]:
    """What one target takes."""
    return (
        Line("labels in total", labels(target.labels)),
        Line("more to collect", labels(target.more)),
        Line("never reached", draws(target.never)),
        Line("reached in range", f"{draws(target.within_limit)}, within ten times what was measured"),
        Line("cost of collecting", _or_why(target.cost_usd)),
    )


def curve_lines(part: PartForecast) -> tuple[Line, ...]:
    """The constants, and how the forecast did on sizes that it had not seen."""
    lines: list[Line] = []
    if part.curve is not None:
        lines += [Line("floor c", show(part.curve.c)), Line("exponent b", show(part.curve.b))]
        lines.append(Line("errors fall", draws(part.curve.falls)))
    if part.held_out is not None:
        lines += held_out_lines(part)
    if part.proxy is not None:
        lines.append(
            Line("borrowed shape", f"of {part.proxy.strategy}, odds of an error x {show(part.proxy.odds_ratio)}")
        )
        lines.append(Line("error of borrowing", _points(part.proxy.miss)))
    return tuple(lines)


def held_out_lines(part: PartForecast) -> list[Line]:
    """The curve against the last point."""
    if part.held_out is None:
        return []
    told = part.held_out
    if told.verdict == "not tried":
        return [Line("against last point", f"not tried: {told.because}")]
    return [
        Line("against last point", f"{told.verdict} it: {told.because}"),
        Line("curve missed by", _points(told.curve_miss)),
        Line("last point missed by", _points(told.last_point_miss)),
    ]


def labels(figure: Figure) -> str:
    """A number of labels, to three digits: its interval alone would show more than anybody counts."""
    if isinstance(figure, Missing):
        return _or_why(figure)
    low, high = (None if end is None else _three_digits(end) for end in (figure.low, figure.high))
    return show(replace(figure, value=_three_digits(figure.value), low=low, high=high))


def _three_digits(value: float) -> float:
    return float(round(value) if value < LARGE else f"{value:.3g}")


def draws(figure: Figure) -> str:
    """A share of the draws in words."""
    parts = shown(figure)
    return show(figure) if parts.missing else f"{parts.value} of the draws {parts.symbol} {parts.provenance}"


def _or_why(figure: Figure) -> str:
    """The figure; or why there is none, without what to do, which the first sentences say."""
    return shown(figure).note if isinstance(figure, Missing) else show(figure)


def _points(figure: Figure) -> str:
    return show(replace(figure, unit="points")) if isinstance(figure, Estimate) else show(figure)


def readings() -> tuple[str, ...]:
    """How the figures are meant."""
    return (
        "Labels are training labels; those of dev and sealed come on top and stay as they are.",
        "The band covers items, by their groups, and the choice of training items. It takes for granted that the error "
        "follows c + a n^-b and that new labels are like those there are.",
        "Beyond ten times the labels measured no number is given.",
    )


def effort(found: LabelsForecast) -> str:
    """What was fitted, and on how much."""
    sizes = ", ".join(f"{size:,}" for size in found.sizes)
    return (
        f"{found.fits_made} fits made and {found.fits_kept} reused, at {sizes} labels in up to {found.repeats} orders "
        f"of train, measured on {found.dev_items:,} dev items; {found.draws:,} resamples, seed {found.seed}."
    )
