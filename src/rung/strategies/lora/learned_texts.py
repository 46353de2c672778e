"""What the adapter learns from, as pairs of what it is asked and what it should answer."""

from __future__ import annotations

import numpy as np

from rung.learning.labelled_text import LabelledText, from_corpus
from rung.strategies.contract import TrainData
from rung.strategies.learned_texts import NOTHING, examples_to_learn, learned_text, nothing_to_learn
from rung.strategies.lora.notes import Notes


def learned_texts(train: TrainData, notes: Notes | None, rng: np.random.Generator) -> list[LabelledText]:
    """The examples and the labelled corpus entries, with their answers as the model should write them.

    `notes` finds the passages that stand before a question. A free text without a reference has nothing to be learned
    and is left out; InvalidData where none is left.
    """
    examples = examples_to_learn(train)
    found = notes.find_for_training(examples) if notes is not None else [NOTHING] * len(examples)
    texts = [learned_text(train.task, example, one) for example, one in zip(examples, found, strict=True)]
    if train.task.kind == "classify":
        texts += from_corpus(
            train.corpus, examples=len(texts), labels=train.labels, rng=rng, as_arrays=train.task.multi_label
        )
    if not texts:
        raise nothing_to_learn("lora")
    return texts
