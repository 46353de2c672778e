"""Trains a small Llama with dropout in a directory; with a step number, dies there without a word (SIGKILL)."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from rung.learning.checkpoint import Checkpoints
from rung.learning.loop import train
from rung.learning.training_plan import TrainingPlan

PLAN = TrainingPlan(steps=12, learning_rate=5e-3, warmup_steps=2, seed=3, save_every=5, weight_decay=0.1)


def main() -> None:
    """Arguments: directory, step to die at (0: never)."""
    directory, die_at = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=32,
        attention_dropout=0.2,
    )
    model = LlamaForCausalLM(config)
    texts = torch.randint(0, 64, (8, 4, 16), generator=torch.Generator().manual_seed(1))

    def loss_at(step: int) -> Tensor:
        ids = texts[step % len(texts)]
        loss: Tensor = model(input_ids=ids, labels=ids).loss
        return loss

    def report(done: int, total: int, what: str) -> None:
        print(done, flush=True)  # noqa: T201
        if die_at and done == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    record = train(
        model, loss_at, PLAN, checkpoints=Checkpoints(directory / "training", "f"), report=report, what="test"
    )
    tensors = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    save_file({**tensors, "losses": torch.tensor(record.losses, dtype=torch.float64)}, directory / "final.safetensors")


if __name__ == "__main__":
    main()
