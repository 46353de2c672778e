"""The rollout plan of a decision, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rung.report.words import METRIC_TITLES, title_words
from rung.task.task import Metric


def step_words(rollout: Mapping[str, Any]) -> str:
    """The traffic shares in order, "1% → 5% → 25%"; "" where none are planned."""
    return " → ".join(f"{step}%" for step in rollout.get("steps") or ())


def gate_words(gate: Any) -> str:
    """One gate, "Task success: at least 80%; roll back". Parts that are not known by name keep theirs."""
    if not isinstance(gate, Mapping):
        return str(gate)
    rest = {str(name): value for name, value in gate.items()}
    metric = str(rest.pop("metric", ""))
    parts = [str(rest.pop(name)) for name in ("bound", "action") if rest.get(name) not in (None, "")]
    parts += [f"{title_words(name).lower()} {value}" for name, value in rest.items() if value not in (None, "")]
    title = METRIC_TITLES.get(cast(Metric, metric)) or title_words(metric)
    return f"{title}: {'; '.join(parts)}" if title and parts else title or "; ".join(parts)


def gates(rollout: Mapping[str, Any]) -> tuple[str, ...]:
    """Every gate in words, in its order."""
    return tuple(gate_words(gate) for gate in rollout.get("gates") or ())
