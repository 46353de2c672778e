"""Which items are edge cases, and why: rare, long, far from all others, in words of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from rung.evidence.density import neighbour_similarity, words_alone
from rung.evidence.strata import Strata
from rung.task.example import Example

RARE, LONG, SPARSE, FOREIGN = "rare", "long", "low density", "out of distribution"
EDGE_REASONS: tuple[str, ...] = (RARE, LONG, SPARSE, FOREIGN)
LONG_QUANTILE = 0.9
RARE_SHARE = 0.1
"""Of the strata, and of all items: a stratum is rare only while all rare ones together hold no more."""
SPARSE_SHARE = 0.03
FOREIGN_SHARE = 0.02
"""With the longest tenth and the rare tenth, at most a quarter of all items is edge."""
_FEWEST_WORDS = 4
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Edges:
    """`because` by id: the reasons, and after a colon what was found. `rules` says by reason what counted as it."""

    because: Mapping[str, str]
    rules: Mapping[str, str]


def find_edges(examples: Sequence[Example], strata: Strata, *, seed: int) -> Edges:
    """The edge items among examples that all have a group.

    rare: one of its strata (its label, a field of its record) is rarer than the stratum at the tenth of all ordered by
    count; ties with that one are not rare, so tasks of under ten labels have no rare ones. long: more characters than
    nine tenths of all have at most. low density: the mean similarity to its five nearest neighbours is among the lowest
    3 % and under half of the median. out of distribution: more than half of its words, four or more, stand in no item
    of another group, where that is so of less than half of all items; the 2 % with most such words.
    """
    found: dict[str, dict[str, str]] = {reason: {} for reason in EDGE_REASONS}
    rules = {
        RARE: _rare(examples, strata, found[RARE]),
        LONG: _long(examples, found[LONG]),
        SPARSE: _sparse(examples, seed, found[SPARSE]),
        FOREIGN: _foreign(examples, found[FOREIGN]),
    }
    because = {}
    for one in examples:
        reasons = [reason for reason in EDGE_REASONS if one.id in found[reason]]
        if reasons:
            because[one.id] = f"{', '.join(reasons)}: {'; '.join(found[reason][one.id] for reason in reasons)}"
    return Edges(because, rules)


def edge_reasons(because: str) -> list[str]:
    """The reasons that `Example.segment_because` begins with; [] for another segment, or where the team marked it."""
    head = because.partition(":")[0].split(", ")
    return [reason for reason in EDGE_REASONS if reason in head]


def _rare(examples: Sequence[Example], strata: Strata, found: dict[str, str]) -> str:
    of = {one.id: strata.of(one) for one in examples}
    counts = Counter(stratum for own in of.values() for stratum in own)
    ordered = sorted(counts, key=lambda stratum: (counts[stratum], stratum))
    place = int(RARE_SHARE * len(ordered))
    rare_below = counts[ordered[place]] if ordered else 0
    members: dict[str, list[str]] = {}
    for name, own in of.items():
        for stratum in own:
            members.setdefault(stratum, []).append(name)
    rare: list[str] = []
    for stratum in ordered[:place]:
        if counts[stratum] >= rare_below or len(found.keys() | members[stratum]) > RARE_SHARE * len(examples):
            break
        rare.append(stratum)
        for name in members[stratum]:
            found.setdefault(name, f"{strata.noun} {stratum} in {counts[stratum]} of {len(examples)} items")
    shown = ", ".join(rare[:_SHOWN]) + (f" and {len(rare) - _SHOWN} more" if len(rare) > _SHOWN else "")
    return f"the rarest {strata.plural.lower()}, {shown}"


def _long(examples: Sequence[Example], found: dict[str, str]) -> str:
    lengths = sorted(len(one.input) for one in examples)
    long_from = lengths[ceil(LONG_QUANTILE * len(lengths)) - 1]
    for one in examples:
        if len(one.input) > long_from:
            found[one.id] = f"{len(one.input)} characters, where nine tenths of all have at most {long_from}"
    return f"inputs of more than {long_from} characters"


def _sparse(examples: Sequence[Example], seed: int, found: dict[str, str]) -> str:
    wanted = int(SPARSE_SHARE * len(examples))
    if not wanted:
        return ""
    likeness = neighbour_similarity(examples, seed=seed)
    known = [place for place in range(len(examples)) if not np.isnan(likeness[place])]
    if not known:
        return ""
    middle = float(np.median(likeness[known]))
    lowest = sorted(known, key=lambda place: (likeness[place], examples[place].id))[:wanted]
    for place in lowest:
        if likeness[place] < middle / 2:
            found[examples[place].id] = (
                f"similarity {likeness[place]:.2f} to its nearest neighbours, where the median is {middle:.2f}"
            )
    return f"similarity to the nearest neighbours under half of the median, {middle:.2f}"


def _foreign(examples: Sequence[Example], found: dict[str, str]) -> str:
    wanted = int(FOREIGN_SHARE * len(examples))
    counts = words_alone(examples) if wanted else []
    beyond = [place for place, (alone, words) in enumerate(counts) if 2 * alone > words]
    # Where most items are like that, as in languages written without spaces, it sets none apart.
    if 2 * len(beyond) >= len(counts):
        return ""
    told = [place for place in beyond if counts[place][1] >= _FEWEST_WORDS]
    told.sort(key=lambda place: (-counts[place][0] / counts[place][1], examples[place].id))
    for place in told[:wanted]:
        alone, words = counts[place]
        found[examples[place].id] = f"{alone} of its {words} words stand in no item of another group"
    return "most of the words stand in no item of another group"
