"""From runs to the answer, or to why there is none."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest

from rung.decide.codec import decode, encode
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.forecast.scaling import Hardware, Law, ScalingForecast, TextFacts, scaling_forecast
from rung.forecast.scaling.law import flops_for_loss, optimal_parameters
from rung.forecast.scaling.repeated_data import tokens_for_worth

H100 = Hardware("H100", 8, 1e15, (2.0, 3.0, 12.0), "a test", Provenance.DIRECTIONAL)


def bits(nats: float) -> Estimate:
    return exact(nats / log(2), "bits per byte", Provenance.ASSUMED, "--needed")


def told(
    runs: Any, text: TextFacts, needed: Estimate | None = None, hardware: Hardware | None = None
) -> ScalingForecast:
    return scaling_forecast(
        runs, text, planned=20, ignorant_nats=10.0, needed=needed, hardware=hardware, machine="m", seed=0, draws=300
    )


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def test_a_loss_within_two_decades_is_told_in_every_unit_and_holds_the_planted_truth(
    planted_runs: Any, text: TextFacts, law: Law
) -> None:
    found = told(planted_runs(noise=0.002), text, bits(0.85), H100)
    assert found.refusals == ()
    assert found.need is not None
    truth = float(flops_for_loss(law.as_draws(), 0.85)[0])
    flops = estimate(found.need.flops)
    assert flops.low is not None
    assert flops.high is not None
    assert flops.low < truth < flops.high
    size = estimate(found.need.parameters)
    assert size.low is not None
    assert size.high is not None
    assert size.low < optimal_parameters(law, truth) < size.high
    hours = estimate(found.need.gpu_hours)
    # The likeliest share of the peak is about .40: hours = C / (.40 x 1e15 x 3600), and the law's own spread around it.
    assert hours.value == pytest.approx(flops.value / (0.40 * 1e15 * 3600), rel=0.15)
    usd = estimate(found.need.usd)
    assert usd.provenance is Provenance.DIRECTIONAL
    assert 2 < usd.value / hours.value < 12
    assert estimate(found.need.weeks).value == pytest.approx(hours.value / 8 / 168)


def test_a_needed_loss_under_the_irreducible_one_is_unreachable(planted_runs: Any, text: TextFacts) -> None:
    found = told(planted_runs(noise=0.002), text, bits(0.4), H100)
    assert [one.reason for one in found.refusals] == ["unreachable"]
    assert found.need is not None
    assert found.need.never == 1.0
    for figure in (found.need.flops, found.need.usd, found.need.parameters, found.need.weeks):
        assert isinstance(figure, Missing)


def test_near_the_irreducible_loss_some_draws_never_get_there_and_the_share_is_told(
    planted_runs: Any, text: TextFacts
) -> None:
    found = told(planted_runs(noise=0.01, seed=1), text, bits(0.66))
    assert found.need is not None
    assert 0 < found.need.never < 1


def test_more_than_two_decades_beyond_the_largest_run_is_refused(planted_runs: Any, text: TextFacts, law: Law) -> None:
    # Without noise E is known, and .61 takes far more than a hundred times the largest run.
    assert float(flops_for_loss(law.as_draws(), 0.61)[0]) > 100 * 6 * 996_000 * 720_000
    found = told(planted_runs(), text, bits(0.61))
    assert [one.reason for one in found.refusals] == ["too far"]
    assert found.fit is not None
    assert found.fit.ceiling_flops == pytest.approx(100 * found.fit.largest_flops)
    assert max(point.flops for point in found.fit.frontier) == pytest.approx(found.fit.ceiling_flops)


def test_a_loss_that_every_run_has_already_is_refused(planted_runs: Any, text: TextFacts) -> None:
    found = told(planted_runs(), text, bits(5.0))
    assert [one.reason for one in found.refusals] == ["already reached"]


def test_runs_that_follow_another_law_are_refused(planted_runs: Any, text: TextFacts) -> None:
    runs = planted_runs(noise=0.15, seed=1)
    found = scaling_forecast(
        [replace(run, because="") for run in runs],
        text,
        planned=20,
        ignorant_nats=50.0,
        needed=None,
        hardware=None,
        machine="m",
        seed=0,
        draws=50,
    )
    assert found.fit is None
    assert found.refusals


def test_too_few_runs_and_too_small_a_text_are_told_together(planted_runs: Any, text: TextFacts) -> None:
    found = told(planted_runs()[:5], replace(text, distinct=1_000, copies=500))
    assert found.fit is None
    assert {"text too small", "too few runs"} <= {one.reason for one in found.refusals}
    assert "500 of its entries are copies" in found.refusals[0].because


def test_text_that_is_missing_and_what_repeating_would_do_are_told(
    planted_runs: Any, text: TextFacts, law: Law
) -> None:
    plenty = told(planted_runs(noise=0.001), replace(text, distinct=10**9), bits(0.85))
    assert plenty.need is not None
    assert estimate(plenty.need.more_text).value == 0
    few = told(planted_runs(noise=0.001), replace(text, distinct=60_000), bits(0.85))
    assert few.need is not None
    assert estimate(few.need.more_text).value > 0
    assert isinstance(few.need.by_repeating, Missing)
    assert "at most" in few.need.by_repeating.because
    wanted = estimate(few.need.tokens).value
    some = told(planted_runs(noise=0.001), replace(text, distinct=round(wanted / 4)), bits(0.85))
    assert some.need is not None
    times = estimate(some.need.by_repeating).value
    assert times == pytest.approx(tokens_for_worth(wanted, wanted / 4) / (wanted / 4), rel=0.1)
    assert 4 < times < 5


def test_without_a_gpu_money_is_missing_and_never_zero(planted_runs: Any, text: TextFacts) -> None:
    found = told(planted_runs(noise=0.002), text, bits(0.85))
    assert found.need is not None
    for figure in (found.need.gpu_hours, found.need.usd, found.need.weeks):
        assert isinstance(figure, Missing)
        assert "--gpu" in figure.remedy
    unpriced = told(planted_runs(noise=0.002), text, bits(0.85), replace(H100, usd_per_hour=None))
    assert unpriced.need is not None
    assert isinstance(unpriced.need.usd, Missing)
    assert isinstance(unpriced.need.gpu_hours, Estimate)


@pytest.mark.parametrize("needed", [None, 0.4, 0.61, 0.85])
def test_the_forecast_survives_a_record(planted_runs: Any, text: TextFacts, needed: float | None) -> None:
    asked = None if needed is None else bits(needed)
    found = told(planted_runs(noise=0.002), text, asked, H100)
    assert decode(ScalingForecast, encode(found)) == found


def test_every_interval_holds_its_value(planted_runs: Any, text: TextFacts) -> None:
    for seed in range(5):
        found = told(planted_runs(noise=0.02, seed=seed), text, bits(0.85), H100)
        if found.fit is None or found.need is None:
            continue
        figures = [point.bits_per_byte for point in found.fit.frontier]
        figures += [found.fit.alpha, found.fit.beta, found.fit.irreducible, found.need.flops, found.need.usd]
        for figure in figures:
            if isinstance(figure, Estimate):
                assert figure.low is None or figure.low <= figure.value
                assert figure.high is None or figure.value <= figure.high
                assert np.isfinite(figure.value)
