from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rung.errors import MissingExtra, ModelUnavailable
from rung.strategies import Models, TrainData, unmet_needs
from rung.strategies.contract import Need
from rung.strategies.needs import encoder_of, generator_of, labelled_entries, local_libraries
from rung.strategies.zero_shot.strategy import CARD

NOTHING = Models(None, None, None, why="the extra 'local' is not installed")


@pytest.mark.parametrize(
    ("need", "part"),
    [
        ("generator", "the extra 'local' is not installed"),
        ("encoder", "the extra 'local' is not installed"),
        ("words", "the extra 'local' is not installed"),
        ("base", "the extra 'local' is not installed"),
        ("corpus", "data.corpus"),
        ("labelled_corpus", "data.corpus"),
        ("train_labels", "data.examples"),
    ],
)
def test_each_missing_need_is_a_sentence_with_its_remedy(
    make_train: Callable[..., TrainData], need: Need, part: str
) -> None:
    (sentence,) = unmet_needs(replace(CARD, needs=(need,)), make_train(), NOTHING)
    assert sentence.startswith("it ")
    assert part in sentence


def test_a_strategy_whose_needs_are_met_has_nothing_to_say(
    make_train: Callable[..., TrainData], generator: Any, encoder: Any
) -> None:
    train = make_train([("x", "a"), ("y", "b")], [("passage", "a")])
    every: tuple[Need, ...] = ("generator", "encoder", "corpus", "labelled_corpus", "train_labels")
    assert unmet_needs(replace(CARD, needs=every), train, Models(generator, encoder, None)) == ()


def test_entries_of_foreign_labels_do_not_make_a_labelled_corpus(make_train: Callable[..., TrainData]) -> None:
    train = make_train([("x", "a"), ("y", "b")], [("one", "z"), ("two", None), ("", "a")], labels=["a", "b"])
    assert labelled_entries(train) == []
    (sentence,) = unmet_needs(replace(CARD, needs=("labelled_corpus",)), train, NOTHING)
    assert "none of the 3 entries" in sentence


def test_examples_of_one_label_only_cannot_teach_a_choice(make_train: Callable[..., TrainData]) -> None:
    (sentence,) = unmet_needs(replace(CARD, needs=("train_labels",)), make_train([("x", "a")] * 5), NOTHING)
    assert "5 examples of 1" in sentence


def test_using_an_absent_model_names_the_strategy_and_the_reason() -> None:
    with pytest.raises(ModelUnavailable, match=r"strategy zero-shot .* 'local' is not installed"):
        generator_of(NOTHING, "zero-shot")
    with pytest.raises(ModelUnavailable, match=r"choose one under models in rung\.yaml"):
        encoder_of(replace(NOTHING, why=""), "retrieval")


def test_a_library_that_is_not_installed_is_named_with_its_extra() -> None:
    with (
        pytest.raises(MissingExtra, match=r"strategy tfidf-linear needs the extra 'local'"),
        local_libraries("tfidf-linear"),
    ):
        importlib.import_module("no_such_library")


def test_a_fault_of_our_own_is_not_taken_for_a_missing_library() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"rung\.no_such_module"), local_libraries("tfidf-linear"):
        importlib.import_module("rung.no_such_module")


def test_a_foreign_kind_of_task_is_said_alone(make_train: Callable[..., TrainData]) -> None:
    card = replace(CARD, kinds=("classify",), multi_label=False)
    assert unmet_needs(card, make_train(kind="extract"), NOTHING) == ("it does not run on tasks of kind extract",)
    (several,) = unmet_needs(card, make_train(multi_label=True), NOTHING)
    assert several == "it does not run on tasks of kind classify with several labels an item"
    (missing,) = unmet_needs(replace(card, multi_label=True), make_train(multi_label=True), NOTHING)
    assert "models.generator" in missing


def test_labels_of_items_with_several_are_counted_one_by_one(make_train: Callable[..., TrainData]) -> None:
    card = replace(CARD, needs=("train_labels",))
    one = make_train([("x", '["a"]'), ("y", "[]")], multi_label=True, labels=["a", "b"])
    assert "2 examples of 1" in unmet_needs(card, one, NOTHING)[0]
    two = make_train([("x", '["a", "b"]')], multi_label=True, labels=["a", "b"])
    assert unmet_needs(card, two, NOTHING) == ()


def test_without_labels_passages_stand_for_themselves_and_solved_examples_teach(
    make_train: Callable[..., TrainData],
) -> None:
    card = replace(CARD, needs=("labelled_corpus", "train_labels"), kinds=("answer", "generate"))
    assert unmet_needs(card, make_train([("x", "")], [("passage", None)], kind="answer"), NOTHING) == ()
    corpus, examples = unmet_needs(card, make_train(kind="answer"), NOTHING)
    assert "data.corpus" in corpus
    assert "solved examples" in examples
    (unsolved,) = unmet_needs(card, make_train([("x", "")], [("passage", None)], kind="generate"), NOTHING)
    assert "solved examples" in unsolved


def test_what_one_kind_of_task_needs_is_asked_for_that_kind_only(make_train: Callable[..., TrainData]) -> None:
    card = replace(CARD, needs=(), kinds=("classify", "answer"), also_needs=(("answer", "corpus"),))
    train = make_train()
    assert unmet_needs(card, train, NOTHING) == ()
    (sentence,) = unmet_needs(card, replace(train, task=replace(train.task, kind="answer"), corpus=()), NOTHING)
    assert "data.corpus" in sentence
