from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import (
    ClusterSums,
    Interval,
    clustered_mean,
    clustered_wilson,
    effective_from_sums,
    effective_items,
    fieller,
    mean_from_sums,
    ratio_from_sums,
    share_from_sums,
)
from rung.stats.sums import standard_error_from_sums

Items = list[tuple[float, int]]
SCORES = st.lists(st.tuples(st.floats(-50, 50), st.integers(0, 6)), min_size=2, max_size=40)
OUTCOMES = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.integers(0, 6)), min_size=1, max_size=60)
COSTS = st.lists(
    st.tuples(st.floats(0.01, 10), st.sampled_from([0.0, 1.0]), st.integers(0, 6)), min_size=2, max_size=40
).filter(lambda items: any(success for _, success, _ in items))


def grouped(items: Items, centre: float = 0.0) -> ClusterSums:
    """What a GROUP BY over clusters, and a second one over its result, add up."""
    members: dict[int, list[float]] = defaultdict(list)
    for value, cluster in items:
        members[cluster].append(value - centre)
    values = [value for value, _ in items]
    common = min((-values.count(value), value) for value in set(values))[1] - centre
    return ClusterSums(
        n=len(items),
        clusters=len(members),
        total=fsum(x for own in members.values() for x in own),
        total_square=fsum(x * x for own in members.values() for x in own),
        cluster_square=fsum(fsum(own) ** 2 for own in members.values()),
        cluster_cross=fsum(fsum(own) * len(own) for own in members.values()),
        size_square=sum(len(own) ** 2 for own in members.values()),
        carriers=sum(any(x != common for x in own) for own in members.values()),
        centre=centre,
    )


def same(ours: Interval, theirs: Interval, relative: float, absolute: float) -> None:
    assert (ours.low is None, ours.high is None, ours.note) == (theirs.low is None, theirs.high is None, theirs.note)
    for one, two in ((ours.mid, theirs.mid), (ours.low, theirs.low), (ours.high, theirs.high)):
        assert one == (None if two is None else pytest.approx(two, rel=relative, abs=absolute))


@given(OUTCOMES, st.sampled_from([0.8, 0.9, 0.95]))
def test_a_share_from_sums_is_the_share_from_rows(items: Items, level: float) -> None:
    outcomes, clusters = zip(*items, strict=True)
    same(share_from_sums(grouped(items), level=level), clustered_wilson(outcomes, clusters, level=level), 0, 1e-12)
    rows = effective_items(outcomes, clusters)
    assert effective_from_sums(grouped(items)) == (None if rows is None else pytest.approx(rows, rel=1e-12))


@given(SCORES, st.floats(-50, 50))
def test_a_mean_from_sums_is_the_mean_from_rows_whatever_the_centre(items: Items, centre: float) -> None:
    values, clusters = zip(*items, strict=True)
    # Spreads below 1e-4 of values near 50 drown in the rounding of their squares when not centred.
    if 0 < np.ptp(values) < 1e-2:
        return
    rows = clustered_mean(values, clusters, level=0.9)
    for sums in (grouped(items), grouped(items, centre)):
        same(mean_from_sums(sums, level=0.9), rows, 1e-9, 1e-6)


@given(COSTS, st.floats(0, 5))
def test_a_ratio_from_sums_is_fiellers_from_rows(items: list[tuple[float, float, int]], fixed: float) -> None:
    cost, success, clusters = (np.array(column) for column in zip(*items, strict=True))
    products = sum(cost[clusters == one].sum() * success[clusters == one].sum() for one in np.unique(clusters))
    costs = grouped(list(zip(cost, clusters, strict=True)))
    successes = grouped(list(zip(success, clusters, strict=True)))
    # A constant per item moves the centre and nothing else.
    ours = ratio_from_sums(replace(costs, centre=fixed), successes, cluster_product=products, level=0.9)
    theirs = fieller(cost + fixed, success, level=0.9, clusters=clusters)
    assert ours.mid == pytest.approx(theirs.mid, rel=1e-12)
    assert (ours.low is None, ours.high is None) == (theirs.low is None, theirs.high is None)
    if ours.high is not None and ours.high < 1e3:  # beyond, a is a difference of nearly equal numbers
        same(ours, theirs, 1e-6, 1e-6)


def test_ten_million_items_keep_their_standard_error_when_centred() -> None:
    """Twenty clusters of ten, copied 50,000 times: all sums are known, and so is the error, from the twenty alone."""
    rng = np.random.default_rng(1)
    values = 1000.0 + rng.normal(size=(20, 1)) + rng.normal(size=(20, 10))
    copies = 50_000
    small = grouped([(value, row) for row, own in enumerate(values.tolist()) for value in own], centre=1000.0)
    large = ClusterSums(
        n=copies * small.n,
        clusters=copies * small.clusters,
        total=copies * small.total,
        total_square=copies * small.total_square,
        cluster_square=copies * small.cluster_square,
        cluster_cross=copies * small.cluster_cross,
        size_square=copies * small.size_square,
        carriers=copies * small.carriers,
        centre=1000.0,
    )
    deviations = (values - values.mean()).sum(axis=1)
    groups = 20 * copies
    expected = np.sqrt(groups / (groups - 1) * copies * (deviations**2).sum()) / (200 * copies)
    assert standard_error_from_sums(large) == pytest.approx(expected, rel=1e-10)


def test_ten_million_outcomes_in_ten_clusters_lose_nothing_to_cancellation() -> None:
    """Successes in ten clusters of a million near 0.95: the cluster terms are 1e13, their difference near 1e6."""
    size = 1_000_000
    successes = [950_000 + shift for shift in (-300, -200, -150, -50, 0, 0, 50, 150, 200, 301)]
    sums = ClusterSums(
        n=10 * size,
        clusters=10,
        total=sum(successes),
        total_square=sum(successes),
        cluster_square=sum(own**2 for own in successes),
        cluster_cross=sum(own * size for own in successes),
        size_square=10 * size**2,
        carriers=10,
    )
    shifts = np.array(successes) - 950_000
    expected = np.sqrt(10 / 9 * ((shifts - shifts.mean()) ** 2).sum()) / (10 * size)
    assert standard_error_from_sums(sums) == pytest.approx(expected, rel=1e-13)


def test_weights_of_whole_numbers_mean_copies_in_the_same_cluster() -> None:
    """Sums with w per item are those of w copies; only the number of items differs."""
    copies = grouped([(1.0, 0), (0.0, 1), (0.0, 1), (1.0, 1), (1.0, 1), (1.0, 1), (1.0, 2)])
    weighted = replace(copies, n=4, weight=7.0, weight_square=1.0 + 4.0 + 9.0 + 1.0)
    assert weighted.mean == copies.mean == pytest.approx(5 / 7)
    assert standard_error_from_sums(weighted) == standard_error_from_sums(copies)
    by_rows = clustered_wilson([1, 0, 1, 1], [0, 1, 1, 2], level=0.9, weights=[1, 2, 3, 1])
    assert share_from_sums(weighted, level=0.9) == by_rows


def test_scores_and_centred_outcomes_are_no_shares() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        share_from_sums(grouped([(0.5, 0), (1.0, 1)]), level=0.9)
    with pytest.raises(ValueError, match="0 or 1"):
        share_from_sums(grouped([(0.0, 0), (1.0, 1)], centre=0.5), level=0.9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": 0}, "n >= clusters"),
        ({"clusters": 9}, "n >= clusters"),
        ({"carriers": 3}, "carriers"),
        ({"total": float("nan")}, "finite"),
        ({"cluster_square": float("inf")}, "finite"),
        ({"weight": 2.0}, "belong together"),
        ({"weight": 0.0, "weight_square": 0.0}, "zero"),
    ],
)
def test_sums_of_nothing_are_refused(change: dict[str, Any], words: str) -> None:
    sums = grouped([(0.0, 0), (1.0, 1)])
    with pytest.raises(ValueError, match=words):
        replace(sums, **change)


@pytest.mark.parametrize(("values", "common"), [((0.0, 1.0), 0.0), ((812.5, 990.25, 1003.0), 812.5)])
def test_the_query_of_the_documentation_adds_up_the_same_sums(values: tuple[float, ...], common: float) -> None:
    page = (Path(__file__).parents[2] / "docs" / "concepts" / "statistics.md").read_text(encoding="utf-8")
    query = page[page.index("    select sum") :].split("\n\n")[0]
    rng = np.random.default_rng(3)
    x, customers = (
        rng.choice(values, 500, p=[0.7, *[0.3 / (len(values) - 1)] * (len(values) - 1)]),
        rng.integers(0, 60, 500),
    )
    centre = 0.0 if len(values) == 2 else 850.0
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("create table requests (x real, customer integer)")
        database.executemany("insert into requests values (?, ?)", zip(x.tolist(), customers.tolist(), strict=True))
        row = database.execute(query, {"centre": centre, "common": common}).fetchone()
    sums = replace(ClusterSums(*row), centre=centre)
    if len(values) == 2:
        same(share_from_sums(sums, level=0.9), clustered_wilson(x, customers, level=0.9), 0, 1e-12)
    same(mean_from_sums(sums, level=0.9), clustered_mean(x, customers, level=0.9), 1e-9, 0)
