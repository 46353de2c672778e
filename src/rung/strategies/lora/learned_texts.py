"""What the adapter learns from, as pairs of what it is asked and what it should answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.errors import InvalidData
from rung.learning.labelled_text import LabelledText, from_corpus, from_examples
from rung.strategies.asking import answer_text
from rung.strategies.contract import TrainData
from rung.strategies.lora.notes import Notes


def learned_texts(train: TrainData, notes: Notes | None, rng: np.random.Generator) -> list[LabelledText]:
    """The examples and the labelled corpus entries, with their answers as the model should write them.

    `notes` finds the passages that stand before a question. A free text without a reference has nothing to be learned
    and is left out; InvalidData where none is left.
    """
    examples = [example for example in train.examples if example.expected or train.task.kind == "answer"]
    texts = [replace(text, label=answer_text(train.task, text.label)) for text in from_examples(examples)]
    if notes is not None:
        found = notes.find_for_training(examples)
        texts = [
            replace(text, notes=tuple(entry.passage for entry in entries))
            for text, entries in zip(texts, found, strict=True)
        ]
    if train.task.kind == "classify":
        texts += from_corpus(
            train.corpus, examples=len(texts), labels=train.labels, rng=rng, as_arrays=train.task.multi_label
        )
    if not texts:
        raise InvalidData(
            "strategy lora learns to write from examples with an expected text, and the training split has none; "
            "add expected texts under data.examples"
        )
    return texts
