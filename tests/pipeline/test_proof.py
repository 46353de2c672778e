from __future__ import annotations

import pytest

from rung.evaluate.run import Row, Run
from rung.pipeline.proof import cell_of, mended_by, remedies_of, table_of
from rung.strategies.registry import all_cards
from rung.task.example import Example
from rung.task.protocols import Prediction

CARDS = {card.name: card for card in all_cards()}


def run(strategy: str, right: int, items: int = 10) -> Run:
    rows = tuple(
        Row(Example(f"i{number}", f"t{number}", "x", f"g{number}"), Prediction("o"), number < right)
        for number in range(items)
    )
    return Run(strategy, strategy, "dev", rows, None, None, 0)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("zero-shot", "neither"),
        ("few-shot", "neither"),
        ("retrieval-prompt", "retrieval"),
        ("lora", "tuning"),
        ("retrieval-lora", "both"),
        # Other systems, whose scores would not show what retrieval or tuning add to a language model.
        ("retrieval", None),
        ("tfidf-linear", None),
        ("encoder-head", None),
        ("scratch", None),
    ],
)
def test_only_what_asks_a_language_model_has_a_place_in_the_two_by_two(name: str, cell: str | None) -> None:
    assert cell_of(CARDS[name], "classify") == cell


def test_a_tuned_model_that_looked_passages_up_has_both() -> None:
    assert cell_of(CARDS["lora"], "answer", retrieved=True) == "both"


def test_each_cell_holds_the_strategy_that_got_most_right() -> None:
    names = {"zero-shot": 2, "few-shot": 5, "retrieval-prompt": 6, "lora": 7, "tfidf-linear": 10}
    found = table_of([(CARDS[name], run(name, right)) for name, right in names.items()], "classify")
    assert found is not None
    assert found.strategies == {"neither": "few-shot", "retrieval": "retrieval-prompt", "tuning": "lora"}


def test_remedies_follow_from_what_a_strategy_owns_and_learns() -> None:
    assert {"retrieve", "improve_retrieval"} <= remedies_of(CARDS["retrieval"])
    assert remedies_of(CARDS["zero-shot"]) == frozenset()
    assert "tune" in remedies_of(CARDS["lora"])
    assert "retrieve" not in remedies_of(CARDS["few-shot"])


def test_a_locked_gate_points_only_at_strategies_that_leave_weights_alone() -> None:
    found = mended_by(all_cards())
    assert found["improve_retrieval"] == ("retrieval", "retrieval-prompt")
    assert "tune" not in found
