from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from rung.errors import TrainingFailed
from rung.learning.checkpoint import Checkpoints
from rung.learning.loop import Parts, TrainingRecord, Watch, train
from rung.learning.training_plan import TrainingPlan

WORKER = Path(__file__).with_name("train_worker.py")


def silent(done: int, total: int, what: str) -> None:
    """Look at nothing."""


def run_worker(directory: Path, die_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(WORKER), str(directory), str(die_at)], capture_output=True, text=True, check=False
    )


def test_killed_and_resumed_training_equals_the_uninterrupted_one_bit_for_bit(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    assert run_worker(whole, 0).returncode == 0
    assert run_worker(broken, 8).returncode == -signal.SIGKILL  # between the first checkpoint and the second
    assert not (broken / "final.safetensors").exists()
    resumed = run_worker(broken, 0)
    assert resumed.returncode == 0, resumed.stderr
    steps_done = [int(line) for line in resumed.stdout.split()]
    assert steps_done == [5, 6, 7, 8, 9, 10, 11, 12], "saved steps are not repeated"
    ours, theirs = load_file(whole / "final.safetensors"), load_file(broken / "final.safetensors")
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def line_fit(
    tmp_path: Path,
    *,
    steps: int = 400,
    model: nn.Linear | None = None,
    watch: Watch | None = None,
    rate: float = 0.05,
) -> tuple[nn.Linear, TrainingRecord, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(64, 3, generator=generator)
    outcomes = features @ torch.tensor([1.0, -2.0, 0.5]) + 0.3 + 0.1 * torch.randn(64, generator=generator)
    if model is None:
        model = nn.Linear(3, 1)
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
    line = model

    def loss_at(step: int) -> Tensor:
        return nn.functional.mse_loss(line(features)[:, 0], outcomes)

    plan = TrainingPlan(steps=steps, learning_rate=rate, warmup_steps=5, seed=0, save_every=50)
    record = train(
        line, loss_at, plan, checkpoints=Checkpoints(tmp_path, "line"), report=silent, what="a line", watch=watch
    )
    return line, record, features, outcomes


def test_least_squares_reaches_the_closed_form(tmp_path: Path) -> None:
    line, record, features, outcomes = line_fit(tmp_path)
    with_one = torch.cat([features, torch.ones(64, 1)], dim=1)
    exact = torch.linalg.lstsq(with_one, outcomes[:, None]).solution[:, 0]
    assert torch.allclose(torch.cat([line.weight[0], line.bias]), exact, atol=1e-3)
    assert len(record.losses) == 400
    assert record.kept_step == 400


def test_one_step_is_the_adam_step_of_the_paper(tmp_path: Path) -> None:
    # At the first step both bias-corrected moments are the gradient and its square: the update is rate * sign.
    line, _, _, _ = line_fit(tmp_path, steps=5, rate=1e-3)
    change = torch.cat([line.weight[0], line.bias]).detach()
    total_rate = sum(
        TrainingPlan(steps=5, learning_rate=1e-3, warmup_steps=5, seed=0, save_every=1).learning_rate_at(step)
        for step in range(5)
    )
    expected = torch.tensor([1.0, -1.0, 1.0, 1.0]) * total_rate
    assert torch.allclose(change, expected, rtol=0.02)


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    first, _, _, _ = line_fit(tmp_path, steps=30)
    seen: list[int] = []
    other = nn.Linear(3, 1)

    def loss_at(step: int) -> Tensor:
        seen.append(step)
        return other.weight.sum()

    plan = TrainingPlan(steps=30, learning_rate=0.05, warmup_steps=5, seed=0, save_every=50)
    train(other, loss_at, plan, checkpoints=Checkpoints(tmp_path, "line"), report=silent, what="a line")
    assert seen == []
    assert torch.equal(first.weight, other.weight)


def test_a_loss_that_is_no_number_stops_with_place_and_remedy(tmp_path: Path) -> None:
    model = nn.Linear(2, 1)

    def loss_at(step: int) -> Tensor:
        return model.weight.sum() * (float("nan") if step == 3 else 1.0)

    plan = TrainingPlan(steps=9, learning_rate=0.1, warmup_steps=0, seed=0, save_every=100)
    with pytest.raises(TrainingFailed, match=r"loss became nan at step 4 of 9 .* lower the learning rate"):
        train(model, loss_at, plan, checkpoints=Checkpoints(tmp_path, "nan"), report=silent, what="a trial")


def test_a_gradient_that_is_no_number_stops_before_it_reaches_the_weights(tmp_path: Path) -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)

    def loss_at(step: int) -> Tensor:
        return model.weight.abs().sqrt().sum()  # value 0, slope infinite

    plan = TrainingPlan(steps=2, learning_rate=0.1, warmup_steps=0, seed=0, save_every=1)
    with pytest.raises(TrainingFailed, match="gradient norm became"):
        train(model, loss_at, plan, checkpoints=Checkpoints(tmp_path, "inf"), report=silent, what="a trial")
    assert float(model.weight.detach()) == 0.0


def test_a_checkpoint_that_no_longer_fits_the_data_is_an_error(tmp_path: Path) -> None:
    model = nn.Linear(2, 1)
    factor = 1.0

    def loss_at(step: int) -> Tensor:
        if step == 6 and factor == 1.0:
            raise KeyboardInterrupt
        return factor * (model.weight.square().sum() + 1)

    plan = TrainingPlan(steps=9, learning_rate=0.01, warmup_steps=0, seed=0, save_every=5)
    checkpoints = Checkpoints(tmp_path, "same name")
    with pytest.raises(KeyboardInterrupt):
        train(model, loss_at, plan, checkpoints=checkpoints, report=silent, what="a trial")
    factor = 2.0
    with pytest.raises(TrainingFailed, match="after resuming the loss is"):
        train(model, loss_at, plan, checkpoints=checkpoints, report=silent, what="a trial")


def test_nothing_to_train_is_an_error(tmp_path: Path) -> None:
    model = nn.Linear(2, 1).requires_grad_(False)
    plan = TrainingPlan(steps=1, learning_rate=0.1, warmup_steps=0, seed=0, save_every=1)
    with pytest.raises(TrainingFailed, match="adapter was attached"):
        train(
            model,
            lambda step: model.weight.sum(),
            plan,
            checkpoints=Checkpoints(tmp_path, "none"),
            report=silent,
            what="a trial",
        )


def test_watched_training_goes_on_to_its_end_and_keeps_its_best_weights(tmp_path: Path) -> None:
    model = nn.Linear(3, 1)
    weights_at: list[Tensor] = []
    given = iter([0.1, 0.7, 0.7, 0.2, 0.6])

    def score() -> float:
        weights_at.append(model.weight.detach().clone())
        return next(given)

    _, record, _, _ = line_fit(tmp_path, steps=45, model=model, watch=Watch(every=10, score=score))
    assert record.scores == ((10, 0.1), (20, 0.7), (30, 0.7), (40, 0.2), (45, 0.6))
    assert record.kept_step == 20, "the first of equals: the lighter training"
    assert torch.equal(model.weight, weights_at[1])


def test_training_leaves_the_callers_randomness_and_frozen_weights_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = nn.Linear(3, 3).requires_grad_(False)
    model = nn.Sequential(first, nn.Dropout(0.5), nn.Linear(3, 1))
    frozen = first.weight.clone()
    torch.manual_seed(5)
    plan = TrainingPlan(steps=3, learning_rate=0.1, warmup_steps=0, seed=0, save_every=2)
    train(
        model,
        lambda step: model(torch.ones(4, 3)).sum(),
        plan,
        checkpoints=Checkpoints(tmp_path, "rng"),
        report=silent,
        what="a trial",
    )
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(first.weight, frozen)
    assert not model.training


def fit_in_parts(directory: Path, *, together: int) -> tuple[dict[str, Tensor], TrainingRecord]:
    """A small network fitted to 12 items whose loss is computed `together` items at a time."""
    generator = torch.Generator().manual_seed(3)
    features, outcomes = torch.randn(12, 4, generator=generator), torch.randn(12, generator=generator)
    network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    with torch.no_grad():
        for tensor in network.parameters():
            tensor.copy_(torch.randn(tensor.shape, generator=generator) / 2)

    def share(start: int) -> Tensor:
        part = slice(start, start + together)
        missed: Tensor = (network(features[part])[:, 0] - outcomes[part]) ** 2
        return missed.sum() / 12

    def loss_at(step: int) -> Parts:
        return Parts(tuple(partial(share, start) for start in range(0, 12, together)))

    plan = TrainingPlan(steps=20, learning_rate=0.05, warmup_steps=2, seed=0, save_every=5)
    record = train(network, loss_at, plan, checkpoints=Checkpoints(directory, "p"), report=silent, what="a network")
    return {name: tensor.detach().clone() for name, tensor in network.named_parameters()}, record


def test_a_loss_in_parts_trains_as_the_whole_loss_does(tmp_path: Path) -> None:
    whole, whole_record = fit_in_parts(tmp_path / "whole", together=12)
    parts, parts_record = fit_in_parts(tmp_path / "parts", together=4)
    assert parts_record.losses == pytest.approx(whole_record.losses, rel=1e-5)
    assert all(torch.allclose(parts[name], whole[name], atol=1e-5) for name in whole)


def test_parts_give_the_same_digits_on_one_core_and_on_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several, _ = fit_in_parts(tmp_path / "several", together=4)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    one, _ = fit_in_parts(tmp_path / "one", together=4)
    assert all(torch.equal(one[name], several[name]) for name in one)
