"""Opens a project, injects the adapters and names the stages."""

from rung.pipeline.compare import compare_columns, compare_strategies
from rung.pipeline.create import create
from rung.pipeline.decide import decide, run_strategies
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.records import Decided, events, look, recorded

__all__ = [
    "Decided",
    "Observer",
    "Silent",
    "compare_columns",
    "compare_strategies",
    "create",
    "decide",
    "events",
    "look",
    "recorded",
    "run_strategies",
]
