from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from rung.errors import MissingExtra
from rung.estimate import Missing
from rung.evidence.readiness.probe import OutOfFold, Probe, out_of_fold, random_folds


def found(*words: Any, **more: Any) -> OutOfFold:
    result = out_of_fold(*words, **more)
    assert isinstance(result, OutOfFold)
    return result


def test_folds_never_divide_a_group_and_spread_the_labels() -> None:
    groups = [f"g{n // 3}" for n in range(150)]
    targets = ["a" if n % 3 else "b" for n in range(150)]
    folds = random_folds(groups, targets, count=5, seed=3)
    assert all(len({folds[n] for n in range(150) if groups[n] == group}) == 1 for group in set(groups))
    assert np.bincount(folds).tolist() == [30] * 5
    assert [sum(targets[n] == "b" for n in np.flatnonzero(folds == fold)) for fold in range(5)] == [10] * 5


def test_folds_depend_on_the_seed_alone() -> None:
    groups, targets = [str(n) for n in range(60)], ["a", "b"] * 30
    first, again, other = (random_folds(groups, targets, count=4, seed=seed).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_items_have_no_folds() -> None:
    assert random_folds([], [], count=5, seed=0).tolist() == []


def test_held_out_items_get_the_label_of_their_words(planted: Any) -> None:
    texts, kinds = planted(300, 4, 0)
    targets = [f"label-{kind}" for kind in kinds]
    result = found(texts, targets, random_folds(list(map(str, range(300))), targets, count=5, seed=0), seed=0)
    assert result.labels == ("label-0", "label-1", "label-2", "label-3")
    assert result.probabilities.shape == (300, 4)
    assert np.allclose(result.probabilities.sum(axis=1), 1.0)
    assert np.mean([result.labels[at] == target for at, target in zip(result.predicted, targets, strict=True)]) > 0.97


def test_probabilities_are_as_sure_as_they_are_right(planted: Any) -> None:
    texts, kinds = planted(600, 3, 1, shared=0.85)
    targets = list(map(str, kinds))
    result = found(texts, targets, random_folds(list(map(str, range(600))), targets, count=5, seed=0), seed=0)
    right = result.predicted == np.array(kinds)
    assert result.probabilities.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.05)


def test_a_model_never_saw_the_items_of_its_own_fold() -> None:
    # Each text stands twice, with the label only its twin could give away; twins share a fold.
    texts = [f"unique{n // 2}x unique{n // 2}y" for n in range(80)]
    targets = ["a" if (n // 2) % 2 else "b" for n in range(80)]
    result = found(texts, targets, np.arange(80) // 2 % 5, seed=0)
    assert np.mean([result.labels[at] == target for at, target in zip(result.predicted, targets, strict=True)]) < 0.8


def test_a_label_that_a_fold_never_saw_has_no_chance_there() -> None:
    result = found([f"text {n}" for n in range(20)], ["a"] * 10 + ["b"] * 10, np.array([0] * 10 + [1] * 10), seed=0)
    assert result.probabilities[:10].tolist() == [[0.0, 1.0]] * 10
    assert result.probabilities[10:].tolist() == [[1.0, 0.0]] * 10


def test_a_single_label_is_certain() -> None:
    assert found(["x"] * 12, ["a"] * 12, np.arange(12) % 3, seed=0).probabilities.tolist() == [[1.0]] * 12


@pytest.mark.parametrize("text", ["", "?!", "\u202e", "one"])
def test_texts_that_say_nothing_give_finite_probabilities(text: str) -> None:
    result = found([text] * 40, ["a", "b"] * 20, np.arange(40) // 2 % 5, seed=0)
    assert np.isfinite(result.probabilities).all()


def test_giant_texts_are_cut_and_the_note_says_so() -> None:
    texts = [f"{kind} " + "lorem ipsum " * 30_000 for kind in ("alpha", "beta")] * 10
    result = found(texts, ["a", "b"] * 10, np.arange(20) // 2 % 5, seed=0)
    assert "250,000 characters" in result.note
    assert result.predicted.tolist() == [0, 1] * 10


def test_more_labels_than_a_regression_bears_are_told_by_their_nearest_mean() -> None:
    texts = [f"word{n % 250} thing{n % 250}" for n in range(1_250)]
    targets = [f"{n % 250:03d}" for n in range(1_250)]
    result = found(texts, targets, np.arange(1_250) // 250, seed=0)
    assert [result.labels[at] for at in result.predicted] == targets


def test_ten_thousand_labels_are_too_many_to_tell() -> None:
    refused = out_of_fold(["x"] * 10_000, list(map(str, range(10_000))), np.arange(10_000) % 5, seed=0)
    assert isinstance(refused, Missing)
    assert "too few items per label to tell" in refused.because


def test_a_single_group_leaves_nothing_to_learn_from() -> None:
    refused = out_of_fold([f"text {n}" for n in range(20)], ["a", "b"] * 10, np.zeros(20, dtype=np.int64), seed=0)
    assert isinstance(refused, Missing)
    assert "single group" in refused.because


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(MissingExtra, match="local"):
        Probe(["a text"])
