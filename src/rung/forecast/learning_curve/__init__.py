"""How many labels would it take? Curves of the error over the number of training labels."""

from rung.forecast.learning_curve.observed import WHOLE, Observed
from rung.forecast.learning_curve.part import Question, forecast_by_proxy, forecast_part
from rung.forecast.learning_curve.result import (
    BandPoint,
    FittedCurve,
    HeldOut,
    LabelsForecast,
    PartForecast,
    Proxy,
    Refusal,
    SizePoint,
    StrategyForecast,
    TargetLabels,
)
from rung.forecast.learning_curve.subsets import beginning, nested_order, planned_sizes
from rung.forecast.learning_curve.support import dev_refusal, points_refusal

__all__ = [
    "WHOLE",
    "BandPoint",
    "FittedCurve",
    "HeldOut",
    "LabelsForecast",
    "Observed",
    "PartForecast",
    "Proxy",
    "Question",
    "Refusal",
    "SizePoint",
    "StrategyForecast",
    "TargetLabels",
    "beginning",
    "dev_refusal",
    "forecast_by_proxy",
    "forecast_part",
    "nested_order",
    "planned_sizes",
    "points_refusal",
]
