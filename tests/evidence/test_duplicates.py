from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.evidence.duplicates import (
    THRESHOLD,
    jaccard,
    near_duplicate_clusters,
    near_duplicate_pairs,
    nearest_similarities,
    normalised,
    trigrams,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Reset my PASSWORD!", "reset  my password"),
        ("ﬁle №5", "FILE no5"),
        ("Straße", "STRASSE"),
        ("snake_case word", "snake case-word"),
    ],
)
def test_normalising_hides_form_case_and_punctuation(left: str, right: str) -> None:
    assert normalised(left) == normalised(right)


def test_texts_of_signs_only_are_not_all_the_same() -> None:
    assert near_duplicate_clusters(["?!", "...", "?!"]).tolist() == [0, 1, 0]


def test_jaccard_of_trigrams_by_hand() -> None:
    # " abc " has " ab", "abc", "bc "; " abd " has " ab", "abd", "bd ": one of five is shared.
    assert jaccard(trigrams("abc"), trigrams("ABD")) == pytest.approx(1 / 5)


def brute_force(texts: list[str]) -> list[set[int]]:
    """Connected components of the similarity graph over all pairs."""
    components: list[set[int]] = []
    for position, text in enumerate(texts):
        linked = {
            other
            for other in range(position)
            if normalised(texts[other]) == normalised(text)
            or jaccard(trigrams(texts[other]), trigrams(text)) >= THRESHOLD - 1e-9
        }
        touching = [component for component in components if component & linked]
        components = [component for component in components if not component & linked]
        components.append(set().union({position}, *touching))
    return components


def as_sets(clusters: list[int]) -> set[frozenset[int]]:
    return {frozenset(i for i, c in enumerate(clusters) if c == cluster) for cluster in set(clusters)}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("ab c", max_size=14), max_size=14))
def test_clusters_are_those_of_comparing_every_pair(texts: list[str]) -> None:
    assert as_sets(near_duplicate_clusters(texts).tolist()) == {frozenset(c) for c in brute_force(texts)}


def test_clusters_of_longer_edited_sentences_are_those_of_comparing_every_pair() -> None:
    rng = random.Random(3)
    words = ["please", "invoice", "order", "reset", "account", "password", "charged", "twice", "cannot", "file"]
    base = [" ".join(rng.choices(words, k=rng.randint(4, 14))) for _ in range(60)]
    edited = []
    for text in base:
        cut = rng.randrange(len(text))
        edited.append(text[:cut] + text[cut + 1 :])
    texts = base + edited
    expected = {frozenset(component) for component in brute_force(texts)}
    assert as_sets(near_duplicate_clusters(texts).tolist()) == expected
    assert any(len(component) > 1 for component in expected)


def test_a_pair_is_given_once_with_the_smaller_position_first() -> None:
    texts = [
        "completely different",
        "the order never arrived here",
        "The order never arrived here!",
        "the order never arived here",
    ]
    assert near_duplicate_pairs(texts) == [(1, 2), (1, 3)]


def test_nearest_similarity_is_the_best_over_all_others() -> None:
    texts, others = ["reset my password", "xyz", ""], ["reset the password", "my password", "unrelated"]
    expected = [max(jaccard(trigrams(text), trigrams(other)) for other in others) for text in texts]
    assert np.allclose(nearest_similarities(texts, others), expected)
    assert nearest_similarities(texts, []).tolist() == [0, 0, 0]
