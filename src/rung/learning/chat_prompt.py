"""A `Prompt` in a model's own chat format: as messages for a server, as token ids for a local model.

Training, local scoring and served prompts all come from `messages`, so what a model was tuned on is what it is
asked. Token ids are made piece by piece: only the template may contribute special tokens, and text that came
from people (instructions, notes, shots, question) is always plain text. An input that spells out an end-of-turn
token therefore stays inside its own turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.errors import ModelUnavailable
from rung.task.protocols import Prompt

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """Token ids up to where the answer begins.

    `head` is the same for every prompt with the same instructions (everything before the first user turn), so a
    model may compute it once; `tail` is the rest.
    """

    head: tuple[int, ...]
    tail: tuple[int, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """Head and tail in one."""
        return self.head + self.tail


def messages(prompt: Prompt) -> list[Message]:
    """Chat messages: instructions as system turn, each shot as a user and an assistant turn, then the question.

    Notes stand as a block before the question, best first. Empty instructions give no system turn.
    """
    turns: list[Message] = []
    if prompt.instructions.strip():
        turns.append({"role": "system", "content": _plain(prompt.instructions)})
    for shot in prompt.shots:
        turns.append({"role": "user", "content": _plain(shot.input)})
        turns.append({"role": "assistant", "content": _plain(shot.answer)})
    question = _plain(prompt.question)
    if prompt.notes:
        notes = "\n".join(f"- {_plain(note)}" for note in prompt.notes)
        question = f"Notes:\n{notes}\n\n{question}"
    turns.append({"role": "user", "content": question})
    return turns


def render(prompt: Prompt, tokenizer: Any) -> RenderedPrompt:
    """The prompt as token ids in the tokenizer's chat template, ready for an answer.

    Equal to tokenising the whole rendered template, as long as no content spells out a special token.
    Raises `ModelUnavailable` when the tokenizer has no chat template that shows every turn.
    """
    turns = messages(prompt)
    first_user = next(number for number, turn in enumerate(turns) if turn["role"] == "user")
    head: list[int] = []
    tail: list[int] = []
    into = head
    for piece in _template_pieces(turns, tokenizer, open_answer=True):
        if _slot(first_user) in piece:
            into = tail
        into.extend(_piece_ids(piece, turns, tokenizer))
    return RenderedPrompt(tuple(head), tuple(tail))


def answer_ids(label: str, tokenizer: Any) -> tuple[int, ...]:
    """Token ids of the assistant's whole answer: the label as plain text, then the end-of-turn token."""
    return (*_text_ids(_plain(label), tokenizer), end_of_turn_id(tokenizer))


def end_of_turn_id(tokenizer: Any) -> int:
    """The special token with which the chat template ends an assistant's turn."""
    turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}]
    pieces = _template_pieces(turns, tokenizer, open_answer=False)
    after = next(number for number, piece in enumerate(pieces) if _slot(1) in piece) + 1
    vocabulary: dict[str, int] = tokenizer.get_added_vocab()
    if after >= len(pieces) or pieces[after] not in vocabulary:
        raise ModelUnavailable("the model's chat template does not close an assistant's turn with a special token")
    return vocabulary[pieces[after]]


def _slot(number: int) -> str:
    """A private-use marker that stands for the content of turn `number` while the template is rendered."""
    return f"\ue000{number}\ue001"


def _template_pieces(turns: Sequence[Message], tokenizer: Any, *, open_answer: bool) -> list[str]:
    """The rendered template cut at its special tokens; each content is still its slot."""
    slots = [{"role": turn["role"], "content": _slot(number)} for number, turn in enumerate(turns)]
    if not getattr(tokenizer, "chat_template", None):
        raise ModelUnavailable("the model's tokenizer has no chat template; choose an instruction-tuned model")
    text: str = tokenizer.apply_chat_template(slots, tokenize=False, add_generation_prompt=open_answer)
    unseen = [slot["role"] for slot in slots if text.count(slot["content"]) != 1]
    if unseen:
        raise ModelUnavailable(
            f"the model's chat template does not show each turn once (role {unseen[0]!r}); "
            "choose a model whose template has system, user and assistant turns"
        )
    special = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)
    if not special:
        return [text]
    return [piece for piece in re.split("(" + "|".join(map(re.escape, special)) + ")", text) if piece]


def _piece_ids(piece: str, turns: Sequence[Message], tokenizer: Any) -> list[int]:
    vocabulary: dict[str, int] = tokenizer.get_added_vocab()
    if piece in vocabulary:
        return [vocabulary[piece]]
    # One pass: a content that itself contains a marker is not expanded again.
    filled = re.sub("\ue000([0-9]+)\ue001", lambda match: turns[int(match[1])]["content"], piece)
    return _text_ids(filled, tokenizer)


def _text_ids(text: str, tokenizer: Any) -> list[int]:
    encoded = tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)
    ids: list[int] = list(encoded["input_ids"])
    return ids


def _plain(text: str) -> str:
    """Text without outer white space; a lone surrogate, which no tokenizer takes, becomes a question mark."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")
