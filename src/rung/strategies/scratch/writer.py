"""The model of one's own that writes: the same network, whose answer is text in the same vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import DynamicCache

from rung.strategies.scratch.network import new_network
from rung.strategies.scratch.recipe import RECIPE, WRITING

MARKS = 4
"""Padding, beginning of a text, the question for its answer, and the answer's end, behind the tokenizer's entries."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One text to read and the answer to write, in token ids; None where only the text is learned."""

    text: tuple[int, ...]
    answer: tuple[int, ...] | None

    @property
    def tokens(self) -> int:
        """Tokens of text and answer with their marks."""
        return len(self.text) + 2 + self.answer_tokens

    @property
    def answer_tokens(self) -> int:
        """Tokens of the answer with its end mark; 0 without one."""
        return 0 if self.answer is None else len(self.answer) + 1


@dataclass(frozen=True, slots=True)
class WrittenTokens:
    """An answer in token ids, its end mark left out; `ended` False: it was cut. `confidence` is the geometric mean
    probability of its tokens, end mark included."""

    tokens: tuple[int, ...]
    ended: bool
    confidence: float


class OwnWriter:
    """The network with its vocabulary: [tokenizer's entries][padding, begin, ask, end].

    A text stands between begin and ask, its answer between ask and end: one objective, next-token prediction.
    """

    def __init__(self, entries: int, seed: int) -> None:
        """Random weights from `seed`, without effect on torch's own generators."""
        self.padding, self.begin, self.ask, self.end = range(entries, entries + MARKS)
        self._positions = RECIPE.longest_text_tokens + WRITING.longest_answer_tokens + 3
        self.network: Any = new_network(entries + MARKS, self._positions, seed)

    def room_behind(self, text_tokens: int) -> int:
        """The most tokens that an answer to a text of so many tokens may have, its end mark included."""
        return self._positions - text_tokens - 2

    def loss(self, lessons: Sequence[Writing]) -> Tensor:
        """Answer loss plus `language_weight` times next-token loss of the texts, each a mean over its tokens in nats;
        a scalar."""
        ids, hidden = self._read(lessons)
        targets = ids[:, 1:]
        is_text, is_answer = self._parts(lessons, targets.shape[1])
        loss: Tensor = RECIPE.language_weight * cross_entropy(
            self.network.lm_head(hidden[:, :-1][is_text]), targets[is_text]
        )
        if is_answer.any():
            answers = self.network.lm_head(hidden[:, :-1][is_answer])
            loss = loss + cross_entropy(answers, targets[is_answer], label_smoothing=RECIPE.label_smoothing)
        return loss

    @torch.inference_mode()
    def answer_probability(self, lesson: Writing) -> float:
        """The geometric mean probability of the tokens of the lesson's answer and its end, in [0, 1]."""
        ids, hidden = self._read([lesson])
        _, is_answer = self._parts([lesson], ids.shape[1] - 1)
        logits = self.network.lm_head(hidden[:, :-1][is_answer])
        return exp(-float(cross_entropy(logits, ids[:, 1:][is_answer])))

    @torch.inference_mode()
    def write(self, text: Sequence[int], *, most_tokens: int) -> WrittenTokens:
        """The likeliest token again and again, until the end mark or `most_tokens`."""
        cache = DynamicCache(config=self.network.config)
        ids = torch.tensor([[self.begin, *text, self.ask]])
        tokens: list[int] = []
        log_probability, ended = 0.0, False
        while not ended and len(tokens) < most_tokens:
            output = self.network(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
            steps = output.logits[0, -1].log_softmax(dim=-1)
            # Padding, begin and ask stand in no answer.
            steps[self.padding : self.end] = -torch.inf
            token = int(steps.argmax())
            log_probability += float(steps[token])
            ended = token == self.end
            tokens.append(token)
            ids = torch.tensor([[token]])
        kept = tuple(tokens[:-1] if ended else tokens)
        return WrittenTokens(kept, ended, min(1.0, exp(log_probability / max(1, len(tokens)))))

    def _read(self, lessons: Sequence[Writing]) -> tuple[Tensor, Tensor]:
        """(token ids, hidden states) of the lessons, padded behind, which causal attention never sees."""
        length = max(lesson.tokens for lesson in lessons)
        rows = []
        for lesson in lessons:
            row = [self.begin, *lesson.text, self.ask]
            if lesson.answer is not None:
                row += [*lesson.answer, self.end]
            rows.append(row + [self.padding] * (length - len(row)))
        ids = torch.tensor(rows)
        return ids, self.network.model(input_ids=ids, use_cache=False).last_hidden_state

    def _parts(self, lessons: Sequence[Writing], targets: int) -> tuple[Tensor, Tensor]:
        """Where the targets are tokens of the text, and where of the answer with its end; shapes (lessons, targets)."""
        at = torch.arange(targets)[None, :]
        texts = torch.tensor([[len(lesson.text)] for lesson in lessons])
        ends = torch.tensor([[lesson.tokens - 1 if lesson.answer is not None else 0] for lesson in lessons])
        return at < texts, (at > texts) & (at < ends)
