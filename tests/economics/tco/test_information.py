from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, norm

from rung.economics.tco.analyse import SAMPLES, analyse
from rung.economics.tco.formula import Ceiling, Driven
from rung.economics.tco.information import partial_information, perfect_information, sample_information
from rung.economics.tco.simulate import simulate
from rung.estimate import Estimate, Missing, Provenance


def unit_normal_loss(mean: float, deviation: float) -> float:
    """E[max(0, X)] - max(0, E X) of a normal X (Raiffa and Schlaifer 1961)."""
    z = abs(mean) / deviation
    return float(deviation * (norm.pdf(z) - z * norm.sf(z)))


def two_options(mean: float, deviation: float, draws: int = 200_000) -> np.ndarray[Any, np.dtype[np.float64]]:
    difference = np.random.default_rng(1).normal(mean, deviation, draws)
    return np.stack([np.zeros(draws), difference])


def test_perfect_information_has_the_published_value() -> None:
    # A difference with mean 10 and deviation 30: 7.627 in closed form.
    assert unit_normal_loss(10, 30) == pytest.approx(7.627, abs=5e-4)
    assert perfect_information(two_options(10, 30)) == pytest.approx(7.627, rel=0.01)


def test_one_strategy_leaves_nothing_to_know() -> None:
    assert perfect_information(two_options(10, 30)[1:]) == 0.0
    assert partial_information(two_options(10, 30)[1:], np.arange(200_000.0)) == 0.0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 1.0])
def test_a_part_of_a_linear_normal_difference_has_its_closed_form(share: float) -> None:
    # The difference is 10 + known + unknown; knowing the first part leaves only its own deviation to act on.
    rng = np.random.default_rng(2)
    draws = 100_000
    known = rng.normal(0, 30 * np.sqrt(share), draws)
    rest = rng.normal(0, 30 * np.sqrt(1 - share), draws)
    usd = np.stack([np.zeros(draws), 10 + known + rest])
    expected = unit_normal_loss(10, 30 * np.sqrt(share))
    assert partial_information(usd, known) == pytest.approx(expected, rel=0.06, abs=0.15)


def test_a_driver_that_matters_nothing_is_worth_nothing() -> None:
    usd = two_options(10, 30, 20_000)
    idle = [np.random.default_rng(seed).random(20_000) for seed in range(20)]
    worth = [partial_information(usd, one) for one in idle]
    assert max(worth) < 0.02 * perfect_information(usd)


@pytest.mark.parametrize("more", [10.0, 100.0, 1e9])
def test_a_larger_sample_has_the_closed_form_of_the_normal_case(more: float) -> None:
    # A rate near .5 with deviation .05 is known as from 99 items; what it brings is 600 (rate - .5) + 10.
    rate = np.random.default_rng(3).normal(0.5, 0.05, 200_000)
    usd = np.stack([np.zeros(200_000), 600 * (rate - 0.5) + 10])
    deviation = 30 * np.sqrt(more / (more + 99))
    found = sample_information(usd, {1: [rate]}, {1: [more]})
    assert found == pytest.approx(unit_normal_loss(10, deviation), rel=0.02, abs=0.02)


def test_what_an_evaluation_says_nothing_about_is_not_counted() -> None:
    rng = np.random.default_rng(4)
    rate = rng.normal(0.5, 0.05, 50_000)
    usd = np.stack([np.zeros(50_000), 600 * (rate - 0.5) + 10 + rng.normal(0, 500, 50_000)])
    # The wage moves 500 USD either way, and no number of items makes it known.
    assert sample_information(usd, {1: [rate]}, {1: [1e9]}) == pytest.approx(unit_normal_loss(10, 30), rel=0.15)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_information_is_never_worth_less_than_nothing_nor_more_than_all(seed: int, strategies: int) -> None:
    rng = np.random.default_rng(seed)
    driver = rng.beta(20, 5, 2_000)
    usd = rng.normal(0, 20, (strategies, 2_000)) + np.outer(rng.normal(0, 100, strategies), driver)
    perfect, partial = perfect_information(usd), partial_information(usd, driver)
    few, many = (sample_information(usd, {0: [driver]}, {0: [n]}) for n in (50.0, 500.0))
    assert 0.0 <= partial <= perfect
    assert 0.0 <= few <= many + 1e-9
    order = rng.permutation(strategies)
    assert perfect_information(usd[order]) == pytest.approx(perfect)
    assert partial_information(usd[order], driver) == pytest.approx(partial)


def test_an_evaluation_is_told_with_its_worth_and_its_price(hand: Any) -> None:
    drivers = [
        hand.driver("task_success[a]", 0.75, 0.8, 0.85, "p5_p95", most=1.0, n=150),
        hand.driver("task_success[b]", 0.72, 0.79, 0.86, "p5_p95", most=1.0, n=150),
        hand.driver("label_minutes", 1, 2, 3),
        hand.driver("wage_usd_per_hour", 30, 30, 30),
    ]
    labels = Driven("label_minutes") * Driven("wage_usd_per_hour")
    models = [
        hand.model(
            name, labels, accepted=Driven(f"task_success[{name}]") * 1e4, value=Driven(f"task_success[{name}]") * 1e4
        )
        for name in "ab"
    ]
    found = analyse(simulate(hand.case(drivers, *models)))
    assert [one.items for one in found.samples] == [50, 200, 1000]
    worths = [one.usd.value for one in found.samples if isinstance(one.usd, Estimate)]
    assert worths == sorted(worths)
    assert isinstance(found.perfect_information_usd, Estimate)
    assert worths[-1] <= found.perfect_information_usd.value
    cost = found.samples[1].cost_usd
    assert isinstance(cost, Estimate)
    # 200 items x 1, 2, 3 minutes at 30 USD an hour; a tenth, a fifth or all labelled twice, a few settled by a third.
    assert (cost.low, cost.value, cost.high) == pytest.approx((100 * 1.12, 200 * 1.25, 300 * 2.15))
    assert cost.provenance is Provenance.ASSUMED
    assert found.samples[1].because.endswith("USD and costs 250 USD for labels")
    assert {one.driver for one in found.worth_measuring} == {"task_success[a]", "task_success[b]"}


def test_nothing_to_choose_is_said_and_not_zero(hand: Any) -> None:
    gap = hand.model("gap", Missing("no price"))
    found = analyse(simulate(hand.case([hand.driver("a", 1, 2, 3)], hand.model("only", Driven("a")), gap)))
    assert found.candidates == ("only",)
    assert found.excluded == {"gap": "line 0: no price"}
    assert isinstance(found.perfect_information_usd, Missing)
    assert found.worth_measuring == ()
    assert found.samples == ()
    assert analyse(simulate(hand.case([], gap))).best is None


def test_a_step_that_puts_another_first_at_the_means_is_said(hand: Any) -> None:
    # Mean load 1.0 takes one machine of 10 USD; half of all draws are above it and take two: 15 expected, against 12.
    load = hand.driver("load", 0.5, 1.0, 1.5)
    case = hand.case(
        [load],
        hand.model("machine", Ceiling(Driven("load"), 1) * 10.0),
        hand.model("flat", Driven("load") * 0.0 + 12.0),
    )
    found = analyse(simulate(case))
    assert found.best == "flat"
    assert found.flips[0].from_strategy == "machine"
    assert found.notes == (
        "flips start from machine, which is the best with every driver at its mean; over all draws flat is expected to "
        "bring more",
    )


def test_the_remedy_of_a_strategy_names_it(hand: Any) -> None:
    rates = [
        replace(
            hand.driver(f"task_success[{name}]", 0.7, 0.8, 0.9, "p5_p95", most=1.0, n=40), remedy="rung run STRATEGY"
        )
        for name in "ab"
    ]
    models = [hand.model(name, Driven(f"task_success[{name}]") * -1e4) for name in "ab"]
    found = analyse(simulate(hand.case(rates, *models)))
    assert {one.remedy for one in found.worth_measuring} == {"rung run a", "rung run b"}


@pytest.mark.parametrize("items", SAMPLES)
def test_a_sample_is_worth_what_every_outcome_of_it_enumerated_gives(items: int) -> None:
    # A rate known as from 40 items, 32 of them right: Beta(32, 8). After k of n right its mean is (32 + k) / (40 + n).
    rate = np.random.default_rng(5).beta(32, 8, 200_000)
    usd = np.stack([np.zeros(200_000), 1000 * (rate - 0.82)])
    right = np.arange(items + 1)
    after = 1000 * ((32 + right) / (40 + items) - 0.82)
    exact = float(np.sum(betabinom.pmf(right, items, 32, 8) * np.maximum(after, 0.0)))
    assert sample_information(usd, {1: [rate]}, {1: [float(items)]}) == pytest.approx(exact, rel=0.05)
