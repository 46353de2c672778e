from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from rung.stats import best_temperature, calibration_error, calibration_interval, temperature_interval, tempered
from rung.stats.calibration import equal_mass_bins, log_odds


def honest(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidences that are right as often as they say, and whether each answer is right."""
    confidence = rng.beta(4, 1.5, n)
    return confidence, (rng.random(n) < confidence).astype(float)


def test_the_error_of_one_bin_is_the_gap_between_mean_confidence_and_share_right() -> None:
    assert calibration_error([0.9, 0.7, 0.8, 0.6], [1, 0, 0, 1]) == pytest.approx(0.75 - 0.5)


def test_the_error_of_two_bins_is_the_one_by_hand() -> None:
    confidence = [0.5] * 20 + [0.9] * 20
    right = [1] * 14 + [0] * 6 + [1] * 12 + [0] * 8  # 0.7 where 0.5 is said, 0.6 where 0.9 is said
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.2 + 0.5 * 0.3)


def test_bins_hold_equal_numbers_and_keep_equal_confidences_together() -> None:
    rng = np.random.default_rng(1)
    bins, count = equal_mass_bins(rng.random(1_500))
    assert count == 15
    assert np.bincount(bins).tolist() == [100] * 15
    tied = np.array([0.2] * 350 + [0.9] * 50)
    of_tied, _ = equal_mass_bins(tied)
    assert [len(set(of_tied[tied == one])) for one in (0.2, 0.9)] == [1, 1]


def test_the_order_of_the_items_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    confidence = rng.integers(0, 11, 500) / 10
    right = (rng.random(500) < 0.6).astype(float)
    shuffled = rng.permutation(500)
    assert calibration_error(confidence[shuffled], right[shuffled]) == pytest.approx(
        calibration_error(confidence, right)
    )


def test_honest_confidences_show_no_more_error_than_chance() -> None:
    rng = np.random.default_rng(3)
    above = 0
    for _ in range(60):
        confidence, right = honest(rng, 400)
        interval, by_chance = calibration_interval(confidence, right, np.arange(400), level=0.9, draws=200, rng=rng)
        assert interval.low is not None
        above += interval.low > 0
        assert 0.02 < by_chance < 0.12
    assert above / 60 <= 0.2


def test_the_error_of_confidences_that_say_too_much_lies_in_the_interval() -> None:
    rng = np.random.default_rng(4)
    missed = 0
    for _ in range(60):
        confidence = rng.uniform(0.6, 1.0, 400)
        right = (rng.random(400) < confidence - 0.2).astype(float)
        interval, _ = calibration_interval(confidence, right, np.arange(400), level=0.9, draws=200, rng=rng)
        assert interval.low is not None
        assert interval.high is not None
        missed += not interval.low <= 0.2 <= interval.high
    assert missed / 60 <= 0.2


def test_one_group_leaves_the_ends_unknown() -> None:
    confidence, right = [0.6, 0.9, 0.8], [0, 1, 1]
    rng = np.random.default_rng(0)
    interval, _ = calibration_interval(confidence, right, ["g"] * 3, level=0.9, draws=9, rng=rng)
    assert (interval.low, interval.high) == (None, None)
    fitted = temperature_interval(confidence, right, ["g"] * 3, level=0.9, draws=9, rng=rng)
    assert fitted is not None
    assert (fitted.low, fitted.high) == (None, None)


def test_the_temperature_is_that_of_a_logistic_regression_without_constant() -> None:
    rng = np.random.default_rng(5)
    confidence, right = honest(rng, 2_000)
    sharp = tempered(confidence, 0.4)
    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10).fit(log_odds(sharp)[:, None], right)
    assert best_temperature(sharp, right) == pytest.approx(1 / model.coef_[0, 0], rel=1e-4)


def test_no_other_temperature_has_a_smaller_log_loss() -> None:
    confidence, right = honest(np.random.default_rng(6), 500)
    best = best_temperature(confidence, right)
    assert best is not None
    least = log_loss(right, tempered(confidence, best))
    assert all(log_loss(right, tempered(confidence, best * factor)) >= least for factor in (0.5, 0.9, 1.1, 2.0))


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_confidences_sharpened_by_a_factor_give_it_back_as_their_temperature(factor: float) -> None:
    rng = np.random.default_rng(7)
    confidence, right = honest(rng, 3_000)
    sharpened = tempered(confidence, 1 / factor)
    found = temperature_interval(sharpened, right, np.arange(3_000), level=0.9, draws=200, rng=rng)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= factor <= found.high
    assert found.high / found.low < 1.3
    assert calibration_error(tempered(sharpened, found.mid), right) < 0.04


def test_a_temperature_keeps_the_order_and_leaves_one_half_alone() -> None:
    scaled = tempered([0.1, 0.5, 0.8, 0.99], 3.0)
    assert scaled[1] == pytest.approx(0.5)
    assert (np.diff(scaled) > 0).all()
    assert scaled[2] == pytest.approx(1 / (1 + (0.2 / 0.8) ** (1 / 3)))


def test_confidences_of_0_and_1_are_kept_away_from_infinity() -> None:
    assert np.isfinite(log_odds([0.0, 1.0])).all()
    assert best_temperature([1.0, 1.0, 1.0, 1.0, 0.0], [1, 1, 1, 0, 0]) is not None


@pytest.mark.parametrize(
    ("confidence", "right"),
    [
        ([0.9, 0.8, 0.7], [0, 0, 1]),  # the surer, the more often wrong
        ([0.9, 0.8, 0.7], [1, 1, 1]),  # nothing is wrong: the sharper the better
        ([0.9, 0.8, 0.2], [1, 1, 0]),  # told apart without error
        ([0.5, 0.5], [1, 0]),  # no confidence says anything
        ([0.9], [1]),
    ],
)
def test_where_no_temperature_is_best_there_is_none(confidence: list[float], right: list[int]) -> None:
    assert best_temperature(confidence, right) is None
    rng = np.random.default_rng(0)
    assert temperature_interval(confidence, right, np.arange(len(right)), level=0.9, draws=9, rng=rng) is None


def test_a_temperature_that_the_data_hardly_show_is_unbounded_above() -> None:
    rng = np.random.default_rng(8)
    confidence = rng.uniform(0.6, 0.9, 30)
    right = np.array([1.0] * 16 + [0.0] * 14)
    found = temperature_interval(confidence, right, np.arange(30), level=0.9, draws=200, rng=rng)
    assert found is not None
    assert found.low is not None
    assert found.high is None
    assert "unbounded above" in found.note


def test_what_is_no_confidence_is_refused() -> None:
    with pytest.raises(ValueError, match="must lie in"):
        calibration_error([1.2], [1])
    with pytest.raises(ValueError, match="one confidence per item"):
        calibration_error([0.2], [1, 0])
