"""What runs today, measured from its production log: the four metrics and the rates beside them."""

from rung.evaluate.baseline.as_metrics import metrics_of
from rung.evaluate.baseline.baseline import Baseline, CellFigures, Cohort, baseline
from rung.evaluate.baseline.source import (
    DIMENSIONS,
    CellSums,
    CohortCounts,
    CostSums,
    Dimension,
    Labour,
    Overview,
    Total,
    TraceSource,
)

__all__ = [
    "DIMENSIONS",
    "Baseline",
    "CellFigures",
    "CellSums",
    "Cohort",
    "CohortCounts",
    "CostSums",
    "Dimension",
    "Labour",
    "Overview",
    "Total",
    "TraceSource",
    "baseline",
    "metrics_of",
]
