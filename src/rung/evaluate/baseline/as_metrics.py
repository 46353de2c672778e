"""The baseline in the form in which strategies are measured."""

from __future__ import annotations

from rung.estimate import Figure
from rung.evaluate.baseline.baseline import Baseline
from rung.evaluate.run import Metrics
from rung.task.task import SEGMENTS, Metric


def metrics_of(found: Baseline) -> Metrics:
    """The four metrics of what runs today: overall, by the segments that rung knows, and by flow."""
    parts = {cell.name: dict(cell.metrics) for cell in found.cells.get("segment", ())}
    segments: dict[str, dict[Metric, Figure]] = {name: parts[name] for name in SEGMENTS if name in parts}
    flows = {cell.name: dict(cell.metrics) for cell in found.cells.get("flow", ()) if cell.name}
    return Metrics(overall=dict(found.overall.metrics), by_segment=segments, by_flow=flows)
