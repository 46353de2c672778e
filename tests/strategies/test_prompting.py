from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rung.strategies import TrainData
from rung.strategies.prompting import ask, prompt_settings
from rung.task.protocols import Choice, Prompt, Written


def test_a_valid_choice_keeps_all_that_the_model_said(generator: Any, make_train: Callable[..., TrainData]) -> None:
    generator.answers = [Choice("b", 0.7, input_tokens=30, output_tokens=2, raw="b.", cost_usd=0.001)]
    (answer,) = ask(generator, [Prompt("i", "q")], make_train().task, ["a", "b"], [("c1", "c2")])
    assert (answer.output, answer.confidence, answer.failure, answer.raw) == ("b", 0.7, None, "b.")
    assert (answer.input_tokens, answer.output_tokens, answer.cost_usd) == (30, 2, 0.001)
    assert answer.retrieved == ("c1", "c2")


@pytest.mark.parametrize(
    ("choice", "failure"),
    [
        (Choice(None, None, 9, 0, raw="", failure="empty"), "empty"),
        (Choice(None, None, 9, 4, raw="I cannot", failure="refusal"), "refusal"),
        (Choice(None, None, 9, 4, raw="hm"), "not_a_label"),
        (Choice("B", 0.9, 9, 1), "not_a_label"),
        (Choice("", 0.9, 9, 1), "not_a_label"),
    ],
)
def test_an_answer_outside_the_label_set_is_a_failure_with_its_reason(
    generator: Any, make_train: Callable[..., TrainData], choice: Choice, failure: str
) -> None:
    generator.answers = [choice]
    (answer,) = ask(generator, [Prompt("i", "q")], make_train().task, ["a", "b"])
    assert (answer.output, answer.confidence, answer.failure) == ("", None, failure)
    assert answer.raw == (choice.raw or (choice.label or ""))


def test_no_prompts_cost_no_call(generator: Any, make_train: Callable[..., TrainData]) -> None:
    assert ask(generator, [], make_train().task, ["a"]) == []
    assert ask(generator, [], make_train(kind="extract").task, []) == []
    assert generator.labels == generator.most_tokens == []


def test_what_a_task_of_another_kind_asks_for_is_written_and_not_chosen(
    generator: Any, make_train: Callable[..., TrainData]
) -> None:
    generator.texts = [Written("a river", 12, 3, 0.25, cost_usd=0.002), "No answer in the passages."]
    train = make_train(kind="answer", instructions="Answer.")
    river, none = ask(generator, [Prompt("i", "q")] * 2, train.task, (), [("c1",), ("c2",)])
    assert (river.output, river.confidence, river.input_tokens, river.output_tokens) == ("a river", 0.25, 12, 3)
    assert (river.cost_usd, river.retrieved, river.abstained, river.failure) == (0.002, ("c1",), False, None)
    assert (none.output, none.abstained, none.failure, none.retrieved) == ("", True, None, ("c2",))
    assert none.raw == "No answer in the passages."
    assert generator.labels == []


def test_settings_change_with_all_that_the_prompt_says(make_train: Callable[..., TrainData]) -> None:
    trains = [
        make_train(labels=["a", "b"]),
        make_train(labels=["a", "c"]),
        make_train(labels=["a", "b"], multi_label=True),
        make_train(kind="answer"),
        make_train(kind="extract"),
        make_train(kind="extract", output_schema={"properties": {"n": {"type": "integer"}}}),
        make_train(kind="extract", output_schema={"properties": {"n": {"type": "number"}}}),
    ]
    every = [str(prompt_settings(train)) for train in trains]
    assert len(set(every)) == len(every)
    assert prompt_settings(trains[3], passages=True) != prompt_settings(trains[3])
