from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from rung.diagnose.classes.attributes import Part
from rung.diagnose.classes.weak_slices import FALSE_SHARE, Population, difference, fisher, weak_slices

counts = st.integers(0, 40)


def population(failed: list[bool], groups: list[int] | None = None) -> Population:
    size = len(failed)
    return Population(np.arange(size), np.array(failed), np.array(range(size) if groups is None else groups))


def part(name: str, members: list[int]) -> Part:
    return Part("metadata", name, tuple(members))


@given(counts, counts, counts, counts)
def test_the_test_of_one_slice_is_fisher_s_exact_one(hits: int, misses: int, others: int, other_misses: int) -> None:
    ours = fisher(hits, hits + misses, others, others + other_misses)
    theirs = fisher_exact([[hits, misses], [others, other_misses]], alternative="greater").pvalue
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_the_difference_of_unclustered_rates_is_newcombe_s() -> None:
    inside = np.array([True] * 56 + [False] * 48)
    outcome = np.array([1.0] * 48 + [0.0] * 8 + [1.0] * 33 + [0.0] * 15)
    interval = difference(inside, outcome, np.arange(104))
    low, high = confint_proportions_2indep(48, 56, 33, 48, method="newcomb", compare="diff", alpha=0.10)
    assert interval.mid == pytest.approx(48 / 56 - 33 / 48)
    assert interval.low == pytest.approx(low, abs=2e-3)
    assert interval.high == pytest.approx(high, abs=2e-3)


def test_a_slice_that_fails_six_times_as_often_is_found_with_its_difference() -> None:
    rng = np.random.default_rng(1)
    failed = [bool(rng.random() < (0.6 if number < 80 else 0.1)) for number in range(600)]
    (found,) = weak_slices([part("acme", list(range(80))), part("even", list(range(0, 600, 2)))], population(failed))
    assert found.part.name == "acme"
    assert len(found.items) == 80
    assert set(found.failures) == {number for number in range(80) if failed[number]}
    assert found.more.low is not None
    assert found.more.high is not None
    assert found.more.low < 0.5 < found.more.high


def test_harmless_attributes_are_seldom_told() -> None:
    """100 runs of 40 harmless parts: no slice is true, so the chance of any is the share of false ones among those told
    (all or none), at most `FALSE_SHARE` and three standard errors."""
    rng = np.random.default_rng(2)
    runs = 100
    alarms = 0
    for _ in range(runs):
        failed = (rng.random(300) < 0.25).tolist()
        values = rng.integers(0, 10, size=(4, 300))
        parts = [part(f"{f}={v}", np.flatnonzero(own == v).tolist()) for f, own in enumerate(values) for v in range(10)]
        alarms += bool(weak_slices(parts, population(failed)))
    assert alarms / runs <= FALSE_SHARE + 3 * (FALSE_SHARE * (1 - FALSE_SHARE) / runs) ** 0.5


def test_items_of_few_groups_prove_less_than_as_many_by_themselves() -> None:
    """Two customers, each always wrong, are 40 items and two observations."""
    failed = [number < 40 or number % 10 == 0 for number in range(440)]
    alone = population(failed)
    two_customers = population(failed, [number // 20 for number in range(440)])
    acme = [part("acme", list(range(40)))]
    assert len(weak_slices(acme, alone)) == 1
    assert weak_slices(acme, two_customers) == ()


def test_clustered_harmless_parts_are_seldom_told() -> None:
    """Groups of ten items that all fail or none do, and parts made of whole groups: single items would cry wolf."""
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(100):
        group = np.repeat(np.arange(60), 10)
        failed = (rng.random(60) < 0.25)[group].tolist()
        part_of = rng.integers(0, 8, 60)[group]
        parts = [part(str(value), np.flatnonzero(part_of == value).tolist()) for value in range(8)]
        alarms += bool(weak_slices(parts, population(failed, group.tolist())))
    assert alarms / 100 <= FALSE_SHARE + 3 * 0.03


def test_the_same_items_are_told_once() -> None:
    failed = [number < 50 or number % 9 == 0 for number in range(500)]
    (found,) = weak_slices(
        [part("vendor: acme", list(range(60))), part("format: pdf", list(range(1, 60)))], population(failed)
    )
    assert {found.part.name, *found.also} == {"vendor: acme", "format: pdf"}


def test_a_slice_that_another_explains_is_not_told_again() -> None:
    """Half of the items in flow web are of vendor acme, which alone fails: web is no finding of its own."""
    rng = np.random.default_rng(4)
    failed = [bool(rng.random() < (0.7 if number < 100 else 0.1)) for number in range(800)]
    found = weak_slices([part("web", list(range(200))), part("acme", list(range(100)))], population(failed))
    assert [one.part.name for one in found] == ["acme"]


def test_two_slices_that_fail_for_themselves_are_both_told() -> None:
    failed = [number < 60 or 200 <= number < 260 or number % 10 == 0 for number in range(800)]
    found = weak_slices([part("one", list(range(80))), part("other", list(range(200, 280)))], population(failed))
    assert {one.part.name for one in found} == {"one", "other"}


def test_a_hair_s_breadth_is_no_slice_however_many_items_show_it() -> None:
    failed = [number % 100 < (22 if number < 20_000 else 20) for number in range(40_000)]
    assert weak_slices([part("slightly worse", list(range(20_000)))], population(failed)) == ()


@pytest.mark.parametrize("failed", [[True] * 40, [False] * 40])
def test_where_all_or_none_fail_no_slice_fails_more(failed: list[bool]) -> None:
    assert weak_slices([part("half", list(range(20)))], population(failed)) == ()
