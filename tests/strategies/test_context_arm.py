from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rung.errors import ModelUnavailable
from rung.evaluate.run import Row
from rung.strategies import Budget, Checkpoint, Models, TrainData, load_strategy
from rung.strategies.asking import instructions_text
from rung.strategies.context_arm import Retold, Shown, WithPassages, by_request, right_passages
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Prediction, Prompt, Shot

MakeTrain = Callable[..., TrainData]
HOURS, FEES = CorpusEntry("hours", "Hours", "Open at nine."), CorpusEntry("fees", "Fees", "Ten cents a day.")


def row(text: str, expected: str, *, passages: Sequence[str] = (), retrieved: Sequence[str] = ()) -> Row:
    example = Example(f"id of {text}", text, expected, "g", passages=tuple(passages))
    return Row(example, Prediction("", retrieved=tuple(retrieved)), success=False)


@pytest.fixture
def library(make_train: MakeTrain) -> TrainData:
    train = make_train([("When?", "at nine")], kind="answer", instructions="Answer.")
    return replace(train, corpus=[HOURS, FEES])


def predictions_of(
    name: str, models: Models, train: TrainData, checkpoint: Checkpoint, inputs: Sequence[str]
) -> list[Prediction]:
    strategy = load_strategy(name)(models)
    rng = np.random.default_rng(1)
    return list(strategy.fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint).predict(inputs))


@pytest.mark.parametrize("name", ["zero-shot", "retrieval-prompt"])
@pytest.mark.parametrize("shown", [{"When?": (HOURS,)}, None])
def test_a_strategy_is_asked_with_the_passages_laid_down_and_no_others(
    library: TrainData, generator: Any, encoder: Any, checkpoint: Checkpoint, name: str, shown: Shown | None
) -> None:
    between = WithPassages(generator, library, shown, retrieves=name == "retrieval-prompt")
    predictions_of(name, Models(between, encoder, None), library, checkpoint, ["When?"])
    (prompt,) = generator.prompts
    assert prompt.notes == (("Hours. Open at nine.",) if shown else ())
    assert prompt.question == "When?"
    # The model is told about notes exactly where there are some.
    assert prompt.instructions == instructions_text(library.task, (), passages=shown is not None)


def test_few_shot_keeps_its_shots_beside_the_passages(
    library: TrainData, generator: Any, encoder: Any, checkpoint: Checkpoint
) -> None:
    between = WithPassages(generator, library, {"And when?": (HOURS,)}, retrieves=False)
    predictions_of("few-shot", Models(between, encoder, None), library, checkpoint, ["And when?"])
    (prompt,) = generator.prompts
    assert prompt.shots == (Shot("When?", "at nine"),)
    assert prompt.notes == ("Hours. Open at nine.",)


def test_entries_that_bear_a_label_are_shots_and_replace_those_found(
    make_train: MakeTrain, generator: Any, encoder: Any, checkpoint: Checkpoint
) -> None:
    train = make_train([("x", "a"), ("y", "b")], [("one", "a"), ("two", "b")])
    shown: Shown = {"which?": (train.corpus[1],)}
    between = WithPassages(generator, train, shown, retrieves=True)
    predictions_of("retrieval-prompt", Models(between, encoder, None), train, checkpoint, ["which?"])
    assert generator.prompts[0].shots == (Shot("two", "b"),)
    closed = WithPassages(generator, train, None, retrieves=True)
    predictions_of("retrieval-prompt", Models(closed, encoder, None), train, checkpoint, ["which?"])
    assert generator.prompts[1].shots == ()


def test_a_strategy_that_changes_the_request_cannot_be_shown_other_passages(library: TrainData, generator: Any) -> None:
    between = WithPassages(generator, library, {"When?": (HOURS,)}, retrieves=False)
    with pytest.raises(ModelUnavailable, match="changes the request"):
        between.write([Prompt("i", "Q: When?")], most_tokens=5)


def test_the_passages_laid_down_are_named_as_retrieved() -> None:
    class Fixed:
        def predict(self, inputs: Sequence[str]) -> list[Prediction]:
            return [Prediction("x", retrieved=("old",)) for _ in inputs]

    told = Retold(Fixed(), {"When?": (HOURS, FEES)}).predict(["When?", "Who?"])
    assert [answer.retrieved for answer in told] == [("hours", "fees"), ()]
    assert Retold(Fixed(), None).predict(["When?"])[0].retrieved == ()


def test_the_passages_that_an_item_names_are_the_right_ones(library: TrainData) -> None:
    rows = [row("When?", "at nine", passages=["hours", "gone"]), row("Who?", "")]
    assert right_passages(rows, library) == {"id of When?": (HOURS,)}


CORPUS = [("red", "a"), ("lost parcel", "a"), ("parcel", "b"), ("green", "c"), ("parcel lost here", "d"), ("x y", "e")]


def ids(found: dict[str, tuple[CorpusEntry, ...]]) -> list[list[str]]:
    return [[entry.id for entry in entries] for entries in found.values()]


def test_what_was_found_stays_as_it_is_where_an_entry_of_the_right_label_is_among_it(make_train: MakeTrain) -> None:
    train = make_train([], CORPUS)
    assert ids(right_passages([row("a lost parcel", "c", retrieved=["c4", "c3", "c0"])], train)) == [["c4", "c3", "c0"]]


def test_the_nearest_entry_of_the_right_label_takes_the_place_of_the_last_one_found(make_train: MakeTrain) -> None:
    train = make_train([], CORPUS)
    assert ids(right_passages([row("a lost parcel", "a", retrieved=["c4", "c3"])], train)) == [["c1", "c4"]]


def test_without_a_search_the_right_entry_stands_among_those_that_share_most_terms(make_train: MakeTrain) -> None:
    train = make_train([], CORPUS)
    assert ids(right_passages([row("a lost parcel", "e")], train)) == [["c5", "c1", "c4", "c2", "c0"]]


def test_a_set_of_labels_gets_an_entry_for_each_and_one_that_no_entry_bears_none(make_train: MakeTrain) -> None:
    train = make_train([], CORPUS, labels=["a", "b", "c", "d", "e", "f"], multi_label=True)
    rows = [row("blue", '["b", "c"]', retrieved=["c2", "c0"]), row("none", "[]"), row("gone", '["a", "f"]')]
    assert ids(right_passages(rows, train)) == [["c3", "c2"]]


def test_items_that_ask_the_same_get_the_passages_of_all_of_them() -> None:
    one, other = Example("1", "When?", "x", "g"), Example("2", "When?", "y", "g")
    assert by_request([one, other], {"1": (HOURS,), "2": (FEES, HOURS)}) == {"When?": (HOURS, FEES)}
