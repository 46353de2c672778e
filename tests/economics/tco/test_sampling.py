from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy import stats

from rung.economics.tco.driver import Driver, Ends, from_estimate
from rung.economics.tco.sampling import draw, quantiles
from rung.errors import InvalidTask
from rung.estimate import Estimate, Provenance
from rung.task.task import Correlation


def driver(name: str, low: float, mode: float, high: float, ends: Ends = "bounds", most: float = inf) -> Driver:
    return Driver(name, name, "USD", low, mode, high, Provenance.ASSUMED, "test", ends, most=most)


@pytest.mark.parametrize(("low", "mode", "high"), [(0, 0, 1), (2, 3, 8), (-1, 5, 5.5), (10, 20, 20)])
def test_bounds_are_drawn_as_pert(low: float, mode: float, high: float) -> None:
    width = high - low
    oracle = stats.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, width)
    probabilities = np.linspace(0.001, 0.999, 401)
    assert quantiles(driver("a", low, mode, high), probabilities) == pytest.approx(
        oracle.ppf(probabilities), abs=2e-4 * width
    )


def test_percentiles_are_hit_and_limits_never_passed() -> None:
    one = driver("a", 0.7, 0.9, 0.99, "p5_p95", most=1.0)
    assert quantiles(one, np.array([0.05, 0.5, 0.95])) == pytest.approx([0.7, 0.9, 0.99])
    drawn = draw([one], draws=20_000, seed=1)["a"]
    assert drawn.max() <= 1.0
    assert np.mean(drawn < 0.7) == pytest.approx(0.05, abs=0.01)


def test_a_driver_draws_the_same_whoever_stands_beside_it() -> None:
    alone = draw([driver("a", 1, 2, 3)], draws=50, seed=3)["a"]
    beside = draw([driver("b", 1, 2, 3), driver("a", 1, 2, 3)], draws=50, seed=3)
    assert np.array_equal(alone, beside["a"])
    assert not np.array_equal(alone, beside["b"])


def test_a_wider_range_keeps_the_order_of_the_draws() -> None:
    first = draw([driver("a", 1, 2, 3)], draws=200, seed=3)["a"]
    second = draw([driver("a", 0, 5, 30)], draws=200, seed=3)["a"]
    assert np.array_equal(np.argsort(first), np.argsort(second))


@pytest.mark.parametrize("rank", [-0.8, 0.0, 0.5, 1.0])
def test_correlated_drivers_have_the_stated_rank_correlation(rank: float) -> None:
    drivers = [driver("a", 1, 2, 9), driver("b", 5, 6, 7, "p5_p95")]
    drawn = draw(drivers, draws=20_000, seed=5, correlations=[Correlation("a", "b", rank)])
    assert stats.spearmanr(drawn["a"], drawn["b"]).statistic == pytest.approx(rank, abs=0.03)
    assert np.median(drawn["b"]) == pytest.approx(6.0, abs=0.05)


@pytest.mark.parametrize(
    ("correlations", "said"),
    [
        ([("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)], "cannot all hold at once"),
        ([("a", "x", 0.5)], "no driver 'x' is used"),
        ([("a", "fixed", 0.5)], "fixed is one fixed number"),
        ([("a", "b", 0.5), ("b", "a", 0.4)], "stand there twice"),
    ],
)
def test_correlations_that_cannot_be_are_refused(correlations: list[tuple[str, str, float]], said: str) -> None:
    drivers = [*(driver(name, 1, 2, 3) for name in "abc"), driver("fixed", 2, 2, 2)]
    with pytest.raises(InvalidTask, match=said):
        draw(drivers, draws=10, seed=0, correlations=[Correlation(*pair) for pair in correlations])


def test_an_interval_of_evidence_becomes_percentiles_within_the_limits() -> None:
    figure = Estimate(0.95, 0.9, None, "share", 80, Provenance.MEASURED, "run")
    one = from_estimate("success", "task success", figure, most=1.0)
    assert (one.low, one.mode, one.high) == pytest.approx((0.9, 0.95, 1.0))
    assert (one.ends, one.n, one.provenance) == ("p5_p95", 80, Provenance.MEASURED)
