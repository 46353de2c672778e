"""What a trained strategy learns from: the examples, and those corpus entries that say which label they stand for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Shot


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One text with its label, or with the answer as a model should write it; `notes` are passages to read first, best
    first, and `shots` solved examples, best last. `id` is the example's, or the corpus entry's behind `corpus:`."""

    id: str
    text: str
    label: str
    notes: tuple[str, ...] = ()
    shots: tuple[Shot, ...] = ()


def from_examples(examples: Sequence[Example]) -> list[LabelledText]:
    """One per example, in order."""
    return [LabelledText(example.id, example.input, example.expected) for example in examples]


def from_corpus(
    entries: Sequence[CorpusEntry],
    *,
    examples: int,
    labels: Sequence[str],
    rng: np.random.Generator,
    as_arrays: bool = False,
) -> list[LabelledText]:
    """Labelled corpus entries, at most as many of each label as a label has examples on average.

    A corpus says how finely a subject is divided, not how often it is asked for: uncapped, the label with the
    longest chapter would set the prior. Which entries of a large label stay is drawn from `rng`. `as_arrays`: the
    label is written as the JSON array of one, for a task of several labels an item.
    """
    most = max(1, ceil(examples / max(1, len(labels))))
    chosen: list[LabelledText] = []
    for label in labels:
        own = [entry for entry in entries if entry.label == label and entry.passage.strip()]
        picked = sorted(rng.permutation(len(own))[:most].tolist())
        written = json.dumps([label], ensure_ascii=False) if as_arrays else label
        chosen.extend(LabelledText(f"corpus:{own[index].id}", own[index].passage, written) for index in picked)
    return chosen
