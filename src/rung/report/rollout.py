"""The rollout plan of a decision, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rung.report.figures import show_value
from rung.report.words import METRIC_TITLES, METRIC_UNITS, title_words
from rung.task.task import Metric

_SIDES = {"min": "at least", "max": "at most", "difference": "no loss beyond"}


def step_words(rollout: Mapping[str, Any]) -> str:
    """The traffic shares in order, "1% → 5% → 25%"; "" where none are planned."""
    return " → ".join(f"{step}%" for step in rollout.get("steps") or ())


def gate_words(gate: Any) -> str:
    """One gate, "Task success, edge: at least 80%; roll back". Parts that are not known by name keep theirs."""
    if not isinstance(gate, Mapping):
        return str(gate)
    rest = {str(name): value for name, value in gate.items() if value not in (None, "")}
    metric, segment = str(rest.pop("metric", "")), str(rest.pop("segment", ""))
    bound = _bound_words(metric, rest.pop("bound", ""), str(rest.pop("side", "")))
    parts = [part for part in (bound, str(rest.pop("action", ""))) if part]
    parts += [f"{title_words(name).lower()} {value}" for name, value in rest.items()]
    title = METRIC_TITLES.get(cast(Metric, metric)) or title_words(metric)
    title += f", {segment}" if title and segment else segment
    return f"{title}: {'; '.join(parts)}" if title and parts else title or "; ".join(parts)


def _bound_words(metric: str, bound: Any, side: str) -> str:
    """A number with its unit and side; anything else as it stands."""
    unit = METRIC_UNITS.get(cast(Metric, metric))
    if not isinstance(bound, float | int) or unit is None or side not in _SIDES:
        return str(bound)
    return f"{_SIDES[side]} {show_value(abs(bound), 'points') if side == 'difference' else show_value(bound, unit)}"


def gates(rollout: Mapping[str, Any]) -> tuple[str, ...]:
    """Every gate in words, in its order."""
    return tuple(gate_words(gate) for gate in rollout.get("gates") or ())
