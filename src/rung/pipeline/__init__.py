"""Opens a project, injects the adapters and names the stages.

The names below are imported when they are first asked for: a plan needs no store, and a list of models no ladder.
None of them is the name of a module here, which would take its place once it is imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rung.pipeline.compare import compare_columns, compare_strategies
    from rung.pipeline.main_job import decide, run_strategies
    from rung.pipeline.new_project import create
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

_PLACES = {
    "compare": ("compare_columns", "compare_strategies"),
    "main_job": ("decide", "run_strategies"),
    "new_project": ("create",),
    "observer": ("Observer", "Silent"),
    "records": ("Decided", "events", "look", "recorded"),
}


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
