"""A name for a cluster of failures: the words that are frequent in it and rare elsewhere.

Class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794), with two differences. A term counts once per item, so that a
text that repeats itself names nothing. And the weight of a term compares its share of the cluster's items with its
share of all others, other failures and successes alike: a word that stands in every request to the task says nothing
of why these fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

from rung.diagnose.classes.plain_words import plain_words

MOST_TERMS = 4
LEAST_TERMS = 2
_LEAST_SHARE = 0.1
_LEAST_TIMES = 4.0
"""Times as frequent in the cluster as elsewhere: else the small words of every sentence would come in by number."""
_ENOUGH = 0.25
"""A further term must weigh at least this part of the first one's weight."""
_LONGEST = 40


def item_terms(text: str) -> frozenset[str]:
    """The words of a text and every two neighbouring ones, each once."""
    words = plain_words(text)
    return frozenset((*words, *(f"{one} {other}" for one, other in pairwise(words))))


def counted(items: Sequence[frozenset[str]]) -> Counter[str]:
    """In how many items each term stands."""
    return Counter(term for terms in items for term in terms)


def telling_terms(
    inside: Sequence[frozenset[str]], everywhere: Counter[str], items: int, groups: Sequence[int]
) -> tuple[str, ...]:
    """2 to 4 terms, most telling first; fewer where fewer tell anything, none for texts without words.

    `inside`: the terms of each item of the cluster, `groups` its group; `everywhere` counts all `items` items, the
    cluster's among them. A term stands in at least two items and a tenth of the cluster, and in two of its groups
    where it has two, so that it is never taken from a single item or from one item and its variants.
    """
    size = len(inside)
    counts = counted(inside)
    least = max(2, _LEAST_SHARE * size)
    weights: dict[str, float] = {}
    for term, count in counts.items():
        if count < least or len(term) > _LONGEST or not _tells(term):
            continue
        elsewhere = (everywhere[term] - count + 0.5) / (items - size + 1.0)
        times = count / size / elsewhere
        if times >= _LEAST_TIMES:
            weights[term] = count / size * log(times)
    several = len(set(groups)) > 1
    chosen: list[str] = []
    first = 0.0
    # Of a phrase and its words the phrase comes first where they weigh the same.
    for term in sorted(weights, key=lambda term: (-round(weights[term], 9), -len(term), term)):
        if len(chosen) == MOST_TERMS or (len(chosen) >= LEAST_TERMS and weights[term] < _ENOUGH * first):
            break
        if several and len({group for terms, group in zip(inside, groups, strict=True) if term in terms}) < 2:
            continue
        if any(set(term.split()) & set(other.split()) for other in chosen):
            continue
        first = first or weights[term]
        chosen.append(term)
    return tuple(chosen)


def _tells(term: str) -> bool:
    """False for a number by itself, and for nothing but words of one or two Latin letters (to, is, in, de, le)."""
    return any(not word.isdigit() and (len(word) > 2 or not word.isascii()) for word in term.split())
