"""A strategy's own prompt with other passages in it: none, or exactly those that hold the answer.

The change is made between the strategy and its model, so that instructions, shots and reading stay the strategy's own,
ours and a third party's alike.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rung.errors import ModelUnavailable
from rung.evaluate.run import Row
from rung.retrieval.tokens import tokens
from rung.strategies.asking import instructions_text
from rung.strategies.contract import TrainData
from rung.strategies.corpus_passages import notes_of, shots_of
from rung.strategies.needs import labelled_entries
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Choice, Generator, Prediction, Predictor, Prompt, Written

ENTRIES_A_LABEL = 3
"""Entries shown for the right label where no item names its passages: a few, as retrieval shows a few."""

Shown = Mapping[str, tuple[CorpusEntry, ...]]
"""The passages for each request, by its text, best first."""


class WithPassages:
    """A generator whose prompts hold the passages laid down for each request, or none, instead of those found.

    It answers as the one behind it and has its identity. ModelUnavailable where a strategy changes the request before
    it asks, so that it cannot be told which passages belong to it.
    """

    def __init__(self, generator: Generator, train: TrainData, shown: Shown | None, *, retrieves: bool) -> None:
        """`shown` None: no passages. `retrieves`: shots that are entries of the corpus are passages, too."""
        self._generator = generator
        self._task = train.task
        self._shown = shown
        self._found = frozenset(entry.passage for entry in train.corpus) if retrieves else frozenset()
        forms = [instructions_text(train.task, train.labels, passages=passages) for passages in (False, True)]
        self._forms, self._form = frozenset(forms), forms[shown is not None]

    @property
    def identity(self) -> str:
        return self._generator.identity

    @property
    def hosted(self) -> bool:
        return self._generator.hosted

    @property
    def metered(self) -> bool:
        return self._generator.metered

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """As `Generator.choose`."""
        return self._generator.choose([self._changed(prompt) for prompt in prompts], labels)

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """As `Generator.write`."""
        return self._generator.write([self._changed(prompt) for prompt in prompts], most_tokens=most_tokens)

    def _changed(self, prompt: Prompt) -> Prompt:
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
    """The passages that hold the answer to each row's request, by item id; items without any are left out.

    Those that the item names; else, kind classify, entries that bear a right label: first those that the strategy
    itself found, then those that share most terms with the request, `ENTRIES_A_LABEL` of them, or one for each label of
    a set.
    """
    by_id = {entry.id: entry for entry in train.corpus}
    by_label: dict[str, list[CorpusEntry]] = {}
    for entry in labelled_entries(train) if train.task.kind == "classify" else ():
        by_label.setdefault(entry.label or "", []).append(entry)
    terms = {entry.id: Counter(tokens(entry.passage)) for entries in by_label.values() for entry in entries}
    found: dict[str, tuple[CorpusEntry, ...]] = {}
    for row in rows:
        example = row.example
        entries = tuple(by_id[passage] for passage in example.passages if passage in by_id)
        if not entries:
            entries = _of_the_labels(row, by_label, terms, train)
        if entries:
            found[example.id] = entries
    return found


def by_request(examples: Sequence[Example], passages: Mapping[str, tuple[CorpusEntry, ...]]) -> Shown:
    """The passages by the text of the request; items that ask the same get those of all of them."""
    shown: dict[str, dict[str, CorpusEntry]] = {}
    for example in examples:
        for entry in passages[example.id]:
            shown.setdefault(example.input, {}).setdefault(entry.id, entry)
    return {text: tuple(entries.values()) for text, entries in shown.items()}


def _of_the_labels(
    row: Row, by_label: Mapping[str, Sequence[CorpusEntry]], terms: Mapping[str, Counter[str]], train: TrainData
) -> tuple[CorpusEntry, ...]:
    expected = row.example.expected
    labels = json.loads(expected) if train.task.multi_label else [expected]
    asked = Counter(tokens(row.example.input))
    places = {entry: place for place, entry in enumerate(row.prediction.retrieved)}

    def order(entry: CorpusEntry) -> tuple[int, int]:
        return places.get(entry.id, len(places)), -(terms[entry.id] & asked).total()

    each = 1 if train.task.multi_label else ENTRIES_A_LABEL
    return tuple(entry for label in labels for entry in sorted(by_label.get(label, ()), key=order)[:each])
