"""Any number of labels to a text, through both linear strategies and by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.encoder_head import EncoderHead
from rung.strategies.label_set_head import (
    array_text,
    best_threshold,
    fit_label_set_head,
    given_labels,
    group_folds,
    probabilities,
)
from rung.strategies.linear_head import Recipe
from rung.strategies.tfidf_linear import TfidfLinear
from rung.task.example import Example
from rung.task.task import DataPaths, Task

PARTS = {"rib": "aaa", "tooth": "bbb", "lung": "ccc"}
SETS: tuple[list[str], ...] = (
    [],
    ["rib"],
    ["tooth"],
    ["lung"],
    ["lung", "rib"],
    ["rib", "tooth"],
    ["lung", "rib", "tooth"],
)


def text_of(labels: Sequence[str], number: int) -> str:
    """The letters of each label's own, and those that say nothing."""
    return " ".join([*(PARTS[label] for label in labels), "zz" + "z" * (number % 3)])


def train_of(sets: Sequence[Sequence[str]], directory: Path) -> TrainData:
    examples = [
        Example(f"{n}-{i}", text_of(labels, n), array_text(labels), f"{n}-{i}")
        for n in range(6)
        for i, labels in enumerate(sets)
    ]
    task = Task("small", "classify", directory, DataPaths(directory / "x"), multi_label=True)
    return TrainData(task, examples, [], tuple(sorted(PARTS)))


@pytest.fixture(params=["tfidf-linear", "encoder-head"])
def fit(request: pytest.FixtureRequest, encoder: Any, checkpoint: Checkpoint, tmp_path: Path) -> Callable[..., Any]:
    def fitted(sets: Sequence[Sequence[str]]) -> Any:
        strategy: Any = TfidfLinear if request.param == "tfidf-linear" else EncoderHead
        train = train_of(sets, tmp_path)
        rng = np.random.default_rng(0)
        return strategy(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)

    return fitted


def test_a_text_gets_none_one_or_several_labels_in_order(fit: Callable[..., Any]) -> None:
    answers = fit(SETS).predict(["zzzz", "zz ccc", "bbb zz aaa", "aaa bbb ccc zz"])
    assert [json.loads(answer.output) for answer in answers] == [
        [],
        ["lung"],
        ["rib", "tooth"],
        ["lung", "rib", "tooth"],
    ]
    assert all(answer.output == array_text(json.loads(answer.output)) for answer in answers)
    assert all(0.5 < answer.confidence <= 1 for answer in answers)


def test_where_no_training_text_is_without_a_label_no_answer_is(fit: Callable[..., Any]) -> None:
    answers = fit(SETS[1:]).predict(["", "zzzz", "qqq"])
    assert all(len(json.loads(answer.output)) >= 1 for answer in answers)


def test_a_label_that_every_text_has_is_always_given(fit: Callable[..., Any]) -> None:
    answers = fit([labels for labels in SETS if "rib" in labels]).predict(["zz", "bbb"])
    assert all("rib" in json.loads(answer.output) for answer in answers)


def test_labels_that_divide_no_texts_are_refused_with_the_remedy(fit: Callable[..., Any]) -> None:
    with pytest.raises(InvalidData, match="a label that some training examples have and others have not"):
        fit([["rib"], ["rib"]])


def test_a_second_fit_reads_the_choice_and_other_data_does_not(fit: Callable[..., Any], checkpoint: Checkpoint) -> None:
    inputs = [text_of(labels, 1) for labels in SETS]
    first = fit(SETS).predict(inputs)
    path = checkpoint.directory / "label-set.json"
    written = path.stat().st_mtime_ns
    assert fit(SETS).predict(inputs) == first
    assert path.stat().st_mtime_ns == written
    fit(SETS[1:])
    assert path.stat().st_mtime_ns != written


class OneNumber:
    """A text is a number, its one feature."""

    def __init__(self, texts: Sequence[str]) -> None:
        del texts

    def matrix(self, texts: Sequence[str]) -> Any:
        return np.array([[float(text)] for text in texts])

    def row(self, text: str) -> Any:
        return self.matrix([text])


class Shifted:
    """Says the number minus two, whatever it is taught: its margin of 0 is in the wrong place."""

    def fit(self, matrix: Any, targets: Sequence[str]) -> Shifted:
        del matrix, targets
        return self

    def decision_function(self, matrix: Any) -> Any:
        return matrix[:, 0] - 2.0


def test_the_threshold_makes_up_for_a_decision_in_the_wrong_place(checkpoint: Checkpoint) -> None:
    """Texts have the label from 1 on; the decision says from 2 on."""
    texts = [str(n / 10) for n in range(-10, 30)]
    sets = [["high"] if float(text) >= 1 else [] for text in texts]
    head = fit_label_set_head(
        Recipe("one", OneNumber, lambda strength: Shifted(), (1.0,)),
        texts,
        sets,
        [str(n) for n in range(len(texts))],
        seed=0,
        checkpoint=checkpoint,
        file="c.json",
    )
    answers = head.predict(["0.85", "1.05", "1.9"])
    assert [answer.output for answer in answers] == ["[]", '["high"]', '["high"]']
    confidences = [answer.confidence or 0 for answer in answers]
    assert confidences[2] > confidences[1]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.tuples(st.integers(-9, 9), st.booleans()), min_size=2, max_size=2), min_size=1, max_size=12),
    st.integers(0, 1),
)
def test_no_threshold_of_any_kind_gives_more_whole_sets(rows: list[list[tuple[int, bool]]], fewest: int) -> None:
    """Against a fine grid; there are more quantiles than margins here, so every cut that matters is tried."""
    margins = np.array([[float(margin) for margin, _ in row] for row in rows])
    has = np.array([[label for _, label in row] for row in rows])
    _, share = best_threshold(margins, has, fewest=fewest)
    cuts = np.arange(-9.0, 9.5, 0.25)
    best = max(
        float((given_labels(margins - cut, fewest=fewest) == has).all(axis=1).mean())
        for cut in cuts
        if cut >= margins.min()
    )
    assert share >= best


def test_the_share_of_a_set_is_that_of_each_of_its_decisions_together() -> None:
    np.testing.assert_allclose(
        probabilities(np.array([[0.0, np.inf, -np.inf, 2.0]]), 1.0)[0], [0.5, 1, 0, 1 / (1 + np.exp(-2))]
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_no_group_is_on_both_sides_and_every_item_is_held_out_once(groups: list[int]) -> None:
    names = [str(group) for group in groups]
    folds = group_folds(names, seed=3)
    assert bool(folds) == (len(set(names)) > 1)
    for fit_on, held in folds:
        assert {names[i] for i in fit_on}.isdisjoint(names[i] for i in held)
    if folds:
        assert sorted(i for _, held in folds for i in held) == list(range(len(names)))
