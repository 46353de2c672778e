"""The grid that terminal, Markdown and page share: every strategy against every target."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.decision import Decision, StrategyResult, TargetResult, TargetState
from rung.estimate import Figure
from rung.evaluate.run import Comparison
from rung.report.figures import show, show_bound
from rung.report.words import METRIC_TITLES
from rung.task.task import Metric, Target


@dataclass(frozen=True, slots=True)
class Column:
    """A target, or a metric of the four that has none (`target` None)."""

    metric: Metric
    target: Target | None

    @property
    def title(self) -> str:
        """The metric's name, with its segment where the target has one."""
        segment = self.target.segment if self.target else None
        return METRIC_TITLES[self.metric] + (f", {segment}" if segment else "")

    @property
    def bound(self) -> str:
        """The target in words, or that there is none."""
        return show_bound(self.target) if self.target else "no target set"


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy in one column. `state` is None where no target is set; `figure` None where it was not run."""

    state: TargetState | None
    figure: Figure | None
    because: str
    items_needed: int | None


def columns(decision: Decision) -> tuple[Column, ...]:
    """Every target in its order, then the primary metrics that no overall target speaks of."""
    covered = {target.metric for target in decision.targets if target.segment is None}
    return (
        *(Column(target.metric, target) for target in decision.targets),
        *(Column(metric, None) for metric in decision.primary_metrics if metric not in covered),
    )


def primary_columns(decision: Decision) -> tuple[Column, ...]:
    """One column for each of the primary metrics over all requests, in their order."""
    overall = {column.metric: column for column in columns(decision) if not (column.target and column.target.segment)}
    return tuple(overall[metric] for metric in decision.primary_metrics)


def cell(result: StrategyResult, column: Column, *, sealed: bool = False) -> Cell:
    """What is known of the strategy in this column, on dev or on the sealed split."""
    metrics = result.sealed_metrics if sealed else result.metrics
    if column.target is not None:
        judged = _judged(result.sealed_targets if sealed else result.targets, column.target)
        if judged is not None:
            return Cell(judged.state, judged.figure, judged.because, judged.items_needed)
    if metrics is None:
        return Cell(None, None, "not run", None)
    return Cell(None, metrics.overall.get(column.metric), "", None)


def _judged(results: tuple[TargetResult, ...], target: Target) -> TargetResult | None:
    return next((result for result in results if result.target == target), None)


def told_apart(comparison: Comparison) -> bool | None:
    """Whether the interval of the difference excludes zero; None when it is unknown or unbounded."""
    low, high = getattr(comparison.difference, "low", None), getattr(comparison.difference, "high", None)
    if low is None or high is None:
        return None
    return bool(low > 0 or high < 0)


def comparison_sentence(comparison: Comparison) -> str:
    """What the comparison settles, and what it cannot settle at this size."""
    difference = show(comparison.difference, difference=True)
    pair = f"{comparison.challenger} against {comparison.baseline}"
    apart = told_apart(comparison)
    if apart is None:
        return f"{pair}: {difference}."
    if apart:
        return f"{pair}: {difference}; the interval excludes zero, for this pair taken alone."
    needed = (
        f"; about {comparison.items_needed:,} items would resolve a difference of this size"
        if comparison.items_needed
        else ""
    )
    return f"{pair}: {difference}; these items cannot tell the two apart{needed}."


def part_names(decision: Decision) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The segments and the flows that any strategy was measured on, in the order first met."""
    segments: dict[str, None] = {}
    flows: dict[str, None] = {}
    for result in decision.strategies:
        if result.metrics is not None:
            segments.update(dict.fromkeys(result.metrics.by_segment))
            flows.update(dict.fromkeys(result.metrics.by_flow))
    return tuple(segments), tuple(flows)
