"""The model of one's own: a small Llama-type decoder whose vocabulary ends with the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rung.strategies.scratch.network import new_network
from rung.strategies.scratch.recipe import RECIPE

MARKS = 3
"""Padding, beginning of a text, and the question for its label, in this order behind the tokenizer's entries."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One text to read, in token ids, and the position of its label; None where only the text is learned."""

    text: tuple[int, ...]
    label: int | None

    @property
    def tokens(self) -> int:
        """Tokens of the text with both marks."""
        return len(self.text) + 2

    @property
    def answer_tokens(self) -> int:
        """A label is one token."""
        return 0 if self.label is None else 1


class OwnModel:
    """The network with its vocabulary: [tokenizer's entries][padding, begin, ask][one token a label].

    A label is one token, asked for after the text. Reading and answering are thereby one objective of one
    model, next-token prediction, and no part of the network is for answering alone.
    """

    def __init__(self, entries: int, labels: int, seed: int) -> None:
        """Random weights from `seed`, without effect on torch's own generators."""
        self.padding, self.begin, self.ask = range(entries, entries + MARKS)
        self.first_label = entries + MARKS
        positions = RECIPE.longest_text_tokens + 2
        self.network: Any = new_network(self.first_label + labels, positions, seed)

    def loss(self, readings: Sequence[Reading]) -> Tensor:
        """Label loss plus `language_weight` times next-token loss of the texts, each a mean in nats; a scalar."""
        length = max(reading.tokens for reading in readings)
        rows = [
            [self.begin, *reading.text, self.ask, *([self.padding] * (length - reading.tokens))] for reading in readings
        ]
        ids = torch.tensor(rows)
        # Causal attention never looks ahead, so padding behind a text needs no mask.
        hidden = self.network.model(input_ids=ids, use_cache=False).last_hidden_state
        targets = ids[:, 1:]
        is_text = targets < self.padding
        loss: Tensor = RECIPE.language_weight * cross_entropy(
            self.network.lm_head(hidden[:, :-1][is_text]), targets[is_text]
        )
        asked = [row for row, reading in enumerate(readings) if reading.label is not None]
        if asked:
            at = torch.tensor([readings[row].tokens - 1 for row in asked])
            answers = torch.tensor([readings[row].label for row in asked])
            scores = self._label_scores(hidden[torch.tensor(asked), at])
            loss = loss + cross_entropy(scores, answers, label_smoothing=RECIPE.label_smoothing)
        return loss

    @torch.inference_mode()
    def label_probabilities(self, text: Sequence[int]) -> Tensor:
        """The model's probability of each label after `text`, shape (labels,)."""
        ids = torch.tensor([[self.begin, *text, self.ask]])
        hidden = self.network.model(input_ids=ids, use_cache=False).last_hidden_state
        return self._label_scores(hidden[0, -1]).softmax(dim=-1)

    def _label_scores(self, hidden: Tensor) -> Tensor:
        """Logits of the labels alone: no other token can be the answer."""
        weight: Tensor = self.network.lm_head.weight
        return hidden @ weight[self.first_label :].T
