from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.strategies.head_choice import (
    HeadChoice,
    choose_head,
    fitted_temperature,
    grouped_folds,
    load_choice,
    save_choice,
)
from rung.strategies.linear_head import LabelledTexts, Recipe, margins, softmax


class Numbers:
    """A text is a few numbers; they are its features."""

    def __init__(self, texts: Sequence[str]) -> None:
        del texts

    def matrix(self, texts: Sequence[str]) -> Any:
        return np.array([[float(part) for part in text.split()] for text in texts])

    def row(self, text: str) -> Any:
        return self.matrix([text])


def logistic(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000)


RECIPE = Recipe("numbers", Numbers, logistic, (0.001, 1.0, 1000.0))
NOTHING = LabelledTexts((), ())


def ignore(done: int, total: int) -> None:
    assert 0 < done <= total


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 8)), max_size=40), st.integers(0, 100))
def test_no_group_stands_on_both_sides_of_a_fold_and_no_item_is_held_out_twice(
    rows: list[tuple[str, int]], seed: int
) -> None:
    labels, groups = [label for label, _ in rows], [str(group) for _, group in rows]
    folds = grouped_folds(labels, groups, seed=seed)
    for fit_on, held in folds:
        assert {groups[i] for i in fit_on}.isdisjoint(groups[i] for i in held)
        assert sorted(fit_on + held) == list(range(len(rows)))
        assert len({labels[i] for i in fit_on}) >= 2
    everything = [i for _, held in folds for i in held]
    assert len(everything) == len(set(everything))


def separable(groups: int, rng: np.random.Generator) -> tuple[LabelledTexts, list[str]]:
    """Three labels that the first two of three numbers tell apart; three items a group."""
    texts, labels, names = [], [], []
    for group in range(groups):
        label = group % 3
        for _ in range(3):
            point = np.array([[0, 0], [9, 0], [0, 9]][label]) + rng.normal(size=2)
            texts.append(f"{point[0]:.6f} {point[1]:.6f} {rng.normal():.6f}")
            labels.append("xyz"[label])
            names.append(f"g{group}")
    return LabelledTexts(tuple(texts), tuple(labels)), names


def test_what_is_chosen_is_right_on_held_out_groups() -> None:
    train, groups = separable(18, np.random.default_rng(3))
    choice = choose_head(RECIPE, train, groups, NOTHING, seed=1, report=ignore)
    best = max(accuracy for _, _, accuracy in choice.accuracies)
    assert (choice.strength, False, best) in choice.accuracies
    assert best > 0.95
    assert choice.folds == 5
    assert not choice.with_corpus


def test_of_equally_good_strengths_the_strongest_regularisation_wins() -> None:
    train, groups = separable(18, np.random.default_rng(3))
    choice = choose_head(RECIPE, train, groups, NOTHING, seed=1, report=ignore)
    equals = [c for c, _, accuracy in choice.accuracies if accuracy == max(a for _, _, a in choice.accuracies)]
    assert choice.strength == min(equals)


def test_corpus_text_that_misleads_is_left_out() -> None:
    rng = np.random.default_rng(5)
    train, groups = separable(9, rng)
    others, _ = separable(60, rng)
    mislabelled = LabelledTexts(others.texts, tuple("yzx"["xyz".index(label)] for label in others.labels))
    assert not choose_head(RECIPE, train, groups, mislabelled, seed=1, report=ignore).with_corpus


def test_corpus_text_is_taken_when_train_alone_cannot_tell_the_groups() -> None:
    """Each label has two clusters, and every group is one whole cluster: train minus a group never shows it."""
    centres = {"x": [(0, 0), (20, 20)], "y": [(0, 20), (20, 0)]}
    texts, labels, groups = [], [], []
    for label, points in centres.items():
        for number, (a, b) in enumerate(points):
            for step in range(4):
                texts.append(f"{a + step * 0.1} {b} {a * b + step}")
                labels.append(label)
                groups.append(f"{label}{number}")
    train = LabelledTexts(tuple(texts), tuple(labels))
    corpus = LabelledTexts(
        tuple(f"{a} {b} {a * b}" for points in centres.values() for a, b in points), ("x", "x", "y", "y")
    )
    choice = choose_head(RECIPE, train, groups, corpus, seed=0, report=ignore)
    by_text = {
        with_corpus: max(a for _, w, a in choice.accuracies if w is with_corpus) for with_corpus in (False, True)
    }
    assert choice.with_corpus
    assert by_text[True] > by_text[False]


@pytest.mark.parametrize("groups", [["one"] * 6, ["a", "a", "a", "b", "b", "b"]])
def test_without_usable_folds_the_middle_strength_is_taken_and_said_so(groups: list[str]) -> None:
    train = LabelledTexts(("0 0", "0 1", "1 0", "9 9", "9 8", "8 9"), ("x", "x", "x", "y", "y", "y"))
    choice = choose_head(RECIPE, train, groups, NOTHING, seed=0, report=ignore)
    assert (choice.strength, choice.folds, choice.accuracies) == (1.0, 0, ())
    assert "too few groups" in choice.because


def test_a_two_label_classifier_gives_logistic_probabilities() -> None:
    train, _ = separable(18, np.random.default_rng(3))
    two = train.take([i for i, label in enumerate(train.labels) if label != "z"])
    matrix = Numbers(()).matrix(two.texts)
    classifier = logistic(0.01).fit(matrix, list(two.labels))
    rows = margins(classifier, matrix, ["x", "y", "z"])
    np.testing.assert_allclose(softmax(rows, 1.0)[:, :2], classifier.predict_proba(matrix), atol=1e-12)
    assert not softmax(rows, 1.0)[:, 2].any()


def test_many_label_margins_give_the_classifiers_own_probabilities() -> None:
    train, _ = separable(18, np.random.default_rng(3))
    matrix = Numbers(()).matrix(train.texts)
    classifier = logistic(0.01).fit(matrix, list(train.labels))
    rows = margins(classifier, matrix, ["x", "y", "z"])
    np.testing.assert_allclose(softmax(rows, 1.0), classifier.predict_proba(matrix), atol=1e-12)


@pytest.mark.parametrize("true_temperature", [0.25, 1.0, 4.0])
def test_the_temperature_that_made_the_labels_is_found_again(true_temperature: float) -> None:
    rng = np.random.default_rng(8)
    rows = rng.normal(scale=3.0, size=(20_000, 5))
    shares = softmax(rows, true_temperature)
    expected = np.array([rng.choice(5, p=share) for share in shares])
    assert fitted_temperature(rows, expected) == pytest.approx(true_temperature, rel=0.05)


def test_items_whose_label_was_never_seen_leave_the_temperature_alone() -> None:
    rows = np.array([[1.0, -np.inf], [2.0, -np.inf]])
    assert fitted_temperature(rows, np.array([1, 1])) == 1.0


CHOICE = HeadChoice(3.0, True, 0.25, 5, ((1.0, False, 0.5), (3.0, True, 0.75)), "because")


def test_a_saved_choice_is_read_again_for_the_same_data_only(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    save_choice(path, "key", CHOICE)
    assert load_choice(path, "key") == CHOICE
    assert load_choice(path, "other data") is None
    assert [file.name for file in tmp_path.iterdir()] == ["fit.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": "key"}', '{"key": "key", "choice": {"strength": 1}}'])
def test_a_damaged_choice_is_made_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fit.json"
    assert load_choice(path, "key") is None
    path.write_text(text, encoding="utf-8")
    assert load_choice(path, "key") is None


def test_the_choice_is_kept_as_plain_json(tmp_path: Path) -> None:
    save_choice(tmp_path / "fit.json", "key", CHOICE)
    assert json.loads((tmp_path / "fit.json").read_text(encoding="utf-8"))["choice"]["because"] == "because"
