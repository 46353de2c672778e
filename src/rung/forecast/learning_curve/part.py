"""The forecast for one part of the dev items: its points, its curve, and what its targets take."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Provenance, exact
from rung.forecast.learning_curve.curve import FloatArray
from rung.forecast.learning_curve.fitting import DRAWS, fitted_curves
from rung.forecast.learning_curve.held_out import held_out
from rung.forecast.learning_curve.observed import Observed
from rung.forecast.learning_curve.proxy import Moved, joined, miss, moved
from rung.forecast.learning_curve.resamples import Resamples, drawn_errors, drawn_orders, resample
from rung.forecast.learning_curve.result import (
    BandPoint,
    FittedCurve,
    PartForecast,
    Proxy,
    Refusal,
    SizePoint,
    TargetLabels,
)
from rung.forecast.learning_curve.support import points_refusal, rising_refusal, slopes
from rung.forecast.learning_curve.targets import FARTHEST, target_labels
from rung.task.task import Target

BAND_POINTS = 40
TAIL = (1 - LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a part: its segment ("" for all items), the targets, and what a label costs. `source` names the
    fits, `seed` fixes the resamples."""

    segment: str
    targets: tuple[Target, ...]
    train_items: int
    label_usd: Figure
    source: str
    seed: int
    draws: int = DRAWS


def forecast_part(observed: Observed, question: Question) -> PartForecast:
    """The forecast from the strategy's own fits; where they support none it says why."""
    empty = PartForecast(question.segment, observed.items, observed.groups, (), None, None, None, ())
    refused = points_refusal(observed)
    if refused is not None and refused.reason == "few_items":
        return replace(empty, refused=refused)
    resamples = resample(observed, draws=question.draws, rng=np.random.default_rng(question.seed))
    part = replace(empty, points=points_of(observed, resamples, question.source), refused=refused)
    if refused is not None:
        return part
    slope = slopes(observed, resamples)
    refused = rising_refusal(float(slope[0]))
    if refused is not None:
        return replace(part, refused=refused)
    curves = fitted_curves(observed, resamples)
    found = Moved(curves, np.zeros(len(curves.a)))
    return replace(
        part,
        curve=_curve(found, observed, float((slope[1:] < 0).mean()), question),
        held_out=held_out(observed, resamples, source=question.source),
        targets=_targets(found, observed, question),
    )


def forecast_by_proxy(cheap: Observed, anchors: Observed, question: Question, *, proxy: str) -> PartForecast:
    """The forecast of a strategy with the shape of `proxy`, whose fits are `cheap`, through its own at `anchors`."""
    together = joined(cheap, anchors)
    rng = np.random.default_rng(question.seed)
    errors = drawn_errors(together, question.draws, rng)
    own = len(cheap.step)
    resamples = Resamples(errors[:, :own], drawn_orders(cheap, question.draws, rng))
    at_anchors = Resamples(errors[:, own:], np.ones_like(errors[:, own:]))
    part = PartForecast(
        question.segment,
        anchors.items,
        anchors.groups,
        points_of(anchors, at_anchors, question.source),
        None,
        points_refusal(cheap),
        None,
        (),
    )
    slope = slopes(cheap, resamples)
    refused = part.refused or rising_refusal(float(slope[0]))
    if refused is not None:
        because = f"its shape would be borrowed from {proxy}, which has no curve: {refused.because}"
        return replace(part, refused=Refusal(refused.reason, because, refused.remedy))
    curves = fitted_curves(cheap, resamples)
    found = moved(curves, anchors, at_anchors.errors)
    ratio = np.exp(found.log_odds)
    source = f"{question.source}; shape of {proxy}"
    return replace(
        part,
        curve=_curve(found, cheap, float((slope[1:] < 0).mean()), replace(question, source=source)),
        targets=_targets(found, cheap, replace(question, source=source)),
        proxy=Proxy(
            strategy=proxy,
            anchors=part.points,
            odds_ratio=_told(ratio, "ratio of odds", anchors.items, source, Provenance.MODELLED),
            miss=miss(curves, anchors, at_anchors.errors, source=source),
        ),
    )


def points_of(observed: Observed, resamples: Resamples, source: str) -> tuple[SizePoint, ...]:
    """The measured error at each planned size, smallest first."""
    found = []
    for step in observed.steps:
        fits = observed.step == step
        counted, errors = resamples.counted[:, fits], resamples.errors[:, fits]
        total = counted.sum(axis=1)
        values = (counted * errors).sum(axis=1)[total > 0] / total[total > 0]
        error = _told(values, "share", observed.items, source, Provenance.MEASURED)
        found.append(SizePoint(round(observed.labels_at(step)), int(fits.sum()), error))
    return tuple(found)


def _curve(found: Moved, observed: Observed, falls: float, question: Question) -> FittedCurve:
    smallest, largest = observed.labels.min(), observed.labels.max()
    limit = FARTHEST * largest
    places = np.unique(np.append(np.geomspace(smallest, limit, BAND_POINTS), largest))
    errors = found.error_at(places)
    source, items = question.source, observed.items
    curves = found.curves

    def told(values: FloatArray, unit: str) -> Estimate:
        return _told(values, unit, items, source, Provenance.MODELLED)

    return FittedCurve(
        a=told(curves.a, "share at one label"),
        b=told(curves.b, ""),
        c=told(curves.c, "share"),
        band=tuple(
            BandPoint(float(place), told(errors[:, column], "share"), bool(place > largest))
            for column, place in enumerate(places)
        ),
        largest=round(largest),
        limit=round(limit),
        falls=exact(falls, "share", Provenance.MODELLED, source),
    )


def _targets(found: Moved, observed: Observed, question: Question) -> tuple[TargetLabels, ...]:
    return tuple(
        target_labels(
            target.name,
            target.minimum,
            found.labels_for(1.0 - target.minimum)[1:],
            smallest=float(observed.labels.min()),
            largest=float(observed.labels.max()),
            train_items=question.train_items,
            items=observed.items,
            label_usd=question.label_usd,
            source=question.source,
        )
        for target in question.targets
        if target.minimum is not None
    )


def _told(values: FloatArray, unit: str, items: int, source: str, provenance: Provenance) -> Estimate:
    """The sample's value (row 0) with the ends of the resamples."""
    low, high = (float(one) for one in np.quantile(values[1:], [TAIL, 1 - TAIL]))
    value = float(values[0])
    return Estimate(value, min(low, value), max(high, value), unit, items, provenance, source)
