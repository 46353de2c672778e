"""The first figure: quality, relative cost and launch speed by family."""

from __future__ import annotations

from collections.abc import Iterable

from rung.decide.decision import FamilyView
from rung.decide.directional import FAMILIES, directional
from rung.decide.evidence import StrategyEvidence
from rung.decide.situation import Situation, success_of
from rung.estimate import Estimate, Figure, Missing
from rung.strategies.contract import Family

WEEKS_PER_YEAR = 52.0


def family_views(situation: Situation, candidate: str | None) -> tuple[FamilyView, ...]:
    """One view per family, all three figures on a scale of 0 to 100.

    The candidate speaks for its own family; elsewhere it is the strategy with most task success on dev. Quality is that
    success in per cent, relative cost the year's total in per cent of the dearest among the strategies shown, launch
    speed the per cent of a year that is left once it is live (0 when none is). A figure that the team lacks is
    replaced by the published planning value, which keeps its mark.
    """
    shown = {family: _representative(situation, family, candidate) for family in FAMILIES}
    dearest = max((usd for one in shown.values() if (usd := _year_usd(one)) is not None), default=None)
    return tuple(
        FamilyView(
            family,
            None if one is None else one.card.name,
            _own_or_directional(_quality(one), family, "quality"),
            _own_or_directional(_relative_cost(one, dearest), family, "relative_cost"),
            _own_or_directional(_launch_speed(one), family, "launch_speed"),
        )
        for family, one in shown.items()
    )


def _representative(situation: Situation, family: Family, candidate: str | None) -> StrategyEvidence | None:
    measured: Iterable[StrategyEvidence] = [
        one for one in situation.inputs.ladder if one.card.family == family and success_of(one) is not None
    ]
    chosen = next((one for one in measured if one.card.name == candidate), None)
    return chosen or max(measured, key=lambda one: success_of(one) or 0.0, default=None)


def _own_or_directional(own: Figure | None, family: Family, name: str) -> Figure:
    return own if isinstance(own, Estimate) else directional(family, name)


def _scaled(figure: Estimate, factor: float, source: str) -> Estimate:
    low = None if figure.low is None else figure.low * factor
    high = None if figure.high is None else figure.high * factor
    return Estimate(figure.value * factor, low, high, "of 100", figure.n, figure.provenance, source, figure.note)


def _quality(one: StrategyEvidence | None) -> Figure | None:
    if one is None or one.metrics is None:
        return None
    success = one.metrics.overall["task_success"]
    return success if isinstance(success, Missing) else _scaled(success, 100.0, success.source)


def _year_usd(one: StrategyEvidence | None) -> float | None:
    if one is None or one.cost is None or isinstance(one.cost.total_usd, Missing):
        return None
    return one.cost.total_usd.value


def _relative_cost(one: StrategyEvidence | None, dearest: float | None) -> Figure | None:
    if one is None or one.cost is None or isinstance(one.cost.total_usd, Missing) or not dearest:
        return None
    return _scaled(one.cost.total_usd, 100.0 / dearest, f"{one.cost.total_usd.source}, over the dearest family's")


def _launch_speed(one: StrategyEvidence | None) -> Figure | None:
    if one is None or isinstance(one.weeks_to_launch, Missing):
        return None
    weeks = one.weeks_to_launch
    slowest = None if weeks.high is None else _speed(weeks.high)
    fastest = None if weeks.low is None else _speed(weeks.low)
    return Estimate(
        _speed(weeks.value), slowest, fastest, "of 100", weeks.n, weeks.provenance, weeks.source, weeks.note
    )


def _speed(weeks: float) -> float:
    return max(0.0, 100.0 * (1.0 - weeks / WEEKS_PER_YEAR))
