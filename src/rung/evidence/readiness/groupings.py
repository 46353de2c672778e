"""Ways in which items belong together: the declared group, each metadata field, and texts that are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rung.evidence.duplicates import Clusters, normalised
from rung.evidence.minhash import similar_pairs
from rung.task.example import Example

LOOSE = 0.6
"""Jaccard similarity of trigrams from which texts count as alike: well below a near-duplicate, well above chance."""

ALIKE = "alike texts"
"""The name of the grouping by texts."""

Origin = Literal["group", "metadata", "texts"]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A value for each item, "" for an item that belongs to none; in the order of the items."""

    name: str
    origin: Origin
    values: tuple[str, ...]

    @property
    def distinct(self) -> int:
        """How many values there are."""
        return len(set(self.values) - {""})


def groupings(examples: Sequence[Example]) -> list[Grouping]:
    """Every grouping with at least two values that are shared enough: at most half as many values as items that carry
    one, or, for declared groups and texts alike, any value with several items."""
    fields = sorted({key for one in examples for key in one.metadata})
    candidates = [
        Grouping("group", "group", _shared([one.group for one in examples])),
        *(Grouping(name, "metadata", tuple(one.metadata.get(name, "").strip() for one in examples)) for name in fields),
        Grouping(ALIKE, "texts", _shared(_alike([one.input for one in examples]))),
    ]
    return [one for one in candidates if _groups_items(one)]


def _groups_items(grouping: Grouping) -> bool:
    if grouping.origin != "metadata":
        return grouping.distinct > 0
    carriers = sum(value != "" for value in grouping.values)
    return 2 <= grouping.distinct <= carriers / 2


def _shared(values: Sequence[str]) -> tuple[str, ...]:
    """The values that several items have; "" for the others."""
    counts = Counter(values)
    return tuple(value if counts[value] > 1 else "" for value in values)


def _alike(texts: Sequence[str]) -> list[str]:
    """The number of each text's cluster: texts linked by a chain of pairs of at least `LOOSE`."""
    first: dict[str, int] = {}
    places = [first.setdefault(normalised(text), len(first)) for text in texts]
    clusters = Clusters(len(first))
    for left, right in similar_pairs(list(first), LOOSE).tolist():
        clusters.join(left, right)
    return [str(clusters.root(place)) for place in places]
