from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.evidence import duplicates
from rung.evidence.duplicates import Clusters, jaccard, near_duplicate_clusters, near_duplicate_pairs, trigrams
from rung.evidence.duplicates import normalised as normal
from rung.evidence.minhash import ENOUGH_LINKS, HASHES, banding, chance_found, similar_pairs
from rung.evidence.trigrams import similarities

WORDS = ["please", "invoice", "order", "reset", "account", "password", "charged", "twice", "cannot", "file", "refund"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def distinct(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(normal, texts)))


def by_comparing_all(texts: Sequence[str], threshold: float) -> set[tuple[int, int]]:
    sets = [trigrams(text) for text in texts]
    return {(i, j) for j in range(len(sets)) for i in range(j) if jaccard(sets[i], sets[j]) >= threshold - 1e-9}


def found(texts: Sequence[str], threshold: float = 0.8, *, seed: int = 0) -> set[tuple[int, int]]:
    return {(int(i), int(j)) for i, j in similar_pairs(texts, threshold, seed=seed)}


def edited_sentences(count: int, seed: int) -> list[str]:
    """Sentences, and each again with one character less or one more word."""
    rng = random.Random(seed)
    base = [" ".join(rng.choices(WORDS, k=rng.randint(5, 14))) + f" {rng.randrange(10**6)}" for _ in range(count)]
    cut = [text[:place] + text[place + 1 :] for text in base for place in [rng.randrange(len(text))]]
    longer = [f"{text} {rng.choice(WORDS)}" for text in base]
    return distinct(base + cut + longer)


@pytest.fixture
def always_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "EXACT_UP_TO", 0)


def test_the_bands_for_the_threshold_find_what_the_docstring_says() -> None:
    # 1 - (1 - .8^8)^32 by hand: .8^8 = .16777216, .83222784^32 = exp(32 * ln .83222784) = exp(-5.8768) = .0028.
    assert banding(0.8) == (8, 32)
    assert chance_found(0.8, 8, 32) == pytest.approx(1 - 0.0028, abs=5e-5)
    assert chance_found(0.9, 8, 32) > 0.999999
    assert chance_found(0.2, 8, 32) == pytest.approx(1 / 12_200, rel=0.01)


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.5, 0.8, 0.95, 1.0])
def test_bands_never_need_more_hashes_than_there_are_and_reach_the_stated_chance(threshold: float) -> None:
    rows, bands = banding(threshold)
    assert rows * bands <= HASHES
    assert chance_found(threshold, rows, bands) >= 0.995


def test_nothing_is_reported_below_the_threshold_and_hardly_a_pair_is_missed() -> None:
    texts = edited_sentences(250, seed=1)
    expected = by_comparing_all(texts, 0.8)
    mine = found(texts)
    assert mine <= expected
    assert len(expected) > 300
    # Each pair is missed with probability at most .0029; the chance of more than six of 700 is below one in 100.
    assert len(expected - mine) <= 6


def test_pairs_just_at_the_threshold_are_found_at_the_stated_rate() -> None:
    # 72 random letters have 72 trigrams; without the last 12, 60, of which the last is new: 59 of 73 are shared.
    rng = random.Random(5)
    base = ["".join(rng.choices(LETTERS, k=72)) for _ in range(1500)]
    mine = found(base + [text[:-12] for text in base])
    # At 59/73 one in 600 is missed: 2.5 are expected, and more than 10 with a chance below one in 10,000.
    assert len({(i, i + 1500) for i in range(1500)} & mine) >= 1490


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=14), max_size=16), st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_any_texts_give_only_pairs_that_comparing_them_gives(texts: list[str], threshold: float) -> None:
    different = distinct(texts)
    assert found(different, threshold) <= by_comparing_all(different, threshold)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abc é字🙂", max_size=30), min_size=2, max_size=8))
def test_similarities_are_those_of_the_trigram_sets(texts: list[str]) -> None:
    different = distinct(texts)
    pairs = np.array([(i, j) for j in range(len(different)) for i in range(j)], dtype=np.int64).reshape(-1, 2)
    expected = [jaccard(trigrams(different[i]), trigrams(different[j])) for i, j in pairs]
    assert np.allclose(similarities(different, pairs), expected)


def test_the_same_seed_gives_the_same_pairs_sorted() -> None:
    texts = edited_sentences(80, seed=2)
    pairs = similar_pairs(texts, 0.8, seed=7)
    assert np.array_equal(pairs, similar_pairs(texts, 0.8, seed=7))
    assert pairs.tolist() == sorted(pairs.tolist())
    assert all(left < right for left, right in pairs.tolist())


@pytest.mark.parametrize("texts", [[], ["only one"], ["", "reset my password"], ["?!", "...", ""], ["", "a"]])
def test_few_empty_and_sign_only_texts_have_no_partner(texts: list[str]) -> None:
    assert similar_pairs(texts, 0.8).shape == (0, 2)


def test_a_giant_text_finds_its_copy_that_lacks_a_sentence() -> None:
    rng = random.Random(4)
    giant = " ".join("".join(rng.choices("abcdefghij", k=6)) for _ in range(5_000))[:32_000]
    texts = [giant, "reset my password", giant[400:], "another thing entirely"]
    assert found(texts) == {(0, 2)}


def test_hundreds_of_texts_of_one_mould_become_one_cluster_without_naming_every_pair() -> None:
    texts = [f"your order {number} was shipped and will be with you within three working days" for number in range(700)]
    pairs = similar_pairs(texts, 0.8)
    clusters = Clusters(len(texts))
    for left, right in pairs.tolist():
        clusters.join(left, right)
    assert len({clusters.root(position) for position in range(len(texts))}) == 1
    assert len(pairs) < 40 * len(texts)


def test_unlike_texts_that_share_a_mould_are_not_joined() -> None:
    # Half of each text is its own: no two are similar enough, though they share many trigrams.
    rng = random.Random(8)
    texts = [f"your order was shipped {''.join(rng.choices(LETTERS, k=30))}" for _ in range(400)]
    assert found(texts) == by_comparing_all(texts, 0.8) == set()


def test_with_held_out_texts_only_pairs_across_are_given() -> None:
    texts = edited_sentences(150, seed=3)
    rng = np.random.default_rng(0)
    held_out = rng.random(len(texts)) < 0.3
    expected = {(i, j) for i, j in by_comparing_all(texts, 0.8) if held_out[i] != held_out[j]}
    mine = {(int(i), int(j)) for i, j in similar_pairs(texts, 0.8, held_out=held_out)}
    assert mine <= expected
    assert len(expected - mine) <= 4


def test_every_held_out_text_of_a_crowded_mould_finds_a_partner() -> None:
    texts = [f"your order {number} was shipped and will be with you within three working days" for number in range(600)]
    held_out = np.arange(600) % 3 == 0
    pairs = similar_pairs(texts, 0.8, held_out=held_out)
    asked = {int(i) if held_out[i] else int(j) for i, j in pairs}
    assert asked == set(np.flatnonzero(held_out).tolist())
    assert len(pairs) < 5 * ENOUGH_LINKS * len(asked)


@pytest.mark.parametrize("threshold", [0.0, -0.1, 1.1])
def test_a_threshold_outside_its_range_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        similar_pairs(["a", "b"], threshold)


@pytest.mark.usefixtures("always_hashed")
def test_large_sets_are_hashed_and_equal_texts_chained_as_in_small_ones() -> None:
    texts = ["completely different", "the order never arrived here", "The order never arrived here!", ""]
    texts += ["the order never arived here", "", "?!", "?!", "ｔｈｅ ｏｒｄｅｒ never arrived here"]
    pairs = near_duplicate_pairs(texts)
    assert pairs == [(1, 2), (1, 4), (1, 8), (3, 5), (6, 7)]
    assert near_duplicate_clusters(texts).tolist() == [0, 1, 1, 2, 1, 2, 3, 3, 1]
