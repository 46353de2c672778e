"""`rung data check`, and the label noise that a decision reads."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rung.decide.codec import decode, encode
from rung.estimate import Figure
from rung.evidence.prepare import Evidence, prepare_evidence
from rung.evidence.readiness.readiness import Readiness, check, noise_of, originals_of
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.state import STATE
from rung.strategies.kept_choice import load_kept, save_kept
from rung.task.example import content_hash
from rung.task.file import read_task
from rung.task.task import Task

VERSION = "label-noise-1"
"""Changes with the estimate, so that a figure of an earlier one is not taken for this one's."""


def check_data(task_file: Path, *, observer: Observer | None = None) -> Readiness:
    """Everything that can be said about the data before any strategy runs. Needs no store and no lock."""
    observer = observer or Silent()
    task = read_task(task_file)
    observer.stage("data check", task.data.examples.name if task.data.examples else task.name)
    evidence = prepare_evidence(task)
    return check(evidence, task, tell=lambda what: observer.stage("data check", what))


def label_noise_of(project_directory: Path, evidence: Evidence, task: Task) -> Figure:
    """The label noise for a decision, from `.rung/readiness/` below the directory of rung.yaml where it was estimated
    before for the same data; a damaged or outdated file is replaced. A file that cannot be written is not an error."""
    originals = originals_of(evidence)
    if task.kind != "classify" or task.multi_label or not _probe_is_there():
        return noise_of(originals, task).rate
    path = project_directory / STATE / "readiness" / "label-noise.json"
    ids = content_hash(*(one.id for one in originals))
    key = content_hash(VERSION, evidence.data_hash, evidence.split.split_hash, ids, str(task.seed))
    kept = load_kept(path, key)
    known = None if kept is None else _figure(kept)
    if known is not None:
        return known
    figure = noise_of(originals, task).rate
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        save_kept(path, key, {"rate": encode(figure)})
    return figure


def _figure(kept: dict[str, Any]) -> Figure | None:
    """The figure that was kept; None for anything else that stands in its place."""
    try:
        figure: Figure = decode(Figure, kept["rate"])
    except (KeyError, TypeError, ValueError):
        return None
    return figure


def _probe_is_there() -> bool:
    return find_spec("sklearn") is not None
