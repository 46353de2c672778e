from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose.two_by_two import two_by_two
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction

RunMaker = Callable[..., Run]


@pytest.fixture
def cell(make_run: RunMaker) -> Callable[..., Run]:
    def make(strategy: str, right: int, items: int = 20) -> Run:
        rows = [
            Row(Example(f"i{number}", f"t{number}", "x", f"g{number}"), Prediction("o"), number < right)
            for number in range(items)
        ]
        return make_run(rows, strategy=strategy)

    return make


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.value


def test_gains_and_their_interaction_follow_from_the_four_cells(cell: Callable[..., Run]) -> None:
    found = two_by_two(
        {"neither": cell("p", 4), "retrieval": cell("r", 12), "tuning": cell("t", 8), "both": cell("b", 17)}
    )
    assert found is not None
    assert [value(found.neither), value(found.retrieval), value(found.tuning), value(found.both)] == [
        0.2,
        0.6,
        0.4,
        0.85,
    ]
    assert value(found.retrieval_gain) == pytest.approx(0.4)
    assert value(found.tuning_gain) == pytest.approx(0.2)
    # Both bring 13 items more; apart they bring 8 and 4.
    assert value(found.interaction) == pytest.approx(1 / 20)
    assert found.strategies == {"neither": "p", "retrieval": "r", "tuning": "t", "both": "b"}


def test_a_gain_on_every_item_has_the_interval_of_a_paired_comparison(cell: Callable[..., Run]) -> None:
    found = two_by_two({"neither": cell("p", 0), "retrieval": cell("r", 20), "tuning": cell("t", 0)})
    assert found is not None
    gain = found.retrieval_gain
    assert isinstance(gain, Estimate)
    assert (gain.value, gain.high) == (1.0, 1.0)
    # Tango's lower end d where all n pairs differ one way: n (1 - d) = z sqrt(n (1 - d^2)).
    assert gain.low == pytest.approx((20 - 1.6448536**2) / (20 + 1.6448536**2))


def test_a_cell_that_no_strategy_ran_is_named_and_nothing_is_made_of_it(cell: Callable[..., Run]) -> None:
    found = two_by_two({"neither": cell("p", 4), "retrieval": cell("r", 12), "tuning": cell("t", 8)})
    assert found is not None
    assert found.both == Missing("no strategy with both retrieval and tuning ran", "rung run")
    assert isinstance(found.interaction, Missing)
    assert value(found.retrieval_gain) == pytest.approx(0.4)


def test_only_items_that_all_cells_have_are_counted(cell: Callable[..., Run]) -> None:
    found = two_by_two({"retrieval": cell("r", 5, items=10), "tuning": cell("t", 20)})
    assert found is not None
    assert (value(found.retrieval), value(found.tuning)) == (0.5, 1.0)
    assert isinstance(found.tuning, Estimate)
    assert found.tuning.n == 10


def test_there_is_no_table_until_both_kinds_of_change_ran(cell: Callable[..., Run]) -> None:
    assert two_by_two({"neither": cell("p", 4), "tuning": cell("t", 8)}) is None
    assert two_by_two({"retrieval": cell("r", 4)}) is None
    assert two_by_two({}) is None
