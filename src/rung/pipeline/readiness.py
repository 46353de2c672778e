"""`rung data check`, and what of it a decision reads: label noise and leaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from rung.decide.codec import decode, encode
from rung.estimate import Figure
from rung.evidence.prepare import Evidence, prepare_evidence
from rung.evidence.readiness.leaks import GroupLeak, group_leaks
from rung.evidence.readiness.readiness import Readiness, check, noise_of, originals_of
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.state import STATE
from rung.strategies.kept_choice import load_kept, save_kept
from rung.task.example import content_hash
from rung.task.file import read_task
from rung.task.task import Task

VERSIONS = {"label-noise": "label-noise-3", "group-leaks": "group-leaks-1"}
"""Each changes with what is computed, so that a figure of an earlier one is not taken for this one's."""
Found = TypeVar("Found")


def check_data(task_file: Path, *, observer: Observer | None = None) -> Readiness:
    """Everything that can be said about the data before any strategy runs. Needs no store and no lock."""
    observer = observer or Silent()
    task = read_task(task_file)
    observer.stage("data check", task.data.examples.name if task.data.examples else task.name)
    evidence = prepare_evidence(task)
    return check(evidence, task, tell=lambda what: observer.stage("data check", what))


def label_noise_of(project_directory: Path, evidence: Evidence, task: Task) -> Figure:
    """The label noise for a decision, kept in `.rung/readiness/` below the directory of rung.yaml for the same data."""
    originals = originals_of(evidence)

    def estimate() -> Figure:
        return noise_of(originals, task).told

    if not _scored_by_a_probe(task):
        return estimate()
    return _kept(project_directory, evidence, task, "label-noise", Figure, estimate)


def leaks_of(project_directory: Path, evidence: Evidence, task: Task) -> tuple[GroupLeak, ...]:
    """The groupings that are shown to leak across the split, for a decision; kept as the label noise is.

    None where no probe can score the task or the extra `local` is not there: rung data check says what was not told.
    """
    if not _scored_by_a_probe(task):
        return ()

    def measure() -> tuple[GroupLeak, ...]:
        return group_leaks(evidence.split, one_label=True, seed=task.seed).shown

    return _kept(project_directory, evidence, task, "group-leaks", tuple[GroupLeak, ...], measure)


def _kept(
    directory: Path, evidence: Evidence, task: Task, name: str, declared: Any, compute: Callable[[], Found]
) -> Found:
    """What was computed before for the same data, or is computed now and kept. A damaged or outdated file is replaced;
    one that cannot be written is not an error."""
    path = directory / STATE / "readiness" / f"{name}.json"
    ids = content_hash(*(one.id for one in originals_of(evidence)))
    key = content_hash(VERSIONS[name], evidence.data_hash, evidence.split.split_hash, ids, str(task.seed))
    kept = load_kept(path, key)
    if kept is not None:
        with suppress(KeyError, TypeError, ValueError):
            known: Found = decode(declared, kept["found"])
            return known
    found = compute()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        save_kept(path, key, {"found": encode(found)})
    return found


def _scored_by_a_probe(task: Task) -> bool:
    return task.kind == "classify" and not task.multi_label and _probe_is_there()


def _probe_is_there() -> bool:
    return find_spec("sklearn") is not None
