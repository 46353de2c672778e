"""A scaling run: what it reads, what it learns, and that it goes on where it was killed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rung.learning.checkpoint import Checkpoints
from rung.learning.small_run import SAVE_EVERY, SmallRun, reading_order, train_small

RUN = SmallRun(layers=1, width=16, heads=2, context=16, rows=4, steps=120, learning_rate=1e-2, seed=0)
TEXT = np.frombuffer(b"the parcel came late, and the invoice came twice\n" * 40, dtype=np.uint8)
WINDOWS = TEXT[: 17 * 8].reshape(8, 17)


def quiet(done: int, total: int, what: str) -> None:
    pass


def test_one_pass_reads_every_byte_about_once_and_none_beyond_the_text() -> None:
    length = 16 * 40 + 3
    starts = reading_order(length, SmallRun(1, 16, 2, context=16, rows=4, steps=30, learning_rate=1e-3, seed=3))
    assert starts.shape == (30, 4)
    read = np.zeros(length, dtype=int)
    for start in starts.ravel():
        read[start : start + 16] += 1
    assert starts.max() + 16 < length
    assert read.sum() == 30 * 4 * 16
    # 1,920 bytes read of 643 are three passes: nothing is read twice before everything was read once.
    assert np.ptp(read[16:-17]) <= 1


def test_it_learns_a_text_that_repeats(tmp_path: Path) -> None:
    found = train_small(RUN, TEXT, WINDOWS, checkpoints=Checkpoints(tmp_path, "a"), report=quiet, what="t")
    assert len(found.window_nats) == 8
    assert np.mean(found.window_nats) / 16 < 2.5  # from log 256 = 5.5


def test_killed_in_the_middle_it_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = train_small(RUN, TEXT, WINDOWS, checkpoints=Checkpoints(tmp_path / "a", "a"), report=quiet, what="t")

    class Killed(Exception):
        pass

    def kill(done: int, total: int, what: str) -> None:
        if done == SAVE_EVERY + 10:
            raise Killed

    steps: list[int] = []

    def watch(done: int, total: int, what: str) -> None:
        steps.append(done)

    checkpoints = Checkpoints(tmp_path / "b", "b")
    with pytest.raises(Killed):
        train_small(RUN, TEXT, WINDOWS, checkpoints=checkpoints, report=kill, what="t")
    again = train_small(RUN, TEXT, WINDOWS, checkpoints=checkpoints, report=watch, what="t")
    assert steps[0] == SAVE_EVERY
    assert again.window_nats == pytest.approx(whole.window_nats, rel=1e-5)
