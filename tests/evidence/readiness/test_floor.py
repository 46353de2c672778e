from __future__ import annotations

import numpy as np
import pytest

from rung.evidence.readiness.floor import floor_low, log_odds


def test_log_odds_are_those_of_the_likeliest_label() -> None:
    assert log_odds(np.array([[0.8, 0.2], [0.5, 0.5]])) == pytest.approx([np.log(4.0), 0.0])


def test_disagreement_that_fades_with_certainty_leaves_no_floor() -> None:
    rng = np.random.default_rng(0)
    certainty = rng.gamma(2.0, 1.5, 2_000)
    differs = rng.random(2_000) < 1.0 / (1.0 + np.exp(certainty))
    assert floor_low(certainty, differs, level=0.90) < 0.01


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_mistakes_leave_a_floor_below_their_true_share(share: float) -> None:
    rng = np.random.default_rng(1)
    certainty = rng.gamma(3.0, 1.5, 3_000)
    differs = rng.random(3_000) < share + (1.0 - share) / (1.0 + np.exp(certainty))
    low = floor_low(certainty, differs, level=0.90)
    assert 0.6 * share < low < share


def test_fewer_independent_items_lower_the_floor() -> None:
    rng = np.random.default_rng(2)
    certainty = rng.gamma(3.0, 1.5, 1_000)
    differs = rng.random(1_000) < 0.1 + 0.9 / (1.0 + np.exp(certainty))
    assert floor_low(certainty, differs, level=0.90, weight=0.2) < floor_low(certainty, differs, level=0.90)


def test_no_disagreement_has_no_floor() -> None:
    assert floor_low(np.ones(50), np.zeros(50, dtype=bool), level=0.90) == 0.0


def test_disagreement_everywhere_is_bounded_by_all_of_it() -> None:
    assert 0.0 <= floor_low(np.ones(50), np.ones(50, dtype=bool), level=0.90) <= 1.0
