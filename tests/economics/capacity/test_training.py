"""GPU-hours against published runs, and how they move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.economics.capacity.rates import gpu_rate
from rung.economics.capacity.tables import Gpu, find_gpu
from rung.economics.capacity.training import (
    TrainingJob,
    gpu_hours,
    training_gpu_hours,
    training_hours_draws,
    training_plan,
)
from rung.economics.capacity.utilisation import LARGE_BATCH_MFU, mfu_draws
from rung.estimate import Estimate, Missing, Provenance


def gpu(name: str) -> Gpu:
    found = find_gpu(name)
    assert isinstance(found, Gpu)
    return found


JOB = TrainingJob(7e9, 1e9, "full", gpu("H100"))


@pytest.mark.parametrize(
    ("parameters", "tokens", "published"),
    [(6.7e9, 1.0e12, 82_432), (13.0e9, 1.0e12, 135_168), (65.2e9, 1.4e12, 1_022_362)],
)
def test_llama_hours_are_within_15_percent_at_an_mfu_of_45_percent(
    parameters: float, tokens: float, published: float
) -> None:
    assert gpu_hours(parameters, tokens, 0.45, 312e12) == pytest.approx(published, rel=0.15)


@pytest.mark.parametrize(
    ("parameters", "tokens", "published"),
    [(6.7e9, 1.0e12, 82_432), (13.0e9, 1.0e12, 135_168), (65.2e9, 1.4e12, 1_022_362)],
)
def test_the_range_of_mfu_holds_the_published_hours(parameters: float, tokens: float, published: float) -> None:
    low, _, high = LARGE_BATCH_MFU
    assert gpu_hours(parameters, tokens, high, 312e12) < published < gpu_hours(parameters, tokens, low, 312e12)


@pytest.mark.parametrize(("parameters", "tokens", "published"), [(6.7e9, 1.0e12, 82_432), (65.2e9, 1.4e12, 1_022_362)])
def test_the_interval_of_a_large_run_holds_the_published_hours(
    parameters: float, tokens: float, published: float
) -> None:
    found = training_gpu_hours(TrainingJob(parameters, tokens, "full", gpu("A100-80GB"), batch=32))
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert found.low < published < found.high
    assert found.provenance is Provenance.MODELLED


def test_mfu_of_a_large_batch_is_the_published_range() -> None:
    rng = np.random.default_rng(0)
    draws = mfu_draws(1e9, gpu("H100"), "full", 20_000, rng)
    low, mode, high = LARGE_BATCH_MFU
    assert low < draws.min() < draws.max() < high
    assert draws.mean() == pytest.approx((low + 4 * mode + high) / 6, abs=0.003)


def test_mfu_at_batch_1_lies_in_the_range_known_of_a_7b() -> None:
    # Fine-tuning a 7B at batch 1 reaches .10 to .50, by the length of its sequences.
    for tokens in (1024, 2048, 4096):
        for method in ("full", "lora"):
            median = np.median(mfu_draws(tokens, gpu("H100"), method, 4000, np.random.default_rng(1)))
            assert 0.10 <= median <= 0.50


@given(st.floats(1, 1e6), st.floats(1.01, 100))
def test_more_tokens_a_step_never_use_less_of_the_gpu(tokens: float, factor: float) -> None:
    few, many = (mfu_draws(one, gpu("H100"), "full", 50, np.random.default_rng(2)) for one in (tokens, tokens * factor))
    assert np.all(few <= many)
    assert np.all((few > 0) & (many < 1))


def test_twice_the_tokens_take_twice_the_hours() -> None:
    one, two = (
        training_hours_draws(replace(JOB, tokens=tokens), 500, np.random.default_rng(3))[0] for tokens in (1e9, 2e9)
    )
    assert two == pytest.approx(2 * one)


def test_frozen_weights_save_time_and_four_bits_cost_some() -> None:
    medians = {}
    for method in ("full", "lora", "qlora"):
        found = training_gpu_hours(replace(JOB, method=method, batch=64))
        assert isinstance(found, Estimate)
        medians[method] = found.value
    assert medians["lora"] < medians["full"]
    assert medians["lora"] < medians["qlora"]


def test_the_plan_says_weeks_of_the_gpus_that_memory_needs() -> None:
    rate = gpu_rate(gpu("H100"), overrides={"h100": 2.0}, source="contract", as_of="2026-10-01")
    found = training_plan(JOB, rate)
    assert isinstance(found.gpus, Estimate)
    assert isinstance(found.gpu_hours, Estimate)
    assert isinstance(found.weeks, Estimate)
    assert isinstance(found.usd, Estimate)
    assert found.gpus.value == 2
    assert found.weeks.value == pytest.approx(found.gpu_hours.value / (2 * 168))
    assert found.usd.value == pytest.approx(2.0 * found.gpu_hours.value)
    assert found.usd.provenance is Provenance.ASSUMED
    assert isinstance(found.rate, Estimate)
    assert "contract, as of 2026-10-01" in found.rate.source


def test_without_a_price_the_hours_are_still_there() -> None:
    found = training_plan(replace(JOB, gpu=gpu("L4"), method="qlora", batch=1), gpu_rate(gpu("L4")))
    assert isinstance(found.gpu_hours, Estimate)
    assert isinstance(found.usd, Missing)
    assert "prices.gpu_usd_per_hour.L4" in found.usd.remedy
