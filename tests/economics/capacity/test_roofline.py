"""The roofline: published bytes, sums by hand, and how it moves."""

from __future__ import annotations

import pytest

from rung.economics.capacity.calibration import (
    FITTED_ON,
    HELD_OUT,
    cells,
    fit,
    mean_absolute_error,
)
from rung.economics.capacity.roofline import (
    FITTED,
    Constants,
    Copy,
    cycle_seconds,
    place,
    prefill_seconds,
    requests_per_second,
    sequences_at,
    sequences_in_memory,
    step_seconds,
)
from rung.economics.capacity.tables import Gpu, ModelShape, find_gpu, find_model
from rung.estimate import Missing

PLAIN = Constants(1.0, 1.0, 1.0, 0.0, 0.0)


def gpu(name: str) -> Gpu:
    found = find_gpu(name)
    assert isinstance(found, Gpu)
    return found


def model(name: str) -> ModelShape:
    found = find_model(name)
    assert isinstance(found, ModelShape)
    return found


def copy_of(name: str, gpu_name: str = "H100", constants: Constants = FITTED, tokens: float = 1000) -> Copy:
    found = place(model(name), gpu(gpu_name), tokens, tokens, constants=constants)
    assert isinstance(found, Copy)
    return found


@pytest.mark.parametrize(
    ("name", "published"),
    [("opt-13b", 819e3), ("llama-2-7b", 524e3), ("llama-3.1-8b", 131e3), ("llama-3.1-70b", 328e3)],
)
def test_a_cached_token_takes_the_published_bytes(name: str, published: float) -> None:
    assert model(name).kv_bytes_per_token() == pytest.approx(published, rel=0.002)


def test_prefill_is_its_arithmetic_over_the_peak() -> None:
    copy = copy_of("llama-3.1-8b", constants=PLAIN)
    by_hand = (2 * 8.03e9 * 1000 + 2 * 32 * 32 * 128 * 1000**2) / 1979e12
    assert prefill_seconds(copy, 1000) == pytest.approx(by_hand)


def test_a_step_of_one_sequence_reads_the_weights_and_of_many_computes() -> None:
    copy = copy_of("llama-3.1-8b", constants=PLAIN)
    assert step_seconds(copy, 1, 100) == pytest.approx((8.03e9 + 100 * 65_536) / 3.35e12)
    assert step_seconds(copy, 5000, 0) == pytest.approx(2 * 8.03e9 * 5000 / 1979e12)


def test_the_fit_is_what_the_constants_say() -> None:
    found = fit()
    assert found.prefill_mfu == pytest.approx(FITTED.prefill_mfu, rel=0.01)
    assert found.decode_mbu == pytest.approx(FITTED.decode_mbu, rel=0.01)
    assert found.decode_efficiency == pytest.approx(FITTED.decode_efficiency, rel=0.01)
    assert found.sequence_seconds == pytest.approx(FITTED.sequence_seconds, rel=0.01)


def test_what_was_held_out_is_met_within_20_percent_on_average() -> None:
    assert not set(FITTED_ON) & set(HELD_OUT)
    assert {gpu_name for gpu_name, _ in FITTED_ON} == {"H100"}
    assert len(FITTED_ON) + len(HELD_OUT) == 20
    assert mean_absolute_error(cells(FITTED, HELD_OUT)) <= 0.20


def test_a_model_that_is_too_large_is_spread_over_gpus_or_refused() -> None:
    assert copy_of("llama-3.1-8b").gpus == 1
    assert copy_of("llama-3.1-70b").gpus == 2
    found = place(model("gpt-3-175b"), gpu("A10"), 1000, 100)
    assert isinstance(found, Missing)
    assert "8 A10" in found.because


def test_fp8_is_refused_on_a_gpu_without_it() -> None:
    found = place(model("llama-3.1-8b"), gpu("A100-80GB"), 1000, 100, precision="fp8")
    assert isinstance(found, Missing)
    assert copy_of("llama-3.1-8b", "A100-80GB").precision == "bf16"


def test_more_work_at_once_gives_more_throughput_and_longer_answers() -> None:
    copy = copy_of("llama-3.1-8b")
    cycles = [cycle_seconds(copy, sequences, 1000, 500) for sequences in (1, 8, 64, 256)]
    assert cycles == sorted(cycles)
    rates = [sequences / cycle for sequences, cycle in zip((1, 8, 64, 256), cycles, strict=True)]
    assert rates == sorted(rates)


def test_sequences_at_a_load_obey_littles_law() -> None:
    copy = copy_of("llama-3.1-8b")
    rate = 0.5 * requests_per_second(copy, 1000, 500)
    sequences = sequences_at(copy, rate, 1000, 500)
    assert sequences is not None
    assert sequences == pytest.approx(rate * cycle_seconds(copy, sequences, 1000, 500), rel=1e-6)
    assert sequences < sequences_in_memory(copy, 1000, 500)
    assert sequences_at(copy, 10 * rate, 1000, 500) is None
