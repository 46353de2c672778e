"""The one training loop: explicit, seeded step by step, and resumable without repeating a saved step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import torch
from torch import Tensor, nn

from rung.errors import TrainingFailed
from rung.learning.checkpoint import Checkpoints, TrainingState
from rung.learning.one_thread import each_on_one_thread
from rung.learning.preflight import check_resumed_loss
from rung.learning.training_plan import TrainingPlan


class Report(Protocol):
    """Takes (done, total, what) after every step."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """A step's loss as a sum of parts that share nothing but the weights and draw no random numbers.

    Each part is computed on one thread, as many side by side as there are cores, and their gradients are added in
    order: the result is the same digit for digit on any number of cores.
    """

    losses: tuple[Callable[[], Tensor], ...]


Loss = Callable[[int], Tensor | Parts]


@dataclass(frozen=True, slots=True)
class Watch:
    """A score to keep the best weights by, higher is better: `score()` is called every `every` steps and at the
    last.

    Training goes on after the best score: the falling learning rate often brings a better one at the very end.
    """

    every: int
    score: Callable[[], float]


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What happened: the loss of every step, the watched scores, the step whose weights the model now holds."""

    losses: tuple[float, ...]
    scores: tuple[tuple[int, float], ...]
    kept_step: int


def train(
    model: nn.Module,
    loss_at: Loss,
    plan: TrainingPlan,
    *,
    checkpoints: Checkpoints,
    report: Report,
    what: str,
    watch: Watch | None = None,
) -> TrainingRecord:
    """The record of training the parameters of `model` that require a gradient, in place.

    `loss_at(step)` is the scalar loss of step `step` (from 0), or its parts, a function of the step, the weights and
    torch's generators alone. These are seeded anew from (plan.seed, step) at each step, inside a fork, so a resumed
    training repeats the uninterrupted one bit for bit on the same machine with the same number of threads, and
    the caller's generators stay as they were. The model is left in evaluation mode; watched, with its best
    weights. A loss or gradient that is no number raises TrainingFailed.
    """
    trainable = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    if not trainable:
        raise TrainingFailed(f"{what}: no weight of the model may change; check that the adapter was attached")
    training = _Training(model, trainable, loss_at, plan, checkpoints, watch, what)
    devices = sorted({tensor.device.index or 0 for tensor in trainable.values() if tensor.device.type == "cuda"})
    with torch.random.fork_rng(devices=devices):
        training.resume()
        report(training.step, plan.steps, what)
        while training.step < plan.steps:
            training.advance()
            report(training.step, plan.steps, what)
    model.eval()
    return training.finish()


class _Training:
    """The moving parts of one `train` call."""

    def __init__(
        self,
        model: nn.Module,
        trainable: dict[str, nn.Parameter],
        loss_at: Loss,
        plan: TrainingPlan,
        checkpoints: Checkpoints,
        watch: Watch | None,
        what: str,
    ) -> None:
        self.model, self.trainable, self.loss_at, self.plan = model, trainable, loss_at, plan
        self.checkpoints, self.watch, self.what = checkpoints, watch, what
        decayed = [tensor for tensor in trainable.values() if tensor.dim() >= 2]
        others = [tensor for tensor in trainable.values() if tensor.dim() < 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": plan.weight_decay}, {"params": others, "weight_decay": 0.0}],
            lr=plan.learning_rate,
            betas=(0.9, plan.second_moment_decay),
        )
        self.step = 0
        self.losses: list[float] = []
        self.scores: list[tuple[int, float]] = []
        self.best_weights: dict[str, Tensor] = {}

    def resume(self) -> None:
        """Go back to the newest sound checkpoint, if there is one, and check that it is the same training."""
        state = self.checkpoints.latest()
        if state is None:
            return
        with torch.no_grad():
            for name, tensor in self.trainable.items():
                tensor.copy_(state.weights[name])
        for name, tensor in self.trainable.items():
            prefix = f"{name}/"
            self.optimizer.state[tensor] = {
                # AdamW counts its steps in a tensor that stays on the CPU; the moments live with their weights.
                key.removeprefix(prefix): value if value.dim() == 0 else value.to(tensor.device)
                for key, value in state.moments.items()
                if key.startswith(prefix)
            }
        self.step, self.losses, self.scores = state.step, list(state.losses), list(state.scores)
        self.best_weights = dict(state.best_weights)
        if self.step < self.plan.steps:
            check_resumed_loss(saved=state.next_loss, resumed=self._loss_without_update(), what=self.what)

    def advance(self) -> None:
        """One update, then the watched score and the checkpoint when they are due."""
        self.optimizer.zero_grad(set_to_none=True)
        self.losses.append(self._finite(self._loss_with_gradients(), "loss"))
        norm = nn.utils.clip_grad_norm_(self.trainable.values(), self.plan.largest_gradient_norm)
        self._finite(float(norm), "gradient norm")
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate_at(self.step)
        self.optimizer.step()
        self.step += 1
        if self.watch is not None and (self.step % self.watch.every == 0 or self.step == self.plan.steps):
            self._score(self.watch)
        if self.step % self.plan.save_every == 0 or self.step == self.plan.steps:
            self._save()

    def finish(self) -> TrainingRecord:
        """The record; with a watch, after the best weights were put back."""
        kept_step = self.step
        if self.best_weights:
            kept_step = max(self.scores, key=lambda pair: pair[1])[0]
            with torch.no_grad():
                for name, tensor in self.trainable.items():
                    tensor.copy_(self.best_weights[name])
        return TrainingRecord(tuple(self.losses), tuple(self.scores), kept_step)

    def _loss_with_gradients(self) -> float:
        """The loss of the present step; its gradients are left in the weights."""
        loss = self._seeded_loss()
        if isinstance(loss, Tensor):
            torch.autograd.backward(loss)
            return float(loss.detach())
        weights = tuple(self.trainable.values())

        def one(part: Callable[[], Tensor]) -> tuple[float, tuple[Tensor | None, ...]]:
            value = part()
            return float(value.detach()), torch.autograd.grad(value, weights, allow_unused=True)

        done = each_on_one_thread(one, loss.losses)
        for at, weight in enumerate(weights):
            known = [gradients[at] for _, gradients in done if gradients[at] is not None]
            weight.grad = torch.stack([one for one in known if one is not None]).sum(dim=0) if known else None
        return sum(value for value, _ in done)

    def _seeded_loss(self) -> Tensor | Parts:
        self.model.train()
        torch.manual_seed((self.plan.seed * 1_000_003 + self.step) % 2**63)
        return self.loss_at(self.step)

    def _loss_without_update(self) -> float:
        with torch.no_grad():
            loss = self._seeded_loss()
        if isinstance(loss, Tensor):
            return float(loss)

        def one(part: Callable[[], Tensor]) -> float:
            with torch.no_grad():  # the setting belongs to a thread
                return float(part())

        return sum(each_on_one_thread(one, loss.losses))

    def _score(self, watch: Watch) -> None:
        self.model.eval()
        with torch.no_grad():
            score = watch.score()
        if not self.scores or score > max(earlier for _, earlier in self.scores):
            self.best_weights = {name: tensor.detach().clone() for name, tensor in self.trainable.items()}
        self.scores.append((self.step, score))

    def _save(self) -> None:
        last = self.step == self.plan.steps
        self.checkpoints.save(
            TrainingState(
                step=self.step,
                seed=self.plan.seed,
                losses=tuple(self.losses),
                next_loss=self.losses[-1] if last else self._finite(self._loss_without_update(), "loss"),
                weights=self.trainable,
                moments={
                    f"{name}/{key}": value
                    for name, tensor in self.trainable.items()
                    for key, value in self.optimizer.state[tensor].items()
                },
                scores=tuple(self.scores),
                best_weights=self.best_weights,
            )
        )

    def _finite(self, value: float, name: str) -> float:
        if not isfinite(value):
            raise TrainingFailed(
                f"{self.what}: the {name} became {value} at step {self.step + 1} of {self.plan.steps} "
                f"(learning rate {self.plan.learning_rate:g}); lower the learning rate, or look for examples that "
                f"the model cannot read"
            )
        return value
