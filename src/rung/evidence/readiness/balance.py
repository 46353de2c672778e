"""How evenly the labels are spread, and which are rare or absent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from rung.estimate import Figure, Missing, Provenance, exact
from rung.evidence.strata import Strata
from rung.task.example import Example


@dataclass(frozen=True, slots=True)
class Balance:
    """`counts` of originals in train and dev by label (by field or kind of question for kinds without labels), the
    most frequent first, 0 included.

    `effective` is exp(H) with H the entropy of the counts, the number of equally frequent labels that would be as
    varied (Hill 1973, "Diversity and evenness", order 1), and `evenness` H / ln k, 1 for equal counts (Pielou 1966).
    `absent` maps train and dev to the labels that they lack. `noun` is what the counts are of.
    """

    noun: str
    counts: dict[str, int]
    effective: Figure
    evenness: Figure
    absent: dict[str, tuple[str, ...]]

    @property
    def rarest(self) -> tuple[str, int] | None:
        """The label with fewest items and their number; None without labels."""
        return min(self.counts.items(), key=lambda pair: (pair[1], pair[0]), default=None)

    @property
    def commonest(self) -> tuple[str, int] | None:
        """The label with most items and their number; None without labels."""
        return next(iter(self.counts.items()), None)


def balance(parts: Mapping[str, Sequence[Example]], labels: Sequence[str], strata: Strata) -> Balance:
    """The balance over the originals of `parts`; `labels` is the closed set, empty for kinds without one."""
    by_part = {part: Counter(own for one in items for own in strata.of(one)) for part, items in parts.items()}
    total: Counter[str] = sum(by_part.values(), Counter())
    names = sorted({*labels, *total})
    counts = {name: total[name] for name in sorted(names, key=lambda name: (-total[name], name))}
    items = sum(counts.values())
    if not items:
        missing = Missing("this kind of task has nothing to balance")
        return Balance(strata.noun, {}, missing, missing, {})
    entropy = -sum(count / items * log(count / items) for count in counts.values() if count)
    source = "every original of train and dev"
    return Balance(
        noun=strata.noun,
        counts=counts,
        effective=exact(exp(entropy), f"{strata.noun}s", Provenance.MEASURED, source),
        evenness=exact(entropy / log(len(counts)), "evenness", Provenance.MEASURED, source)
        if len(counts) > 1
        else Missing(f"only one {strata.noun}"),
        absent={part: tuple(name for name in names if not found[name]) for part, found in by_part.items()},
    )
