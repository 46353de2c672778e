"""Labels taken for each other: unordered pairs of the right label and the one answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rung.diagnose.classes.judged import form_of
from rung.evaluate.run import Row
from rung.evidence.duplicates import normalised

LEAST = 2


@dataclass(frozen=True, slots=True)
class LabelPair:
    """`there` are the rows of label `first` answered `second` (the more frequent way), `back` those the other way;
    `in_play` counts the items of both labels in the run."""

    first: str
    second: str
    there: tuple[int, ...]
    back: tuple[int, ...]
    in_play: int

    @property
    def rows(self) -> tuple[int, ...]:
        """All failures of the pair, in order."""
        return tuple(sorted((*self.there, *self.back)))

    @property
    def one_word(self) -> bool:
        """Whether the two labels differ only in case, spacing, punctuation or Unicode form."""
        return normalised(self.first) == normalised(self.second)


def label_pairs(rows: Sequence[Row]) -> tuple[LabelPair, ...]:
    """Pairs with at least two failures whose answer has the right form, most failures first."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    items: defaultdict[str, int] = defaultdict(int)
    for number, row in enumerate(rows):
        expected, answered = row.example.expected, row.prediction.output
        items[expected] += 1
        if not row.success and answered and answered != expected and form_of(row) is None:
            found[expected, answered].append(number)
    pairs = []
    for (one, other), there in found.items():
        back = found.get((other, one), [])
        if (len(there), other) < (len(back), one) or len(there) + len(back) < LEAST:
            continue  # told from the other side, or a single failure
        pairs.append(LabelPair(one, other, tuple(there), tuple(back), items[one] + items[other]))
    return tuple(sorted(pairs, key=lambda pair: (-len(pair.rows), pair.first, pair.second)))
