from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from rung.estimate import LEVEL, Estimate, Missing, Provenance
from rung.evaluate.against_production import ALL, against_production, unpaired_difference
from rung.evaluate.run import Metrics
from rung.stats import wilson


def share(successes: int, n: int, provenance: Provenance = Provenance.MEASURED) -> Estimate:
    interval = wilson(successes, n, level=LEVEL)
    return Estimate(interval.mid, interval.low, interval.high, "share", n, provenance, "a test")


@given(st.integers(1, 80), st.integers(81, 150), st.integers(1, 900), st.integers(901, 1500))
def test_two_independent_shares_differ_by_newcombes_interval(one: int, n: int, two: int, m: int) -> None:
    found = unpaired_difference(share(one, n), share(two, m))
    assert isinstance(found, Estimate)
    low, high = confint_proportions_2indep(one, n, two, m, method="newcomb", compare="diff", alpha=1 - LEVEL)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_the_difference_is_only_as_well_known_as_its_weaker_side() -> None:
    found = unpaired_difference(share(80, 100), share(700, 1000, Provenance.VALIDATED))
    assert isinstance(found, Estimate)
    assert found.provenance is Provenance.MEASURED
    assert "not paired" in found.note


def test_an_unknown_share_gives_no_difference() -> None:
    gap = Missing("the log tells no outcomes", "rung ingest --outcomes FILE")
    assert unpaired_difference(share(8, 10), gap) == gap
    assert isinstance(unpaired_difference(None, share(8, 10)), Missing)


def test_segments_that_both_tell_are_compared_and_all_requests_always_are() -> None:
    mine = Metrics({"task_success": share(80, 100)}, {"routine": {"task_success": share(60, 70)}}, {})
    log = Metrics(
        {"task_success": share(700, 1000)},
        {"routine": {"task_success": share(500, 600)}, "edge": {"task_success": share(100, 300)}},
        {},
    )
    found = against_production("new", mine, log)
    assert set(found.by_segment) == {ALL, "routine"}
    assert found.by_segment[ALL] == found.difference
    assert isinstance(found.difference, Estimate)
    assert found.difference.value == pytest.approx(0.1)
