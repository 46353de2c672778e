"""Passages and question in one prompt that the model can read to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.learning.chat_prompt import RenderedPrompt, render
from rung.strategies.corpus_passages import found_in
from rung.strategies.index_prompting import Found
from rung.strategies.retrieval_lora.passages import Passages
from rung.task.example import CorpusEntry
from rung.task.protocols import Prompt
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put before a question, and the tokens of the whole prompt behind the instructions."""

    found: Found
    tokens: int


class Filler:
    """Puts passages before questions, at most `count` of them."""

    def __init__(self, task: Task, tokenizer: Any, instructions: str, *, count: int) -> None:
        self._task, self._tokenizer = task, tokenizer
        self._instructions = instructions
        self._count = count

    @property
    def prefix_tokens(self) -> int:
        """The tokens that all prompts begin with."""
        return len(self._rendered("", Found()).head)

    def filled(self, question: str, entries: Sequence[CorpusEntry], *, longest: int) -> Filled:
        """As many of the entries, best first, as leave the prompt at most `longest` tokens behind the instructions.

        No entry where the question alone takes more: whether it can be read at all is decided by who reads it.
        """
        for count in range(min(self._count, len(entries)), 0, -1):
            found = found_in(entries[:count], self._task)
            tokens = len(self._rendered(question, found).tail)
            if tokens <= longest:
                return Filled(found, tokens)
            if count == self._count and len(self._rendered(question, Found()).tail) > longest:
                break
        return Filled(Found(), len(self._rendered(question, Found()).tail))

    def _rendered(self, question: str, found: Found) -> RenderedPrompt:
        return render(Prompt(self._instructions, question, notes=found.notes, shots=found.shots), self._tokenizer)


class FoundPassages:
    """Finds what a tuned model reads before a question."""

    def __init__(self, passages: Passages, filler: Filler, *, longest: int) -> None:
        """`longest`: tokens of a prompt behind the instructions that are still read."""
        self._passages, self._filler = passages, filler
        self._longest = longest

    def find(self, questions: Sequence[str]) -> list[Found]:
        """The passages of each question, in order; fewer where the question leaves them no room."""
        return [
            self._filler.filled(question, entries, longest=self._longest).found
            for question, entries in zip(questions, self._passages.find(questions), strict=True)
        ]
