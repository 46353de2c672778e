"""The example in docs/guides/add-a-strategy.md, run as it is printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rung.strategies import Budget, Card, Checkpoint, Models, TrainData, all_cards

DOCS = Path(__file__).parents[2] / "docs"


def test_the_strategy_in_the_guide_works(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    text = (DOCS / "guides" / "add-a-strategy.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, "add-a-strategy.md", "exec"), names)
    majority = names["Majority"]
    assert isinstance(majority.card, Card)
    train = make_train([("x", "rare"), ("y", "common"), ("z", "common")])
    predictor = majority(Models(None, None, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    assert [answer.output for answer in predictor.predict(["a", "b"])] == ["common", "common"]


def test_the_ladders_page_lists_every_strategy_with_its_rank_and_family_in_order() -> None:
    text = (DOCS / "concepts" / "ladder.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `([\w-]+)` \| (\w+) \|", text, flags=re.MULTILINE)
    assert [(int(rank), name, family) for rank, name, family in rows] == [
        (card.rank, card.name, card.family) for card in all_cards()
    ]


def test_the_ladders_page_states_the_weeks_of_every_card() -> None:
    text = (DOCS / "concepts" / "ladder.md").read_text(encoding="utf-8")
    for card in all_cards():
        weeks = ", ".join(f"{value:g}" for value in card.integration_weeks)
        assert re.search(rf"^\| {card.rank} \| `{card.name}` .* \| {re.escape(weeks)} \|$", text, flags=re.MULTILINE)
