"""The one way in which a local language model writes: the likeliest token, again and again, to the end of its turn.

Decoding one answer reads all weights for every token, so several answers are taken a step together. Yet an answer
must not depend on the others: a matrix product of another shape rounds differently, and one changed digit may turn
the likeliest token. Every shape that an answer meets is therefore a function of its own prompt. The prompt is a
forward pass of its own; a step always has the same number of rows, taken or not; and a row has room for a number of
positions that its prompt's length decides, those beyond its last one hidden. An answer that ends gives its row to
the next prompt. Each such table is computed on one thread, several side by side, one to a core.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from rung.learning.chat_prompt import RenderedPrompt, end_of_turn_id, render
from rung.learning.kept_prefix import KeptPrefixes, KeysAndValues
from rung.learning.label_scoring import MAX_PROMPT_TOKENS
from rung.learning.one_thread import each_on_one_thread
from rung.task.protocols import Prompt, Written

ROWS = 8
"""Answers a step takes together: reading the weights costs more than computing with them up to about here."""
ROOM_STEP = 256
"""Room is given in multiples of this many positions, so that prompts of about one length share a table."""
MOST_POSITIONS = 8_192
"""Rows times room stays within this, which bounds the memory of one table to some hundred megabytes."""


@dataclass(slots=True)
class _Answer:
    """One answer under way: how many tokens the model has read, what it wrote, and the log-probability of that."""

    number: int
    read: int
    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    ended: bool = False

    def add(self, token: int, log_probability: float, ends: frozenset[int]) -> None:
        """One more token."""
        self.tokens.append(token)
        self.log_probability += log_probability
        self.ended = token in ends


class GreedyWriter:
    """Writes answers with one model, which must not change while the writer is used. Safe to share by threads."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        """`model`: a `transformers` causal LM with full attention, adapters included, in evaluation mode."""
        self._model = model
        self._tokenizer = tokenizer
        self._prefixes = KeptPrefixes(model)
        ends = {end_of_turn_id(tokenizer), tokenizer.eos_token_id}
        self._ends = frozenset(end for end in ends if end is not None)

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """One answer per prompt, in order; none depends on the others.

        `output_tokens` counts the end of the turn. An answer that did not end within `most_tokens` is cut and
        `truncated`; a prompt beyond the limit has no answer and is `truncated` too; an answer of nothing is `empty`.
        """
        rendered = [render(prompt, self._tokenizer) for prompt in prompts]
        longest = min(MAX_PROMPT_TOKENS, self._model.config.max_position_embeddings - most_tokens)
        by_room: dict[int, list[int]] = {}
        for number, prompt in enumerate(rendered):
            if len(prompt.ids) <= longest:
                room = -(-(len(prompt.ids) + most_tokens) // ROOM_STEP) * ROOM_STEP
                by_room.setdefault(room, []).append(number)
        answers: dict[int, _Answer] = {}
        for room, numbers in sorted(by_room.items()):
            rows = max(1, min(ROWS, MOST_POSITIONS // room))
            waiting = deque(numbers)

            def decode(_: int, room: int = room, rows: int = rows, waiting: deque[int] = waiting) -> list[_Answer]:
                return self._decode(rendered, waiting, rows=rows, room=room, most_tokens=most_tokens)

            for done in each_on_one_thread(decode, range(-(-len(numbers) // rows))):
                answers.update((answer.number, answer) for answer in done)
        return [self._written(answers.get(number), prompt) for number, prompt in enumerate(rendered)]

    @torch.inference_mode()
    def _decode(
        self, rendered: Sequence[RenderedPrompt], waiting: deque[int], *, rows: int, room: int, most_tokens: int
    ) -> list[_Answer]:
        """The answers to the prompts that this table took from `waiting`, until none was left."""
        table = _Table(self._model, rows, room)
        done: list[_Answer] = []
        while True:
            for row in table.free():
                if not self._begin(rendered, waiting, table, row):
                    break
            if not table.taken:
                return done
            for row, answer in list(table.taken.items()):
                if answer.ended or len(answer.tokens) >= most_tokens:
                    done.append(table.taken.pop(row))
            if table.taken:
                table.step(self._ends)

    def _begin(self, rendered: Sequence[RenderedPrompt], waiting: deque[int], table: _Table, row: int) -> bool:
        """Seat the next prompt's answer, with its first token, in `row`; False when none is waiting."""
        try:
            number = waiting.popleft()
        except IndexError:
            return False
        prompt = rendered[number]
        past = self._prefixes.of(prompt.head)
        cache = DynamicCache(past) if past else DynamicCache(config=self._model.config)
        ids = torch.tensor([prompt.tail], device=self._model.device)
        output = self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        answer = _Answer(number, read=len(prompt.ids))
        table.seat(row, answer, [(keys, values) for keys, values, _ in cache])
        (token,), (log_probability,) = _likeliest(output.logits[:, -1])
        answer.add(token, log_probability, self._ends)
        return True

    def _written(self, answer: _Answer | None, prompt: RenderedPrompt) -> Written:
        if answer is None:
            return Written("", len(prompt.ids), 0, failure="truncated")
        text = answer_text(answer.tokens, self._tokenizer)
        return Written(
            text=text,
            input_tokens=len(prompt.ids),
            output_tokens=len(answer.tokens),
            confidence=min(1.0, exp(answer.log_probability / len(answer.tokens))),
            failure="truncated" if not answer.ended else None if text else "empty",
        )


def answer_text(tokens: Sequence[int], tokenizer: Any) -> str:
    """The text of an answer's tokens, special ones and outer white space left out."""
    text: str = tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text.strip()


class _Rows:
    """Keys and values of every layer, as a cache that a `transformers` model writes a token a row to.

    Each layer's have shape (rows, heads, room, width). `at`, shape (rows,), says where each row is written.
    """

    is_compileable = False

    def __init__(self, rows: int, room: int, device: torch.device) -> None:
        """Nothing is held before the first `seat`."""
        self.rows, self.room = rows, room
        self.at = torch.zeros(rows, dtype=torch.long, device=device)
        self._layers: KeysAndValues = []
        self._each = torch.arange(rows, device=device)

    def seat(self, row: int, states: KeysAndValues) -> None:
        """Put what was computed of a prompt at the beginning of `row`; shapes (1, heads, tokens, width)."""
        if not self._layers:
            self._layers = [(self._zeros(keys), self._zeros(values)) for keys, values in states]
        for whole, part in zip(self._layers, states, strict=True):
            for held, new in zip(whole, part, strict=True):
                held[row, :, : new.shape[2]] = new[0]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """All keys and values of a layer, after those of one new token a row were put in their places."""
        all_keys, all_values = self._layers[layer]
        all_keys[self._each, :, self.at] = keys[:, :, 0]
        all_values[self._each, :, self.at] = values[:, :, 0]
        return all_keys, all_values

    def get_seq_length(self, *_: Any) -> int:
        """The room; the model asks for no more than that there is some."""
        return self.room

    def _zeros(self, like: Tensor) -> Tensor:
        return like.new_zeros(self.rows, like.shape[1], self.room, like.shape[3])


class _Table:
    """Answers under way, a row each, and what the model has read of them."""

    def __init__(self, model: Any, rows: int, room: int) -> None:
        self._model = model
        self._cache = _Rows(rows, room, model.device)
        self.taken: dict[int, _Answer] = {}

    def free(self) -> list[int]:
        """The rows without an answer."""
        return [row for row in range(self._cache.rows) if row not in self.taken]

    def seat(self, row: int, answer: _Answer, states: KeysAndValues) -> None:
        """Give `row` to an answer whose prompt the model has read."""
        self._cache.seat(row, states)
        self.taken[row] = answer

    def step(self, ends: frozenset[int]) -> None:
        """One more token for every answer."""
        cache, device = self._cache, self._cache.at.device
        under_way = [self.taken.get(row) for row in range(cache.rows)]
        cache.at = torch.tensor([answer.read if answer else 0 for answer in under_way], device=device)
        last = torch.tensor([answer.tokens[-1] if answer else 0 for answer in under_way], device=device)
        sees = torch.arange(cache.room, device=device)[None, :] <= cache.at[:, None]
        output = self._model(
            input_ids=last[:, None],
            attention_mask=sees[:, None, None, :],
            position_ids=cache.at[:, None],
            past_key_values=cache,
            use_cache=True,
        )
        chosen, log_probabilities = _likeliest(output.logits[:, -1])
        for row, answer in self.taken.items():
            answer.read += 1
            answer.add(chosen[row], log_probabilities[row], ends)


def _likeliest(logits: Tensor) -> tuple[list[int], list[float]]:
    """The likeliest token of each row and its log-probability; `logits` has shape (rows, vocabulary)."""
    best, tokens = logits.float().max(dim=-1)
    log_probabilities = best - logits.float().logsumexp(dim=-1)
    return tokens.tolist(), log_probabilities.tolist()
