"""Trains a small transformer with dropout in a directory; with a step number, dies there without a word (SIGKILL)."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rung.learning.checkpoint import Checkpoints
from rung.learning.loop import train
from rung.learning.training_plan import TrainingPlan

PLAN = TrainingPlan(steps=12, learning_rate=5e-3, warmup_steps=2, seed=3, save_every=5, weight_decay=0.1)


def main() -> None:
    """Arguments: directory, step to die at (0: never)."""
    directory, die_at = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    torch.manual_seed(7)
    model = nn.Sequential(
        nn.Embedding(64, 32),
        nn.TransformerEncoderLayer(32, 4, dim_feedforward=64, dropout=0.2, batch_first=True),
        nn.Linear(32, 64),
    )
    texts = torch.randint(0, 64, (8, 4, 16), generator=torch.Generator().manual_seed(1))

    def loss_at(step: int) -> Tensor:
        ids = texts[step % len(texts)]
        return cross_entropy(model(ids).flatten(0, 1), ids.roll(1, dims=1).flatten())

    def report(done: int, total: int, what: str) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
        if die_at and done == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    record = train(
        model, loss_at, PLAN, checkpoints=Checkpoints(directory / "training", "f"), report=report, what="test"
    )
    tensors = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    save_file({**tensors, "losses": torch.tensor(record.losses, dtype=torch.float64)}, directory / "final.safetensors")


if __name__ == "__main__":
    main()
