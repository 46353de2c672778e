from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rung.forecast.learning_curve import WHOLE, Observed
from rung.forecast.learning_curve.resamples import choice_variance, drawn_orders, resample


def test_the_first_row_is_the_sample_itself(plant: Callable[..., Observed]) -> None:
    observed = plant(lambda labels: 0.1 + 2 * labels**-0.5)
    drawn = resample(observed, draws=20, rng=np.random.default_rng(0))
    np.testing.assert_allclose(drawn.errors[0], observed.errors)
    assert drawn.errors.shape == drawn.counted.shape == (21, len(observed.step))


def test_the_error_of_one_fit_varies_as_the_binomial_says(plant: Callable[..., Observed]) -> None:
    observed = plant(lambda _: 0.3, repeats=2, items=400)
    drawn = resample(observed, draws=4000, rng=np.random.default_rng(1)).errors[1:, 0]
    rate = observed.errors[0]
    assert drawn.std() == pytest.approx(np.sqrt(rate * (1 - rate) / 400), rel=0.05)


def test_items_of_one_group_are_drawn_together() -> None:
    wrong = np.repeat(np.arange(40) % 2, 10)[None].astype(float)
    observed = Observed(np.array([0]), np.array([9.0]), np.array([WHOLE]), wrong, np.repeat(np.arange(40), 10))
    drawn = resample(observed, draws=4000, rng=np.random.default_rng(2)).errors[1:, 0]
    # 40 groups that agree within are 40 items, not 400; 39 of 40 degrees of freedom.
    assert drawn.std() == pytest.approx(np.sqrt(0.25 / 39), rel=0.05)


def test_the_mean_over_orders_varies_by_its_own_variance() -> None:
    """R - 1 of R orders: the variance of the mean is s^2 / R with the unbiased s^2."""
    values = np.array([0.1, 0.2, 0.6])
    wrong = (np.arange(10) < (10 * values)[:, None]).astype(float)
    observed = Observed(np.zeros(3, dtype=int), np.full(3, 50.0), np.arange(3), wrong, np.arange(10))
    means = drawn_orders(observed, 20_000, np.random.default_rng(3))[1:] @ values
    assert means.var() == pytest.approx(values.var(ddof=1) / 3, rel=0.05)


def test_a_size_weighs_the_same_however_many_fits_it_has(plant: Callable[..., Observed]) -> None:
    observed = plant(lambda _: 0.3)
    counted = drawn_orders(observed, 50, np.random.default_rng(0))
    for step in observed.steps:
        np.testing.assert_allclose(counted[:, observed.step == step].sum(axis=1), 1.0)


def test_what_the_choice_of_items_does_is_told_apart_from_chance_of_single_answers() -> None:
    rng = np.random.default_rng(5)
    step = np.repeat(np.arange(5), 40)
    repeat = np.tile(np.arange(40), 5)
    alike = rng.random((200, 500)) < 0.3
    apart = rng.random((200, 500)) < np.where(rng.random(200) < 0.5, 0.2, 0.4)[:, None]
    one, other = (
        Observed(step, np.full(200, 50.0), repeat, rows.astype(float), np.arange(500)) for rows in (alike, apart)
    )
    assert choice_variance(one) < 0.0005
    # Shares of .2 and .4 by turns: a variance of .01, over .3 x .7.
    assert choice_variance(other) == pytest.approx(0.01 / 0.21, rel=0.1)
