"""A part of the training data set aside for early stopping: dev and sealed are seen by no fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from rung.task.example import Example


def own_label(example: Example) -> tuple[str, ...]:
    """The label of an example that has one."""
    return (example.expected,)


def carve_out(
    examples: Sequence[Example],
    *,
    share: float,
    rng: np.random.Generator,
    labels_of: Callable[[Example], Sequence[str]] = own_label,
) -> tuple[list[Example], list[Example]]:
    """(kept, set aside): whole groups, together about `share` of the examples; order is preserved.

    Groups are visited in seeded order. One that is larger than what is still wanted is passed over, and so is
    one that holds the last examples of a label. The part set aside may therefore be small, or empty. `labels_of` gives
    an example's labels, none where its answer is a text: every answer may be the only one of its kind.
    """
    by_group: dict[str, list[Example]] = {}
    for example in examples:
        by_group.setdefault(example.group, []).append(example)
    left = Counter(label for example in examples for label in labels_of(example))
    wanted = share * len(examples)
    aside: set[str] = set()
    names = sorted(by_group)
    for position in rng.permutation(len(names)):
        name = names[position]
        counts = Counter(label for example in by_group[name] for label in labels_of(example))
        if len(by_group[name]) > wanted or any(left[label] == count for label, count in counts.items()):
            continue
        aside.add(name)
        left.subtract(counts)
        wanted -= len(by_group[name])
    kept = [example for example in examples if example.group not in aside]
    return kept, [example for example in examples if example.group in aside]
