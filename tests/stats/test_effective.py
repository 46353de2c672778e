from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import effective_items
from rung.stats.effective import effective_clusters

ITEMS = st.lists(
    st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.integers(0, 8), st.floats(0.01, 10)), min_size=2, max_size=40
).filter(lambda items: len({cluster for _, cluster, _ in items}) > 1)


@given(ITEMS)
def test_a_sample_counts_as_at_least_one_item_and_at_most_all(items: list[tuple[float, int, float]]) -> None:
    values, clusters, weights = (np.array(column) for column in zip(*items, strict=True))
    for effective in (effective_items(values, clusters), effective_items(values, clusters, weights=weights)):
        assert effective is not None
        assert 0.0 < effective <= len(items) * (1 + 1e-9)


def test_items_without_company_all_count() -> None:
    assert effective_items([0, 1, 1, 0, 1], range(5)) == 5


def test_unequal_weights_cost_items() -> None:
    """Kish: (sum w)^2 / sum w^2 = 16 / 10 when one of two items has three times the weight."""
    assert effective_items([1, 1], [0, 1], weights=[1, 3]) == pytest.approx(1.6)


def test_items_that_always_agree_count_once_per_cluster() -> None:
    outcomes = np.repeat([1, 0, 1, 0, 1, 1, 0, 0], 5)
    effective = effective_items(outcomes, np.repeat(np.arange(8), 5))
    # 8 clusters; the variance is estimated with 7 and 39 degrees of freedom: 8 * (7 / 8) * (40 / 39) = 7.18 at least.
    assert effective == pytest.approx(7.5, abs=0.5)


def test_an_outcome_seen_nowhere_takes_the_worst_case() -> None:
    sizes = [1, 2, 3, 10]
    clusters = np.repeat(np.arange(4), sizes)
    assert effective_items(np.ones(16), clusters) == pytest.approx(16**2 / (1 + 4 + 9 + 100))
    assert effective_clusters(clusters) == pytest.approx(16**2 / (1 + 4 + 9 + 100))


def test_the_worst_case_fades_as_more_clusters_hold_the_rare_outcome() -> None:
    """Failures spread evenly over clusters of five: no agreement, so nearly all items come to count."""
    shares = []
    for failing in (1, 5, 20):
        outcomes = np.ones((20, 5))
        outcomes[:failing, 0] = 0
        effective = effective_items(outcomes.ravel(), np.repeat(np.arange(20), 5))
        assert effective is not None
        shares.append(effective / 100)
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(1 / 3)  # (1 x 1 + 5) / 2 = 3
    assert shares[-1] > 0.8


def test_several_items_in_one_cluster_count_as_nothing_that_can_be_told() -> None:
    assert effective_items([1, 0, 1], ["a", "a", "a"]) is None
    assert effective_items([1], ["a"]) == 1
