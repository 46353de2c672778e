from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import Interval, non_inferiority, paired_difference, tango


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.04, 0.02, "not_worse"),  # a loss, but within the margin
        (0.01, 0.06, "not_worse"),
        (-0.12, -0.06, "worse"),
        (-0.12, -0.01, "undecided"),  # significantly lower, yet not shown to be lower by the margin
        (-0.05, 0.05, "undecided"),  # the margin itself is not cleared
        (None, 0.02, "undecided"),
        (None, -0.06, "worse"),
        (-0.04, None, "not_worse"),
        (None, None, "undecided"),
    ],
)
def test_the_interval_decides_not_the_point(low: float | None, high: float | None, verdict: str) -> None:
    assert non_inferiority(Interval(-0.03, low, high), 0.05).verdict == verdict


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_cost_is_judged_as_its_negative_would_be(mid: float, below: float, above: float, margin: float) -> None:
    gain = non_inferiority(Interval(mid, mid - below, mid + above), margin)
    cost = non_inferiority(Interval(-mid, -mid - above, -mid + below), margin, higher_is_better=False)
    assert cost.verdict == gain.verdict
    assert cost.bound == pytest.approx(None if gain.bound is None else -gain.bound)


def test_the_bound_is_the_end_that_told_and_the_reason_names_it() -> None:
    wide = Interval(-0.03, -0.125, 0.065)
    assert non_inferiority(wide, 0.1).bound == -0.125
    assert "-0.125" in non_inferiority(wide, 0.1).because
    assert "-0.1" in non_inferiority(wide, 0.1).because
    assert non_inferiority(Interval(-0.3, -0.4, -0.2), 0.1).bound == -0.2
    slower = non_inferiority(Interval(40.0, 10.0, 70.0), 100.0, higher_is_better=False)
    assert (slower.verdict, slower.bound) == ("not_worse", 70.0)
    assert "margin of 100" in slower.because


def test_an_unbounded_difference_passes_its_reason_on() -> None:
    alone = paired_difference([1, 0], [0, 0], ["a", "a"], level=0.9)
    verdict = non_inferiority(alone, 0.05)
    assert (verdict.verdict, verdict.bound) == ("undecided", None)
    assert "one group" in verdict.because


def test_tangos_own_example_is_judged_by_its_lower_end() -> None:
    """b = 1, c = 7, n = 21 (Tango 1998): -.2857 (-.5172, -.0260), so a margin of .52 is cleared and .51 is not."""
    interval = tango(1, 7, 21, level=0.95)
    assert non_inferiority(interval, 0.52).verdict == "not_worse"
    assert non_inferiority(interval, 0.51).verdict == "undecided"
    assert non_inferiority(interval, 0.02).verdict == "worse"


@pytest.mark.parametrize("margin", [-0.01, float("nan")])
def test_a_margin_is_not_negative(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(Interval(0.0, -0.1, 0.1), margin)
