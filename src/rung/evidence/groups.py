"""Items that must stay together: declared groups, joined where texts are near-duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rung.evidence.duplicates import Clusters, near_duplicate_pairs, nearest_similarities, normalised
from rung.task.example import CorpusEntry, Example

LEAK_SIMILARITY = 0.5


@dataclass(frozen=True, slots=True)
class Joined:
    """The examples, each with its final group.

    `groups_before` counts declared groups and single items, `groups` what is left of them after joining.
    """

    examples: tuple[Example, ...]
    groups_before: int
    groups: int
    notes: tuple[str, ...]


def join_groups(
    examples: Sequence[Example], parts: Mapping[str, str] | None = None, *, same_answer: bool = False
) -> Joined:
    """Unite declared groups and single items that hold near-duplicate texts.

    With `same_answer` only where they expect the same, too: questions about a corpus are often made from one mould
    and ask for different facts, and a mould in train gives no answer in dev away.

    A united group takes the alphabetically first declared name among its own, or `item:` and the first id. With
    the team's own split in `parts` (by id), nothing is united across it: the split stands as it was made.
    """
    ordered = sorted(examples, key=lambda example: example.id)
    clusters = Clusters(len(ordered))
    first: dict[str, int] = {}
    for position, example in enumerate(ordered):
        if example.group:
            clusters.join(first.setdefault(example.group, position), position)
    places = {example.id: position for position, example in enumerate(ordered)}
    for position, example in enumerate(ordered):
        if example.derived_from:
            clusters.join(places.get(example.derived_from, position), position)
    before = len({clusters.root(position) for position in range(len(ordered))})
    sides: dict[str | None, list[int]] = {}
    for position, example in enumerate(ordered):
        if example.derivation is None:
            sides.setdefault(parts.get(example.id) if parts else None, []).append(position)
    for side in sides.values():
        for left, right in near_duplicate_pairs([ordered[position].input for position in side]):
            if not same_answer or ordered[side[left]].expected == ordered[side[right]].expected:
                clusters.join(side[left], side[right])
    members: dict[int, list[Example]] = {}
    for position, example in enumerate(ordered):
        members.setdefault(clusters.root(position), []).append(example)
    names = {root: _name(inside) for root, inside in members.items()}
    joined = before - len(members)
    notes = (
        [f"{before} groups and single items became {len(members)}: {joined} were joined for near-duplicate texts."]
        if joined
        else []
    )
    return Joined(
        examples=tuple(replace(e, group=names[clusters.root(position)]) for position, e in enumerate(ordered)),
        groups_before=before,
        groups=len(members),
        notes=tuple(notes),
    )


def _name(members: Sequence[Example]) -> str:
    declared = min((example.group for example in members if example.group), default=None)
    return declared if declared is not None else f"item:{min(example.id for example in members)}"


def leakage_notes(train: Sequence[Example], held_out: Mapping[str, Sequence[Example]]) -> tuple[str, ...]:
    """What likeness to train remains in each held-out part, as sentences. Derived variants are not counted."""
    texts = [example.input for example in train]
    notes = []
    for part, examples in held_out.items():
        originals = [example for example in examples if example.derived_from is None]
        if not originals or not texts:
            continue
        nearest = nearest_similarities([example.input for example in originals], texts)
        close = int(np.count_nonzero(nearest >= LEAK_SIMILARITY))
        notes.append(
            f"{close} of {len(originals)} {part} originals ({close / len(originals):.0%}) have a text in train that "
            f"shares at least half of their character trigrams (Jaccard {LEAK_SIMILARITY:g} or more); the highest is "
            f"{nearest.max():.2f}."
        )
    return tuple(notes)


def corpus_notes(corpus: Sequence[CorpusEntry], held_out: Mapping[str, Sequence[Example]]) -> tuple[str, ...]:
    """How many held-out originals stand word for word in the corpus, as one sentence; none without a corpus.

    A text stands there when it equals a title, a text or a whole passage after normalisation. Labels are not read,
    neither the items' nor the entries'.
    """
    if not corpus:
        return ()
    known = {normalised(text) for entry in corpus for text in (entry.title, entry.text, entry.passage) if text}
    counts = []
    for part, examples in held_out.items():
        texts = [normalised(example.input) for example in examples if example.derived_from is None]
        if texts:
            found = sum(text in known for text in texts)
            counts.append(f"{found or 'none'} of {len(texts)} {part} originals ({found / len(texts):.0%})")
    if not counts:
        return ()
    return (f"Word for word in the corpus (as a title, a text or a whole passage): {' and '.join(counts)}.",)
