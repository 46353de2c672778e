"""The main job, in one screen: each line is a stage that the documentation names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rung.decide import choose_candidate, conclude
from rung.pipeline.confirm import confirm_on_sealed
from rung.pipeline.ladder import Measured
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.project import opened
from rung.pipeline.records import Decided, record
from rung.pipeline.weigh import measure, weigh


def decide(task_file: Path, *, observer: Observer | None = None) -> Decided:
    """The decision on the project of this rung.yaml: whatever is missing is run, what is stored is reused."""
    with opened(task_file, observer or Silent()) as project:
        dev = weigh(project)  # evaluate, diagnose, fit, time, price
        choice = choose_candidate(dev)  # exclusions, targets, scores, rules, guardrails
        sealed = confirm_on_sealed(project, choice)  # the one candidate and what runs today
        decision = conclude(dev, choice, sealed.evidence, opening=sealed.opening, refused=sealed.refused)
        return record(project, decision)


def run_strategies(task_file: Path, names: Sequence[str], *, observer: Observer | None = None) -> list[Measured]:
    """Fit, evaluate and time strategies on dev (the listed ones by default). The sealed split stays closed."""
    with opened(task_file, observer or Silent(), also=names) as project:
        wanted = frozenset(names) or project.wanted
        return measure(project, [card for card in project.cards if card.name in wanted])
