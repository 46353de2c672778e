from __future__ import annotations

from collections.abc import Callable

from rung.decide.decision import Decision
from rung.evaluate.run import Comparison
from rung.report import table

Compare = Callable[[str, str, float, float, float, int | None], Comparison]


def test_every_target_has_a_column_and_so_has_every_metric_without_one(decision: Decision, minimal: Decision) -> None:
    assert [column.target for column in table.columns(decision)] == list(decision.targets)
    assert [column.bound for column in table.columns(minimal)] == ["no target set"] * 4


def test_the_primary_columns_are_the_four_metrics_over_all_requests(decision: Decision) -> None:
    assert [column.title for column in table.primary_columns(decision)] == [
        "Task success",
        "Human correction rate",
        "p95 latency",
        "Cost per success",
    ]


def test_a_cell_takes_the_state_from_the_record_and_never_recomputes_it(decision: Decision) -> None:
    column = table.columns(decision)[0]
    states = {one.card.name: table.cell(one, column).state for one in decision.strategies}
    assert states["retrieval"] == "meets"
    assert states["retrieval-prompt"] == "undecided"
    assert states["lora"] == "misses"


def test_the_sealed_cell_is_the_sealed_figure(decision: Decision) -> None:
    chosen = next(one for one in decision.strategies if one.card.name == decision.strategy)
    column = table.columns(decision)[0]
    assert getattr(table.cell(chosen, column).figure, "value", None) == 0.87
    assert getattr(table.cell(chosen, column, sealed=True).figure, "value", None) == 0.86


def test_a_difference_whose_interval_holds_zero_is_not_told_apart(compare: Compare) -> None:
    assert table.told_apart(compare("a", "b", 0.02, -0.03, 0.07, 900)) is False
    assert table.told_apart(compare("a", "b", 0.09, 0.01, 0.17, None)) is True


def test_the_sentence_says_how_many_items_would_resolve_it(compare: Compare) -> None:
    sentence = table.comparison_sentence(compare("a", "b", 0.02, -0.03, 0.07, 900))
    assert "cannot tell the two apart" in sentence
    assert "about 900 items" in sentence
