from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.zero_shot import ZeroShot


def test_the_prompt_is_instructions_and_question_and_shows_nothing_of_train(
    generator: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train([("secret example", "a"), ("other example", "b")], [("secret passage", "a")])
    strategy = ZeroShot(Models(generator, None, None))
    strategy.fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint).predict(["one", "two"])
    assert [prompt.question for prompt in generator.prompts] == ["one", "two"]
    assert all(prompt.notes == () and prompt.shots == () for prompt in generator.prompts)
    assert not any("secret" in prompt.instructions for prompt in generator.prompts)
    assert {prompt.instructions for prompt in generator.prompts} == {
        strategy.settings(train, budget=Budget())["instructions"]
    }
    assert generator.labels == [("a", "b")]
