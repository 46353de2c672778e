"""What was measured beside the four metrics: broken policies, graded scores, single fields, unjudged answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rung.decide.decision import Decision, StrategyResult
from rung.estimate import Estimate, Figure
from rung.evaluate.run import Metrics
from rung.report.figures import show
from rung.report.words import METRIC_TITLES

SCORE_TITLES: dict[str, str] = {
    "exact_match": "Exact match",
    "token_f1": "Token F1",
    "knowledge_f1": "Knowledge F1",
    "field_f1": "Field F1",
    "retrieval_recall": "Right passages retrieved",
    "label_f1": "Label F1, item by item",
    "jaccard": "Shared labels (Jaccard)",
    "micro_f1": "Label F1, all items together",
    "right_if_repaired": "Right if its form were repaired",
}
"""Names that people know; a score without one is shown under its own name."""


@dataclass(frozen=True, slots=True)
class BesideTable:
    """One table: a row per measured strategy, a column per name; a figure is None where the strategy has none."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[StrategyResult, tuple[Figure | None, ...]], ...]


def beside_tables(decision: Decision) -> tuple[BesideTable, ...]:
    """The tables that have anything to show."""
    tables = (
        _table(
            decision,
            "Declared policies",
            "How often each was broken, over all answers; policies are never averaged into success.",
            lambda metrics: metrics.policies,
        ),
        _table(
            decision,
            "Graded scores",
            "Means from 0 to 1. A target is held against task success, never against one of these.",
            lambda metrics: metrics.scores,
        ),
        _table(
            decision,
            "Fields",
            "How often each is right, among the items that have it or answers that give it.",
            lambda metrics: metrics.fields,
        ),
    )
    return tuple(one for one in tables if one.columns)


def production_sentences(decision: Decision) -> tuple[str, ...]:
    """The four metrics of what runs today, where its log is the system to beat."""
    return tuple(f"{METRIC_TITLES[name]}: {show(figure)}" for name, figure in decision.production.items())


def unscored_sentences(decision: Decision) -> tuple[str, ...]:
    """A sentence for each strategy with answers that could not be judged."""
    return tuple(
        f"{one.card.name}: {one.metrics.unscored} answers could not be judged; they are in no rate."
        for one in decision.strategies
        if one.metrics is not None and one.metrics.unscored
    )


def broken_policies(decision: Decision) -> tuple[str, ...]:
    """A sentence for each policy that a strategy was seen to break."""
    return tuple(
        f"{one.card.name} breaks {name}: {show(rate)}"
        for one in decision.strategies
        if one.metrics is not None
        for name, rate in one.metrics.policies.items()
        if isinstance(rate, Estimate) and rate.value > 0
    )


def _table(decision: Decision, title: str, note: str, part: Callable[[Metrics], Mapping[str, Figure]]) -> BesideTable:
    measured = [(one, part(one.metrics)) for one in decision.strategies if one.metrics is not None]
    names = tuple(dict.fromkeys(name for _, found in measured for name in found))
    rows = tuple((one, tuple(found.get(name) for name in names)) for one, found in measured)
    return BesideTable(title, note, tuple(_title(name) for name in names), rows)


def _title(name: str) -> str:
    return SCORE_TITLES.get(name, name)
