"""The fit against planted laws and another optimiser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from rung.forecast.scaling import Law, fit_law
from rung.forecast.scaling.law import FloatArray, frontier_loss
from rung.forecast.scaling.many_fits import many_fits
from rung.forecast.scaling.objective import PUBLISHED_HUBER, Points, as_laws, huber, predicted, with_slopes


def points_of(runs: Any) -> tuple[Points, FloatArray]:
    sizes = np.array([run.parameters for run in runs], float)
    read = np.array([run.worth_tokens for run in runs], float)
    return Points.of(sizes, read), np.log([run.nats for run in runs])


def test_a_planted_law_without_noise_is_found_to_many_digits(planted_runs: Any, law: Law) -> None:
    found = fit_law(planted_runs(), rng=np.random.default_rng(0), draws=50)
    expected = [law.irreducible, law.parameter_scale, law.data_scale, law.alpha, law.beta]
    assert found.best.constants[0] == pytest.approx(expected, rel=1e-3)
    assert found.residual < 1e-5


def test_repeated_text_is_counted_at_its_worth(planted_runs: Any, law: Law) -> None:
    # 80 kB read up to nine times: counted as fresh, the law would be another one.
    runs = planted_runs(unique=80_000)
    found = fit_law(runs, rng=np.random.default_rng(0), draws=20)
    assert found.best.column("beta")[0] == pytest.approx(law.beta, rel=1e-3)
    as_fresh = fit_law([replace(run, unique_tokens=10**9) for run in runs], rng=np.random.default_rng(0), draws=20)
    assert abs(as_fresh.best.column("beta")[0] - law.beta) > 0.03


def test_with_noise_the_intervals_hold_the_planted_law_and_its_loss_one_decade_on(planted_runs: Any, law: Law) -> None:
    runs = planted_runs(noise=0.005, seed=3)
    found = fit_law(runs, rng=np.random.default_rng(1))
    for name in ("irreducible", "parameter_scale", "data_scale", "alpha", "beta"):
        # 99 %: this is one sample, and five constants at 90 % would fail every other time.
        low, high = np.quantile(found.draws.column(name), [0.005, 0.995])
        assert low < getattr(law, name) < high
    flops = 10 * max(run.flops for run in runs)
    low, high = np.quantile(frontier_loss(found.draws, flops), [0.005, 0.995])
    assert low < frontier_loss(law.as_draws(), flops)[0, 0] < high
    assert high - low < 0.15


def test_constants_move_together_and_their_draws_do_too(planted_runs: Any) -> None:
    found = fit_law(planted_runs(noise=0.005, seed=3), rng=np.random.default_rng(1))
    logs = np.log(found.draws.column("parameter_scale"))
    assert np.corrcoef(logs, found.draws.column("alpha"))[0, 1] > 0.9
    # Shuffled against each other the constants would make laws far from any run.
    shuffled = found.draws.constants.copy()
    np.random.default_rng(0).shuffle(shuffled[:, 1])
    at = 1e12
    joint = np.ptp(np.quantile(frontier_loss(found.draws, at), [0.05, 0.95]))
    apart = np.ptp(np.quantile(frontier_loss(replace(found.draws, constants=shuffled), at), [0.05, 0.95]))
    assert apart > 3 * joint


@pytest.mark.parametrize("transition", [PUBLISHED_HUBER, 0.01])
def test_the_least_found_is_no_higher_than_that_of_lbfgs_from_the_same_starts(
    planted_runs: Any, transition: float
) -> None:
    points, losses = points_of(planted_runs(noise=0.01, seed=5))

    def cost(theta: FloatArray) -> float:
        return float(huber(losses - predicted(points, theta[None])[0], transition)) * 1e4

    starts = np.array([(0.0, 0.0, level, np.log(power), np.log(power)) for level in (-2, 0) for power in (0.3, 0.8)])
    ours = many_fits(points, np.repeat(losses[None], 4, axis=0), starts, transition=transition)
    theirs = min(minimize(cost, start, method="L-BFGS-B", options={"maxiter": 5000}).fun for start in starts)
    assert min(map(cost, ours)) <= theirs * (1 + 1e-3)


def test_slopes_are_the_differences_of_the_prediction(planted_runs: Any) -> None:
    points, _ = points_of(planted_runs())
    theta = np.array([[0.2, 0.1, -0.7, -0.9, -0.6]])
    value, slopes = with_slopes(points, theta)
    assert value == pytest.approx(predicted(points, theta))
    for at in range(5):
        step = np.zeros((1, 5))
        step[0, at] = 1e-6
        difference = (predicted(points, theta + step) - predicted(points, theta - step)) / 2e-6
        assert slopes[0, :, at] == pytest.approx(difference[0], abs=1e-7)


def test_the_parameters_of_the_search_are_the_same_law(planted_runs: Any, law: Law) -> None:
    points, losses = points_of(planted_runs())
    middle_size, middle_read = np.exp(points.mean_log_parameters), np.exp(points.mean_log_tokens)
    theta = np.log(
        [
            [
                law.parameter_scale / middle_size**law.alpha,
                law.data_scale / middle_read**law.beta,
                law.irreducible,
                law.alpha,
                law.beta,
            ]
        ]
    )
    assert predicted(points, theta)[0] == pytest.approx(losses)
    assert as_laws(points, theta).constants == pytest.approx(law.as_draws().constants)


def test_one_wild_run_hardly_moves_the_law(planted_runs: Any, law: Law) -> None:
    runs = planted_runs(noise=0.002, seed=2)
    runs[7] = replace(runs[7], nats_per_token=runs[7].nats * 1.3)
    found = fit_law(runs, rng=np.random.default_rng(0), draws=50)
    assert found.best.column("irreducible")[0] == pytest.approx(law.irreducible, abs=0.1)


def test_the_parts_of_the_held_out_text_widen_the_interval(planted_runs: Any) -> None:
    runs = planted_runs(noise=0.002, seed=2)
    rng = np.random.default_rng(4)
    shares = rng.dirichlet(np.full(16, 4.0))  # parts of very different losses
    parted = [replace(run, block_nats=tuple(run.nats * 1_000 * shares)) for run in runs]
    plain = fit_law(runs, rng=np.random.default_rng(0), draws=400)
    wider = fit_law(parted, rng=np.random.default_rng(0), draws=400)
    at = max(run.flops for run in runs)
    assert frontier_loss(wider.draws, at).std() > 3 * frontier_loss(plain.draws, at).std()


def test_the_same_seed_gives_the_same_draws(planted_runs: Any) -> None:
    runs = planted_runs(noise=0.01)
    first, second = (fit_law(runs, rng=np.random.default_rng(9), draws=20) for _ in range(2))
    assert np.array_equal(first.draws.constants, second.draws.constants)
