"""Charts: result values in, a specification, an SVG and its description in words out."""

from rung.report.charts.drawing import Drawing
from rung.report.charts.family_bars import family_bars
from rung.report.charts.interval_rows import IntervalRow, interval_rows
from rung.report.charts.lorenz_curve import lorenz_curve
from rung.report.charts.pareto import pareto
from rung.report.charts.risk_coverage import risk_coverage

__all__ = ["Drawing", "IntervalRow", "family_bars", "interval_rows", "lorenz_curve", "pareto", "risk_coverage"]
