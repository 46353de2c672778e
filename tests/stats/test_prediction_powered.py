from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

from rung.stats import clustered_mean, prediction_powered_mean

LABELS = (1, 1, 0, 1, 0, 1, 1, 0, 1, 1)
PREDICTIONS = (0.9, 0.8, 0.3, 0.7, 0.4, 0.9, 0.6, 0.2, 0.8, 0.7)
OTHERS = np.linspace(0.05, 0.95, 40)


def test_the_worked_example_has_the_published_interval() -> None:
    interval = prediction_powered_mean(LABELS, PREDICTIONS, OTHERS, level=0.95, tuning=1.0)
    assert (interval.mid, interval.low, interval.high) == pytest.approx((0.57, 0.3884, 0.7516), abs=5e-5)


@settings(max_examples=50)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(3, 60),
    st.floats(0.1, 3),
    st.booleans(),
    st.sampled_from([None, 0.0, 0.4, 1.0]),
)
def test_point_and_interval_are_those_of_the_authors_code(
    seed: int, n: int, noise: float, opposite: bool, tuning: float | None
) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n + 3 * n)
    predictions = truth * (-1 if opposite else 1) + noise * rng.normal(size=truth.size)
    labels, own, others = truth[:n], predictions[:n], predictions[n:]
    ours = prediction_powered_mean(labels, own, others, level=0.9, tuning=tuning)
    low, high = ppi_mean_ci(labels, own, others, alpha=0.1, lam=tuning)
    assert ours.mid == pytest.approx(float(np.squeeze(ppi_mean_pointestimate(labels, own, others, lam=tuning))))
    assert (ours.low, ours.high) == pytest.approx((float(low[0]), float(high[0])))


def test_predictions_that_mislead_cost_nothing_when_tuned_and_width_when_not() -> None:
    rng = np.random.default_rng(8)
    labels, noise, others = rng.normal(size=50), 5 * rng.normal(size=50), 5 * rng.normal(size=5000)
    widths = []
    for tuning in (0.0, None, 1.0):
        interval = prediction_powered_mean(labels, noise, others, level=0.9, tuning=tuning)
        assert interval.low is not None
        assert interval.high is not None
        widths.append(interval.high - interval.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.02)
    assert widths[2] > 4 * widths[0]


def test_clusters_widen_it_and_single_items_get_the_t_interval() -> None:
    """Tuning 0 leaves the labels alone, whose interval is the clustered t interval."""
    labels, clusters = np.repeat([1.0, 0.0, 1.0, 1.0, 0.0], 2), np.repeat(np.arange(5), 2)
    ours = prediction_powered_mean(
        labels, PREDICTIONS, OTHERS, level=0.9, tuning=0.0, clusters=clusters, unlabelled_clusters=np.arange(40)
    )
    alone = clustered_mean(labels, clusters, level=0.9)
    assert (ours.mid, ours.low, ours.high) == pytest.approx((alone.mid, alone.low, alone.high))


def test_what_cannot_be_bounded_or_paired_says_so() -> None:
    flat = prediction_powered_mean([1, 1], [1, 1], [1, 1, 1], level=0.9)
    assert (flat.mid, flat.low, flat.high) == (1.0, None, None)
    assert "never vary" in flat.note
    one = prediction_powered_mean(
        [1, 0], [1, 0], [1, 0], level=0.9, clusters=["a", "a"], unlabelled_clusters=["b", "c"]
    )
    assert (one.low, one.high) == (None, None)
    assert "one group" in one.note
    with pytest.raises(ValueError, match="same items"):
        prediction_powered_mean([1, 0], [1], [1], level=0.9)
    with pytest.raises(ValueError, match="neither"):
        prediction_powered_mean([1, 0], [1, 0], [1], level=0.9, clusters=[0, 1])
