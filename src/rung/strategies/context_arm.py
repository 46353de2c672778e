"""A strategy's own prompt with other passages in it: none, or exactly those that hold the answer.

The change is made between the strategy and its model, so that instructions, shots and reading stay the strategy's own,
ours and a third party's alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rung.errors import ModelUnavailable
from rung.evaluate.run import Row
from rung.retrieval.tokens import tokens
from rung.strategies.asking import instructions_text
from rung.strategies.changed_prompts import ChangedPrompts
from rung.strategies.contract import TrainData
from rung.strategies.corpus_passages import notes_of, shots_of
from rung.strategies.needs import labelled_entries
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Generator, Prediction, Predictor, Prompt

ENTRIES = 5
"""Entries shown to a strategy that retrieves none itself, where only their labels tell which are right: as many as
retrieval-prompt shows."""
READ_CHARACTERS = 300
"""Of an entry, to tell how much it shares with a request; its title and first sentences."""

Shown = Mapping[str, tuple[CorpusEntry, ...]]
"""The passages for each request, by its text, best first."""


class WithPassages(ChangedPrompts):
    """A generator whose prompts hold the passages laid down for each request, or none, instead of those found.

    ModelUnavailable where a strategy changes the request before it asks, so that it cannot be told which passages
    belong to it.
    """

    def __init__(self, generator: Generator, train: TrainData, shown: Shown | None, *, retrieves: bool) -> None:
        """`shown` None: no passages. `retrieves`: shots that are entries of the corpus are passages, too."""
        super().__init__(generator)
        self._task = train.task
        self._shown = shown
        self._found = frozenset(entry.passage for entry in train.corpus) if retrieves else frozenset()
        forms = [instructions_text(train.task, train.labels, passages=passages) for passages in (False, True)]
        self._forms, self._form = frozenset(forms), forms[shown is not None]

    def changed(self, prompt: Prompt) -> Prompt:
        """With the passages of its request. ModelUnavailable where the request is not known."""
        entries: tuple[CorpusEntry, ...] = ()
        if self._shown is not None:
            if prompt.question not in self._shown:
                raise ModelUnavailable("the strategy changes the request before it asks, so its passages are its own")
            entries = self._shown[prompt.question]
        own = tuple(shot for shot in prompt.shots if shot.input not in self._found)
        return replace(
            prompt,
            instructions=self._form if prompt.instructions in self._forms else prompt.instructions,
            notes=notes_of(entries, self._task),
            shots=(*own, *shots_of(entries, self._task)),
        )


class Retold:
    """A predictor that names the passages laid down as those retrieved."""

    def __init__(self, predictor: Predictor, shown: Shown | None) -> None:
        self._predictor = predictor
        self._shown = shown or {}

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """As `Predictor.predict`."""
        answers = self._predictor.predict(inputs)
        return [
            replace(answer, retrieved=tuple(entry.id for entry in self._shown.get(text, ())))
            for text, answer in zip(inputs, answers, strict=True)
        ]


def right_passages(rows: Sequence[Row], train: TrainData) -> dict[str, tuple[CorpusEntry, ...]]:
    """The passages that a perfect search would show for each row's request, by item id; items without any are left out.

    Those that the item names, and no others. Else, kind classify, entries that bear a label: those that the strategy
    found, or the `ENTRIES` that share most terms with the request, with one for each right label put first where it is
    not among them. Right ones alone would show the answer instead of asking for it.
    """
    by_id = {entry.id: entry for entry in train.corpus}
    labelled = _Labelled(labelled_entries(train)) if train.task.kind == "classify" else None
    found: dict[str, tuple[CorpusEntry, ...]] = {}
    for row in rows:
        entries = tuple(by_id[passage] for passage in row.example.passages if passage in by_id)
        if not entries and labelled is not None:
            expected = row.example.expected
            labels = json.loads(expected) if train.task.multi_label else [expected]
            own = [by_id[entry] for entry in row.prediction.retrieved if entry in by_id]
            entries = labelled.with_right_ones(row.example.input, labels, own)
        if entries:
            found[row.example.id] = entries
    return found


class _Labelled:
    """The corpus entries that stand for a label of the task."""

    def __init__(self, entries: Sequence[CorpusEntry]) -> None:
        self._entries = entries
        self._labels = frozenset(entry.label for entry in entries)
        self._terms: list[frozenset[str]] | None = None

    def with_right_ones(
        self, text: str, labels: Sequence[str], found: Sequence[CorpusEntry]
    ) -> tuple[CorpusEntry, ...]:
        """The entries found, or the nearest, with one for each of the labels; () where a label has none."""
        if not labels or not set(labels) <= self._labels:
            return ()
        shown = list(found or self._nearest(text)[:ENTRIES])
        there = {entry.label for entry in shown}
        absent = [label for label in labels if label not in there]
        if not absent:
            return tuple(shown)
        nearest = self._nearest(text)
        right = [next(entry for entry in nearest if entry.label == label) for label in absent]
        others = [entry for entry in shown if entry.label not in labels]
        dropped = {entry.id for entry in others[max(0, len(others) - len(right)) :]}
        return (*right, *(entry for entry in shown if entry.id not in dropped))

    def _nearest(self, text: str) -> list[CorpusEntry]:
        """All of them, those that share most terms with the text first, else in the corpus's order."""
        if self._terms is None:
            self._terms = [frozenset(tokens(entry.passage[:READ_CHARACTERS])) for entry in self._entries]
        asked = frozenset(tokens(text))
        shared = [len(asked & terms) for terms in self._terms]
        return [self._entries[number] for number in sorted(range(len(shared)), key=lambda number: -shared[number])]


def by_request(examples: Sequence[Example], passages: Mapping[str, tuple[CorpusEntry, ...]]) -> Shown:
    """The passages by the text of the request; items that ask the same get those of all of them."""
    shown: dict[str, dict[str, CorpusEntry]] = {}
    for example in examples:
        for entry in passages[example.id]:
            shown.setdefault(example.input, {}).setdefault(entry.id, entry)
    return {text: tuple(entries.values()) for text, entries in shown.items()}
