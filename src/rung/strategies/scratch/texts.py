"""What the model of one's own reads: texts with answers, texts of the corpus without, and examples set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rung.learning.carve_out import carve_out
from rung.learning.labelled_text import LabelledText, from_corpus, from_examples
from rung.strategies.asking import answer_text, chooses
from rung.strategies.contract import TrainData
from rung.strategies.scratch.recipe import RECIPE
from rung.task.example import Example
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts with labels or answers, texts of the corpus without, and examples set aside."""

    labelled: tuple[LabelledText, ...]
    unlabelled: tuple[str, ...]
    aside: tuple[LabelledText, ...]


def training_texts(train: TrainData, rng: np.random.Generator) -> Texts:
    """The texts, drawn from `rng`: part of the examples set aside, and the corpus with as many labelled entries
    a label as examples warrant; its other entries are read without their label."""
    task = train.task

    def labels_of(example: Example) -> Sequence[str]:
        if task.kind != "classify":
            return ()
        labels: list[str] = json.loads(example.expected) if task.multi_label else [example.expected]
        return labels

    kept, aside = carve_out(train.examples, share=RECIPE.aside_share, rng=rng, labels_of=labels_of)
    entries = from_corpus(
        train.corpus, examples=len(train.examples), labels=train.labels, rng=rng, as_arrays=task.multi_label
    )
    labelled_ids = {entry.id for entry in entries}
    others = [
        entry.passage for entry in train.corpus if f"corpus:{entry.id}" not in labelled_ids and entry.passage.strip()
    ]
    return Texts((*_answered(task, kept), *entries), tuple(others), tuple(_answered(task, aside)))


def spelled(texts: Texts, task: Task) -> Iterator[str]:
    """Every text that the tokenizer has to know: what is read, and what is written where answers are written."""
    for text in texts.labelled:
        yield text.text
        if not chooses(task):
            yield text.label
    yield from texts.unlabelled


def _answered(task: Task, examples: Sequence[Example]) -> list[LabelledText]:
    return [replace(text, label=answer_text(task, text.label)) for text in from_examples(examples)]
