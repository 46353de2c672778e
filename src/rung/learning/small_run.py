"""One scaling run: a small decoder trained on bytes for a number of steps, and its loss on held-out bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rung.learning.checkpoint import Checkpoints
from rung.learning.loop import Report, train
from rung.learning.small_decoder import SmallDecoder
from rung.learning.training_plan import TrainingPlan

Bytes = NDArray[np.uint8]
WARMUP_SHARE = 0.05
SAVE_EVERY = 100
ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class SmallRun:
    """What to train: the decoder's shape, `rows` sequences of `context` bytes in a step, and how long."""

    layers: int
    width: int
    heads: int
    context: int
    rows: int
    steps: int
    learning_rate: float
    seed: int


@dataclass(frozen=True, slots=True)
class SmallRunResult:
    """Sizes, and the summed nats of each held-out window."""

    parameters: int
    embedding_parameters: int
    window_nats: tuple[float, ...]


def train_small(
    run: SmallRun, text: Bytes, windows: Bytes, *, checkpoints: Checkpoints, report: Report, what: str
) -> SmallRunResult:
    """The decoder's losses on `windows`, shape (n, context + 1), after training on `text`, at least context + 1 bytes.

    Goes on at the newest checkpoint. The learning rate falls along a cosine to zero at the last step of this run:
    losses on the way of a longer one are no stand-in for it (Hoffmann et al. 2022). A loss that is no number raises
    TrainingFailed.
    """
    decoder = SmallDecoder(layers=run.layers, width=run.width, heads=run.heads, context=run.context, seed=run.seed)
    starts = reading_order(text.size, run)
    reach = np.arange(run.context + 1)

    def loss_at(step: int) -> Tensor:
        rows = text[starts[step][:, None] + reach]
        return decoder.losses(torch.from_numpy(rows.astype(np.int64))).mean()

    plan = TrainingPlan(
        steps=run.steps,
        learning_rate=run.learning_rate,
        warmup_steps=min(run.steps, max(5, round(WARMUP_SHARE * run.steps))),
        seed=run.seed,
        save_every=SAVE_EVERY,
        schedule="cosine",
        weight_decay=0.1,
        second_moment_decay=0.98,
    )
    train(decoder, loss_at, plan, checkpoints=checkpoints, report=report, what=what)
    nats = tuple(float(one) for one in _measured(decoder, windows))
    return SmallRunResult(decoder.parameters_without_embeddings, decoder.embedding_parameters, nats)


def reading_order(length: int, run: SmallRun) -> NDArray[np.int64]:
    """Where the sequences of each step begin, shape (steps, rows); a function of the run's seed alone.

    A pass reads the text once from a new offset, in sequences that follow one another without a gap and come in random
    order, so that bytes read over the text's length are the number of times that it was read.
    """
    rng = np.random.default_rng(run.seed)
    wanted = run.steps * run.rows
    passes: list[NDArray[np.int64]] = []
    found = 0
    while found < wanted:
        first = int(rng.integers(min(run.context, length - run.context)))
        starts = np.arange(first, length - run.context, run.context)
        passes.append(rng.permutation(starts))
        found += starts.size
    return np.concatenate(passes)[:wanted].reshape(run.steps, run.rows)


@torch.inference_mode()
def _measured(decoder: SmallDecoder, windows: Bytes) -> list[Tensor]:
    found: list[Tensor] = []
    for first in range(0, len(windows), ROWS_AT_ONCE):
        rows = torch.from_numpy(windows[first : first + ROWS_AT_ONCE].astype(np.int64))
        found.extend(decoder.losses(rows).double().sum(dim=1))
    return found
