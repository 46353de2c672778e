from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rung.strategies import TrainData
from rung.strategies.prompting import DEFAULT_INSTRUCTIONS, ask, instructions_text
from rung.task.protocols import Choice, Prompt


def test_instructions_list_every_label_with_its_description_in_order(make_train: Callable[..., TrainData]) -> None:
    train = make_train(labels=["a", "b"], instructions=" Route it. ", descriptions={"b": "the second"})
    assert instructions_text(train.task, train.labels).splitlines() == [
        "Route it.",
        "Answer with exactly one of these labels and nothing else:",
        "- a",
        "- b: the second",
    ]


def test_a_task_without_instructions_still_says_what_to_do(make_train: Callable[..., TrainData]) -> None:
    train = make_train(labels=["a", "b"])
    assert instructions_text(train.task, train.labels).startswith(DEFAULT_INSTRUCTIONS)


def test_a_valid_choice_keeps_all_that_the_model_said(generator: Any) -> None:
    generator.answers = [Choice("b", 0.7, input_tokens=30, output_tokens=2, raw="b.", cost_usd=0.001)]
    (answer,) = ask(generator, [Prompt("i", "q")], ["a", "b"], [("c1", "c2")])
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
    generator: Any, choice: Choice, failure: str
) -> None:
    generator.answers = [choice]
    (answer,) = ask(generator, [Prompt("i", "q")], ["a", "b"])
    assert (answer.output, answer.confidence, answer.failure) == ("", None, failure)
    assert answer.raw == (choice.raw or (choice.label or ""))


def test_no_prompts_cost_no_call(generator: Any) -> None:
    assert ask(generator, [], ["a"]) == []
    assert generator.labels == []
