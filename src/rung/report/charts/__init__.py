"""Charts: result values in, a specification, an SVG and its description in words out."""

from rung.report.charts.break_even import Crossing, break_even
from rung.report.charts.cash_flow import cash_flow
from rung.report.charts.drawing import Drawing
from rung.report.charts.family_bars import family_bars
from rung.report.charts.interval_rows import IntervalRow, interval_rows
from rung.report.charts.lorenz_curve import lorenz_curve
from rung.report.charts.pareto import pareto
from rung.report.charts.risk_coverage import risk_coverage
from rung.report.charts.tornado import TornadoRow, tornado
from rung.report.charts.waterfall import waterfall

__all__ = [
    "Crossing",
    "Drawing",
    "IntervalRow",
    "TornadoRow",
    "break_even",
    "cash_flow",
    "family_bars",
    "interval_rows",
    "lorenz_curve",
    "pareto",
    "risk_coverage",
    "tornado",
    "waterfall",
]
