from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose.gap import NO_GAP, gap_to
from rung.estimate import Estimate
from rung.evaluate.run import Row
from rung.stats import wilson

RowMaker = Callable[..., Row]


def test_the_gap_is_the_target_less_what_was_reached_with_its_ends_turned_round(make_row: RowMaker) -> None:
    rows = [make_row("a", "a" if number < 12 else "b") for number in range(20)]
    gap, reached = gap_to(0.8, rows, source="dev"), wilson(12, 20, level=0.9)
    assert isinstance(gap, Estimate)
    assert reached.low is not None
    assert reached.high is not None
    assert gap.value == pytest.approx(0.2)
    assert gap.low == pytest.approx(0.8 - reached.high)
    assert gap.high == pytest.approx(0.8 - reached.low)


def test_a_gap_of_a_single_group_has_no_ends_and_none_is_made_without_a_target(make_row: RowMaker) -> None:
    rows = [make_row("a", "a", group="one"), make_row("a", "b", group="one")]
    gap = gap_to(0.8, rows, source="dev")
    assert isinstance(gap, Estimate)
    assert (gap.low, gap.high) == (None, None)
    assert gap_to(None, rows, source="dev") == NO_GAP
