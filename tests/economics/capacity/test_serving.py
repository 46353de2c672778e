"""A fleet for a volume or a trace."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from rung.economics.capacity.rates import gpu_rate
from rung.economics.capacity.serving import ServingJob, ServingPlan, serving_plan
from rung.economics.capacity.tables import Gpu, ModelShape, find_gpu, find_model
from rung.economics.capacity.trace import Trace
from rung.estimate import Estimate, Figure, Missing, Provenance


def gpu(name: str) -> Gpu:
    found = find_gpu(name)
    assert isinstance(found, Gpu)
    return found


def model(name: str) -> ModelShape:
    found = find_model(name)
    assert isinstance(found, ModelShape)
    return found


JOB = ServingJob(model("llama-3.1-8b"), gpu("H100"), 1000, 500, 2e6)


def plan(job: ServingJob, usd: float = 2.5) -> ServingPlan:
    found = serving_plan(job, gpu_rate(job.gpu, overrides={job.gpu.name: usd}), draws=1000)
    assert isinstance(found, ServingPlan)
    return found


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate)
    return figure.value


def test_two_copies_stand_by_however_little_comes_and_are_paid_all_month() -> None:
    found = plan(replace(JOB, requests_per_month=100))
    assert value(found.copies) == 2
    assert value(found.usd_per_month) == pytest.approx(2 * 730 * 2.5)
    assert value(found.usd_per_request) == pytest.approx(2 * 730 * 2.5 / 100)
    assert value(found.utilisation) < 1e-4


def test_copies_carry_the_peak_filled_to_65_percent() -> None:
    found = plan(replace(JOB, requests_per_month=1e9))
    needed = value(found.peak_per_second) / (value(found.requests_per_second) * 0.65)
    assert value(found.copies) == pytest.approx(needed, rel=0.1)
    assert isinstance(found.copies, Estimate)
    assert found.copies.low is not None
    assert found.copies.low < found.copies.value


def test_every_speed_carries_the_model_error() -> None:
    for figure in (plan(JOB).requests_per_second, plan(JOB).prefill_ms, plan(JOB).token_ms):
        assert isinstance(figure, Estimate)
        assert figure.low == pytest.approx(figure.value / exp(1.6449 * 0.2), rel=1e-3)
        assert figure.high == pytest.approx(figure.value * exp(1.6449 * 0.2), rel=1e-3)
        assert figure.provenance is Provenance.MODELLED


def test_a_limit_on_p95_buys_copies_that_throughput_alone_would_not() -> None:
    busy = replace(JOB, requests_per_month=5e7, copies_at_least=1)
    loose, tight = plan(busy), plan(replace(busy, p95_seconds=6.5))
    assert value(tight.copies) > value(loose.copies)
    assert not isinstance(tight.met, Missing)
    assert value(tight.met.total_ms[1]) <= 6500


def test_a_limit_that_no_fleet_meets_leaves_the_cost_unknown() -> None:
    found = plan(replace(JOB, p95_seconds=0.05))
    assert isinstance(found.copies, Missing)
    assert isinstance(found.usd_per_month, Missing)
    assert isinstance(found.met, Missing)
    assert isinstance(found.requests_per_second, Estimate)


def test_a_burst_needs_more_copies_than_the_same_requests_spread_evenly() -> None:
    count = 3000
    lengths = np.full(count, 1000.0), np.full(count, 100.0)
    even = Trace("even", np.linspace(0.0, 3600.0, count), *lengths)
    burst = Trace("burst", np.sort(np.concatenate([[0.0, 3600.0], np.linspace(1800, 1815, count - 2)])), *lengths)
    job = replace(JOB, input_tokens=1000, output_tokens=100, copies_at_least=1, p95_seconds=2.0)
    first, second = plan(replace(job, trace=even)), plan(replace(job, trace=burst))
    assert value(second.copies) >= 2 * value(first.copies)
    assert value(second.peak_per_second) > value(first.peak_per_second)
    assert isinstance(second.peak_per_second, Estimate)
    assert second.peak_per_second.provenance is Provenance.MEASURED


def test_what_fits_nowhere_is_said() -> None:
    found = serving_plan(replace(JOB, model=model("gpt-3-175b"), gpu=gpu("A10")), gpu_rate(gpu("A10")))
    assert isinstance(found, Missing)
    long = Trace("long", np.array([0.0]), np.array([9e7]), np.array([1.0]))
    refused = serving_plan(replace(JOB, trace=long), gpu_rate(JOB.gpu))
    assert isinstance(refused, Missing)
    assert "none of the 1 requests" in refused.because


def test_without_a_price_the_fleet_is_known_and_its_cost_is_not() -> None:
    found = serving_plan(replace(JOB, gpu=gpu("L4")), gpu_rate(gpu("L4")), draws=500)
    assert isinstance(found, ServingPlan)
    assert isinstance(found.copies, Estimate)
    assert isinstance(found.usd_per_month, Missing)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert plan(JOB).usd_per_month == plan(JOB).usd_per_month


def test_a_copy_carries_less_where_a_limit_binds() -> None:
    busy = replace(JOB, requests_per_month=5e7, copies_at_least=1)
    loose, tight = plan(busy), plan(replace(busy, p95_seconds=6.5))
    assert np.median(tight.draws.requests_per_copy) < np.median(loose.draws.requests_per_copy)
    assert tight.draws.copies is not None
    bound = tight.draws.copies > 1
    assert np.all((tight.draws.copies * tight.draws.requests_per_copy)[bound] <= 5e7 * (1 + 1e-9))


def test_a_huge_fleet_is_replayed_in_parts_and_stays_finite() -> None:
    found = plan(replace(JOB, requests_per_month=1e12, p95_seconds=8.0))
    assert not isinstance(found.met, Missing)
    needed = value(found.peak_per_second) / (value(found.requests_per_second) * 0.65)
    assert value(found.copies) >= 0.9 * needed
    assert np.isfinite(value(found.usd_per_month))
