"""Several short examples in one sequence behind their common prefix, none seeing the others.

The instructions of a batch of short prompts are longer than the prompts. Packed, they are computed once per
batch, no position is padding, and gradients still flow through the prefix: the loss equals that of separate
sequences (Krell et al. 2021, arXiv:2107.02027, without their cross-contamination).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


@dataclass(frozen=True, slots=True)
class Supervised:
    """One training example in token ids: the part of the prompt behind the common prefix, and its answer.

    `answer` ends with the end-of-turn token; only the answer's tokens enter the loss.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    @property
    def tokens(self) -> int:
        """Positions the example takes in a packed sequence: its last token is predicted, never read."""
        return len(self.prompt) + len(self.answer) - 1


@dataclass(frozen=True, slots=True)
class PackedBatch:
    """Token ids and positions, shape (1, tokens); `sees`, shape (1, 1, tokens, tokens), True where a row's token
    may attend to the column's. `read_at` are the positions whose next token is supervised, `targets` that token.
    """

    ids: Tensor
    positions: Tensor
    sees: Tensor
    read_at: Tensor
    targets: Tensor


def pack(prefix: Sequence[int], examples: Sequence[Supervised], *, device: torch.device | None = None) -> PackedBatch:
    """The examples behind `prefix`, each at the positions it would have alone. Prompts must not be empty."""
    ids, positions, owners = list(prefix), list(range(len(prefix))), [-1] * len(prefix)
    read_at: list[int] = []
    targets: list[int] = []
    for owner, example in enumerate(examples):
        if not example.prompt or not example.answer:
            raise ValueError("a packed example needs a prompt and an answer")
        start = len(ids)
        ids.extend((*example.prompt, *example.answer[:-1]))
        positions.extend(range(len(prefix), len(prefix) + example.tokens))
        owners.extend([owner] * example.tokens)
        read_at.extend(range(start + len(example.prompt) - 1, start + example.tokens))
        targets.extend(example.answer)
    owner_of = torch.tensor(owners, device=device)
    order = torch.arange(len(ids), device=device)
    earlier = order[:, None] >= order[None, :]
    related = (owner_of[:, None] == owner_of[None, :]) | (owner_of[None, :] == -1)
    return PackedBatch(
        ids=torch.tensor([ids], device=device),
        positions=torch.tensor([positions], device=device),
        sees=(earlier & related)[None, None],
        read_at=torch.tensor(read_at, device=device),
        targets=torch.tensor(targets, device=device),
    )


def answer_logits(model: Any, batch: PackedBatch) -> Tensor:
    """The logits at every supervised position, float32, shape (supervised tokens, vocabulary).

    `model` is a `transformers` causal LM, bare or wrapped by peft.
    """
    output = model(
        input_ids=batch.ids,
        position_ids=batch.positions,
        attention_mask=batch.sees,
        logits_to_keep=batch.read_at,
        use_cache=False,
    )
    logits: Tensor = output.logits[0].float()
    return logits


def answer_loss(model: Any, batch: PackedBatch) -> Tensor:
    """Mean cross-entropy in nats over the answers' tokens, a scalar."""
    return cross_entropy(answer_logits(model, batch), batch.targets)
