"""How a training goes: the few dials of the loop, and the learning rate they give at each step."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import Literal


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """`steps` updates with AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).

    The learning rate climbs linearly to `learning_rate` over `warmup_steps` and falls to zero by `schedule`.
    `weight_decay` acts on matrices only, never on gains and biases. Gradients are scaled down to
    `largest_gradient_norm`. A checkpoint is written every `save_every` steps. `seed` fixes dropout.
    """

    steps: int
    learning_rate: float
    warmup_steps: int
    seed: int
    save_every: int
    schedule: Literal["linear", "cosine"] = "linear"
    weight_decay: float = 0.0
    largest_gradient_norm: float = 1.0
    second_moment_decay: float = 0.999

    def __post_init__(self) -> None:
        if self.steps < 1 or self.save_every < 1 or not 0 <= self.warmup_steps <= self.steps:
            raise ValueError(f"a plan needs steps >= 1, save_every >= 1 and warm-up within the steps, got {self}")
        if not self.learning_rate > 0 or not self.largest_gradient_norm > 0:
            raise ValueError(f"a plan needs a positive learning rate and gradient norm, got {self}")

    def learning_rate_at(self, step: int) -> float:
        """The learning rate of step `step`, counted from 0. Positive at every step."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        done = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
        left = 1 - done if self.schedule == "linear" else (1 + cos(pi * done)) / 2
        return self.learning_rate * left
