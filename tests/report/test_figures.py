from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rung.estimate import Estimate, Missing, Provenance, exact
from rung.report.figures import show, show_bound, show_probability, show_target, show_value, shown
from rung.task.task import Target


def estimate(value: float, low: float | None, high: float | None, unit: str, n: int | None = None) -> Estimate:
    return Estimate(value, low, high, unit, n, Provenance.MEASURED, "run 1")


def test_a_share_is_told_in_percent_with_interval_provenance_and_count() -> None:
    assert show(estimate(0.81, 0.7512, 0.8579, "share", 150)) == "81.0% (75.1% to 85.8%) ● measured, n = 150"


def test_the_interval_decides_the_digits() -> None:
    assert shown(estimate(41_235, 31_002, 52_997, "USD")).value == "USD 41,000"
    assert shown(estimate(41_235, 41_230, 41_240, "USD")).value == "USD 41,235"


def test_the_ends_are_rounded_outwards() -> None:
    assert shown(estimate(0.5, 0.4381, 0.5619, "share")).interval == "43.8% to 56.2%"


def test_binary_noise_does_not_push_an_end_to_the_next_digit() -> None:
    assert shown(estimate(0.35, 0.29, 0.1 + 0.31, "share")).interval == "29.0% to 41.0%"


def test_an_exact_figure_shows_no_interval() -> None:
    assert show(exact(1500, "ms", Provenance.ASSUMED, "rung.yaml")) == "1,500 ms ○ assumed"


def test_an_end_that_is_not_bounded_is_said_to_be_missing() -> None:
    assert shown(estimate(900, 700, None, "ms", 40)).interval == "from 700, no upper bound"
    assert shown(estimate(900, None, 1300, "ms", 40)).interval == "up to 1,300, no lower bound"


def test_a_missing_number_tells_why_and_what_to_do_and_shows_no_digit() -> None:
    assert show(Missing("nobody said", "set prices")) == "unknown: nobody said; set prices"


def test_a_difference_of_shares_is_told_in_points_with_its_sign() -> None:
    told = show(estimate(-0.04, -0.09, 0.012, "share", 150), difference=True)
    assert told == "−4.0 points (−9.0 to +1.2) ● measured, n = 150"


def test_money_keeps_its_cents_and_names_what_it_is_per() -> None:
    assert show_value(0.6, "USD") == "USD 0.60"
    assert show_value(0.004, "USD/request") == "USD 0.004 per request"
    assert show_value(60_000, "USD") == "USD 60,000"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("task_success", minimum=0.8), "task success at least 80%"),
        (Target("task_success", minimum=0.625, segment="edge"), "task success (edge) at least 62.5%"),
        (Target("latency_p95_ms", maximum=1500), "p95 latency at most 1,500 ms"),
        (Target("cost_per_success_usd", maximum=0.6), "cost per success at most USD 0.60"),
    ],
)
def test_a_target_is_told_with_its_bound(target: Target, words: str) -> None:
    assert show_target(target) == words
    assert words.endswith(show_bound(target))


def test_a_small_p_value_is_not_told_as_zero() -> None:
    assert show_probability(0.00004) == "< 0.001"
    assert show_probability(0.0421) == "0.042"
    assert show_probability(None) == "unknown"


def test_a_hostile_unit_and_source_are_made_plain() -> None:
    parts = shown(Estimate(1, 1, 1, "\x1b[2J", None, Provenance.MEASURED, "\u202esource"))
    assert "\x1b" not in parts.value
    assert "\u202e" not in parts.source


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.floats(1e-6, 1e8, allow_nan=False),
    st.floats(1e-6, 1e8, allow_nan=False),
)
def test_the_interval_shown_is_never_narrower_than_the_interval_found(value: float, below: float, above: float) -> None:
    assume(math.isfinite(value - below) and value - below < value < value + above)
    words = shown(estimate(value, value - below, value + above, "weeks")).interval
    low, high = (float(part.replace(",", "").replace("−", "-")) for part in re.split(" to ", words))
    slack = 1e-6 * max(1.0, abs(value), below, above)
    assert low <= value - below + slack
    assert high >= value + above - slack
    assert high - low <= (below + above) * 1.25 + slack
