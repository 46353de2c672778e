"""Texts as sets of words: the normalisation of SQuAD, and what two texts share.

Rajpurkar et al. 2016 (arXiv:1606.05250): lower case, no punctuation, no English articles, single spaces. Beyond ASCII
and beyond their code: Unicode NFKC and case folding; every character of a Unicode punctuation class goes, and so do the
ASCII symbols that they drop; a full stop between two digits stays (theirs makes 3.5 and 35 the same answer); ideographs
and kana are words of one character, since nothing separates them.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

_ARTICLES = frozenset({"a", "an", "the"})
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_KEPT_POINT = "\ue000"
_SINGLE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


def words(text: str) -> tuple[str, ...]:
    """The words of the normalised text, in order."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = _DECIMAL_POINT.sub(_KEPT_POINT, folded)
    bare = "".join(letter for letter in kept if not _is_punctuation(letter)).replace(_KEPT_POINT, ".")
    spaced = _SINGLE.sub(lambda found: f" {found.group()} ", bare)
    return tuple(word for word in spaced.split() if word not in _ARTICLES)


def _is_punctuation(letter: str) -> bool:
    return letter in string.punctuation or unicodedata.category(letter).startswith("P")


def word_f1(one: Sequence[str], other: Sequence[str]) -> float:
    """F1 of the words that two texts share, counted with repetition; 1 when neither has any, 0 when one has none."""
    if not one or not other:
        return float(not one and not other)
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other))


def stands_in(inner: Sequence[str], outer: Sequence[str]) -> bool:
    """Whether the words of `inner` stand in `outer` one after the other; a text without words stands nowhere."""
    if not inner:
        return False
    sought = tuple(inner)
    return any(tuple(outer[start : start + len(sought)]) == sought for start in range(len(outer) - len(sought) + 1))


def share_found(inner: Sequence[str], outer: Sequence[str]) -> float:
    """The share of the words of `inner`, with repetition, that `outer` has; 0 for a text without words."""
    known = frozenset(outer)
    return sum(word in known for word in inner) / len(inner) if inner else 0.0
