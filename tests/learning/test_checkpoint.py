from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from rung.learning.checkpoint import Checkpoints, TrainingState
from rung.learning.durable_folder import write_folder


def state(step: int) -> TrainingState:
    return TrainingState(
        step=step,
        seed=9,
        losses=tuple(1 / (index + 1) for index in range(step)),
        next_loss=0.1 + 0.2,
        weights={"w": torch.arange(6.0).reshape(2, 3) + step, "half": torch.ones(2, dtype=torch.bfloat16)},
        moments={"w/exp_avg": torch.full((2, 3), 0.1), "w/step": torch.tensor(float(step))},
        scores=((1, 0.25), (2, 0.5)),
        best_weights={"w": torch.zeros(2, 3)},
    )


def test_a_checkpoint_comes_back_exactly(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "work")
    saved = state(4)
    checkpoints.save(saved)
    found = checkpoints.latest()
    assert found is not None
    assert (found.step, found.seed, found.losses, found.next_loss, found.scores) == (
        saved.step,
        saved.seed,
        saved.losses,
        saved.next_loss,
        saved.scores,
    )
    for ours, theirs in [
        (saved.weights, found.weights),
        (saved.moments, found.moments),
        (saved.best_weights, found.best_weights),
    ]:
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
        assert all(ours[name].dtype == theirs[name].dtype for name in ours)


def test_without_a_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "not made", "work").latest() is None


def test_the_newest_counts_and_only_two_are_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "work")
    for step in (8, 9, 10, 11):
        checkpoints.save(state(step))
    found = checkpoints.latest()
    assert found is not None
    assert found.step == 11
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000010", "step-00000011"]


@pytest.mark.parametrize("name", ["weights.safetensors", "optimizer.safetensors", "state.json", "best.safetensors"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, name: str) -> None:
    checkpoints = Checkpoints(tmp_path, "work")
    checkpoints.save(state(1))
    checkpoints.save(state(2))
    path = tmp_path / "step-00000002" / name
    path.write_bytes(path.read_bytes()[:-3])
    found = checkpoints.latest()
    assert found is not None
    assert found.step == 1


def test_a_checkpoint_of_other_work_is_not_continued(tmp_path: Path) -> None:
    Checkpoints(tmp_path, "these settings").save(state(3))
    assert Checkpoints(tmp_path, "other settings").latest() is None


def test_reading_runs_no_code_that_a_file_brings(tmp_path: Path) -> None:
    hurt = tmp_path / "hurt"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (Path.touch, (hurt,))  # type: ignore[return-value]

    checkpoints = Checkpoints(tmp_path / "training", "work")
    checkpoints.save(state(1))
    files = {path.name: path.read_bytes() for path in (tmp_path / "training" / "step-00000001").iterdir()}
    files.pop("manifest.json")
    write_folder(tmp_path / "training" / "step-00000002", {**files, "weights.safetensors": pickle.dumps(Evil())})
    found = checkpoints.latest()
    assert found is not None
    assert found.step == 1
    assert not hurt.exists()


def test_clearing_leaves_no_checkpoint(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, "work")
    checkpoints.save(state(1))
    checkpoints.clear()
    assert checkpoints.latest() is None
    assert list(tmp_path.iterdir()) == []
