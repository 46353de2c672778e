"""What would more parameters, more text and more compute bring? Laws of others, and one fitted to a team's own runs."""

from rung.forecast.scaling.calculator import published_tables
from rung.forecast.scaling.fit import Fit, fit_law
from rung.forecast.scaling.forecast import scaling_forecast, too_small
from rung.forecast.scaling.hardware import Hardware
from rung.forecast.scaling.law import Law, LawDraws
from rung.forecast.scaling.plan import PlannedRun, planned_runs
from rung.forecast.scaling.result import FittedLaw, NeededLoss, Refusal, ScalingForecast, TextFacts
from rung.forecast.scaling.run import ScalingRun
from rung.forecast.scaling.texts import Texts, prepare_texts

__all__ = [
    "Fit",
    "FittedLaw",
    "Hardware",
    "Law",
    "LawDraws",
    "NeededLoss",
    "PlannedRun",
    "Refusal",
    "ScalingForecast",
    "ScalingRun",
    "TextFacts",
    "Texts",
    "fit_law",
    "planned_runs",
    "prepare_texts",
    "published_tables",
    "scaling_forecast",
    "too_small",
]
