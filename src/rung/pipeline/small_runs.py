"""Trains the small models of a plan one after the other, within a time, and keeps what each one found."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from rung.decide.codec import decode, encode
from rung.errors import MissingExtra, TrainingFailed
from rung.evaluate.latency import Clock
from rung.forecast.scaling import PlannedRun, ScalingRun, Texts
from rung.forecast.scaling.plan import BASE_VERSION, CONTEXT
from rung.pipeline.fit_time import FitTime
from rung.pipeline.observer import Observer
from rung.strategies.kept_choice import load_kept, save_kept
from rung.task.example import content_hash

FIRST_FLOPS_PER_SECOND = 1e10
"""Of a machine that nothing is known of; the first run tells better, and it is the cheapest."""
RESULT = "result.json"
CHECKPOINTS = "training"


class _OutOfTime(Exception):
    """The time is over in the middle of a run, right after a checkpoint: the next call has that much less to do."""


def finished_runs(
    plan: Sequence[PlannedRun],
    texts: Texts,
    folder: Path,
    *,
    seed: int,
    minutes: float,
    clock: Clock,
    observer: Observer,
) -> tuple[list[ScalingRun], list[str]]:
    """(runs, notes): all runs of the plan that are finished, those of earlier calls too.

    Each has a folder of its own, named by what it depends on. Stops before a run that would not end in time, by the
    speed of the runs before, and in the middle of one that takes longer than that; the next call goes on there.
    """
    found: list[ScalingRun] = []
    waiting: list[PlannedRun] = []
    for planned in plan:
        kept = _kept(folder / _key(planned, texts, seed), planned, texts, seed)
        if kept is None:
            waiting.append(planned)
        else:
            found.append(kept)
    ends = clock.seconds() + 60 * minutes
    notes: list[str] = []
    for number, planned in enumerate(waiting):
        speed = _speed(found)
        left = ends - clock.seconds()
        if left <= 0 or (found and planned.flops / speed > left and not _begun(folder, planned, texts, seed)):
            notes.append(_left_note(waiting[number:], speed))
            break
        try:
            run = _trained(planned, texts, folder, seed=seed, ends=ends, clock=clock, observer=observer)
        except _OutOfTime:
            notes.append(_left_note(waiting[number:], speed))
            break
        loss = run.because if run.nats_per_token is None else f"{run.bits_per_byte:.3f} bits per byte"
        observer.finished(planned.name, f"{loss}, {run.seconds:.0f} s")
        found.append(run)
    return found, notes


def _trained(
    planned: PlannedRun, texts: Texts, folder: Path, *, seed: int, ends: float, clock: Clock, observer: Observer
) -> ScalingRun:
    """One run, from its checkpoint where it has one; kept when this returns."""
    try:
        from rung.learning.checkpoint import Checkpoints
        from rung.learning.small_run import SAVE_EVERY, SmallRun, train_small
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "rung":
            raise
        raise MissingExtra("local", "training small models") from error
    place = folder / _key(planned, texts, seed)
    place.mkdir(parents=True, exist_ok=True)
    fit_time = FitTime(place, clock)

    def report(done: int, total: int, what: str) -> None:
        fit_time.tick()
        observer.progress(planned.name, done, total, what)
        if done < total and done % SAVE_EVERY == 0 and clock.seconds() > ends:
            raise _OutOfTime

    shape = planned.shape
    settings = SmallRun(
        layers=shape.layers,
        width=shape.width,
        heads=shape.heads,
        context=CONTEXT,
        rows=planned.rows,
        steps=planned.steps,
        learning_rate=planned.learning_rate,
        seed=seed,
    )
    run = ScalingRun(
        name=planned.name,
        parameters=shape.parameters,
        embedding_parameters=0,
        tokens=planned.tokens,
        unique_tokens=texts.facts.distinct,
        nats_per_token=None,
    )
    checkpoints = Checkpoints(place / CHECKPOINTS, place.name)
    with fit_time.counting():
        try:
            result = train_small(
                settings, texts.train, texts.windows, checkpoints=checkpoints, report=report, what="training"
            )
        except TrainingFailed as problem:
            run = replace(run, because=f"diverged: {problem}")
        else:
            blocks = np.array(result.window_nats).reshape(texts.blocks, -1).sum(axis=1)
            mean = float(blocks.sum() / (len(result.window_nats) * CONTEXT))
            run = replace(
                run,
                parameters=result.parameters,
                embedding_parameters=result.embedding_parameters,
                nats_per_token=mean if np.isfinite(mean) else None,
                block_nats=tuple(float(block) for block in blocks) if np.isfinite(mean) else (),
            )
    run = replace(run, seconds=fit_time.seconds or 0.0)
    save_kept(place / RESULT, place.name, {"run": encode(run)})
    shutil.rmtree(place / CHECKPOINTS, ignore_errors=True)
    return run


def _kept(place: Path, planned: PlannedRun, texts: Texts, seed: int) -> ScalingRun | None:
    kept = load_kept(place / RESULT, _key(planned, texts, seed))
    if kept is None:
        return None
    with suppress(KeyError, TypeError, ValueError):
        run: ScalingRun = decode(ScalingRun, kept["run"])
        return run
    return None


def _begun(folder: Path, planned: PlannedRun, texts: Texts, seed: int) -> bool:
    """Whether an earlier call left a checkpoint: then less is to do than the whole run."""
    return any((folder / _key(planned, texts, seed) / CHECKPOINTS).glob("step-*"))


def _key(planned: PlannedRun, texts: Texts, seed: int) -> str:
    """What the run depends on, as the name of its folder."""
    parts = (BASE_VERSION, str(asdict(planned)), str(planned.learning_rate), f"{CONTEXT} {seed}")
    return content_hash(*parts, texts.facts.content_hash)[:32]


def _speed(runs: Sequence[ScalingRun]) -> float:
    """Operations a second of the run of most compute: small models spend more of their time on other things."""
    timed = [run for run in runs if run.seconds > 0]
    if not timed:
        return FIRST_FLOPS_PER_SECOND
    largest = max(timed, key=lambda run: run.flops)
    return largest.flops / largest.seconds


def _left_note(left: Sequence[PlannedRun], speed: float) -> str:
    minutes = sum(run.flops for run in left) / speed / 60
    return (
        f"{len(left)} of the planned runs are not trained yet, the dearest ones: about {max(minutes, 1):.0f} more "
        "minutes at the pace so far. The same command goes on with them."
    )
