"""Finds the notes for each input and asks."""

from __future__ import annotations

from collections.abc import Sequence

from rung.errors import InvalidData
from rung.retrieval import HybridIndex
from rung.strategies.contract import TrainData
from rung.strategies.prompting import ask, instructions_text
from rung.task.example import CorpusEntry
from rung.task.protocols import Encoder, Generator, Prediction, Prompt, Shot


class RetrievalPromptPredictor:
    """Gives the generator the passages found for each input: notes, or solved examples where they bear a label."""

    def __init__(self, generator: Generator, encoder: Encoder, train: TrainData, *, notes: int) -> None:
        """Raises `InvalidData` where the corpus holds no text."""
        self._entries = tuple(entry for entry in train.corpus if entry.passage.strip())
        if not self._entries:
            raise InvalidData("strategy retrieval-prompt found no text in the corpus; name one under data.corpus")
        self._generator = generator
        self._instructions = instructions_text(train.task, train.labels)
        self._labels = train.labels
        self._index = HybridIndex([entry.passage for entry in self._entries], encoder)
        self._notes = notes

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `retrieved` names the entries in the prompt."""
        found = [[self._entries[position] for position in row] for row in self._index.search(inputs, self._notes)]
        prompts = [
            Prompt(self._instructions, text, notes=notes_of(entries), shots=shots_of(entries))
            for text, entries in zip(inputs, found, strict=True)
        ]
        ids = [tuple(entry.id for entry in entries) for entries in found]
        return ask(self._generator, prompts, self._labels, ids)


def notes_of(entries: Sequence[CorpusEntry]) -> tuple[str, ...]:
    """The passages that stand for no label, best first."""
    return tuple(entry.passage for entry in entries if not entry.label)


def shots_of(entries: Sequence[CorpusEntry]) -> tuple[Shot, ...]:
    """The passages that stand for a label, each as a solved example of it, the best last, next to the question."""
    return tuple(Shot(entry.passage, entry.label) for entry in reversed(entries) if entry.label)
