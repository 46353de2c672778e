"""Memory of a training run against published figures and sums by hand."""

from __future__ import annotations

import pytest

from rung.economics.capacity.memory import (
    constant_bits,
    lora_parameters,
    nf4_bytes,
    shape_of,
    training_memory,
)
from rung.economics.capacity.tables import find_model
from rung.estimate import Missing

LLAMA_LIKE = shape_of(7e9)


def test_a_full_run_takes_sixteen_bytes_a_parameter() -> None:
    found = training_memory(1e9, "full", 80.0, shape=shape_of(1e9), rank=8, sequence=512, batch=1)
    assert not isinstance(found, Missing)
    assert found.model_gb == pytest.approx(16.0)


@pytest.mark.parametrize(("rank", "published"), [(1, 4.7e6), (8, 37.7e6)])
def test_lora_on_queries_and_values_of_gpt_3_has_the_published_parameters(rank: int, published: float) -> None:
    model = find_model("gpt-3-175b")
    assert not isinstance(model, Missing)
    assert lora_parameters(shape_of(model.parameters, model), rank) == pytest.approx(published, rel=0.005)


def test_double_quantisation_saves_the_published_bits() -> None:
    assert constant_bits(double=False) == 0.5
    assert constant_bits() == pytest.approx(0.127, abs=5e-4)
    assert constant_bits(double=False) - constant_bits() == pytest.approx(0.373, abs=5e-4)
    assert nf4_bytes() == pytest.approx(0.5 + 0.127 / 8, abs=1e-4)


def test_the_saving_on_65_billion_parameters_is_about_three_gigabytes() -> None:
    # Dettmers et al. 2023: "approximately 3 GB for a 65B model".
    assert pytest.approx(3.0, abs=0.1) == 65e9 * 0.373 / 8 / 1e9
    saved = 65e9 * (constant_bits(double=False) - constant_bits()) / 8 / 1e9
    assert saved == pytest.approx(3.0, abs=0.1)


def test_a_shape_guessed_from_seven_billion_is_that_of_llama() -> None:
    assert LLAMA_LIKE.layers == pytest.approx(32, rel=0.1)
    assert LLAMA_LIKE.hidden == pytest.approx(4096, rel=0.1)
    assert LLAMA_LIKE.guessed


def test_activations_are_two_bytes_a_token_a_hidden_unit_and_a_layer() -> None:
    model = find_model("llama-7b")
    assert not isinstance(model, Missing)
    shape = shape_of(model.parameters, model)
    found = training_memory(model.parameters, "lora", 80.0, shape=shape, rank=8, sequence=2048, batch=4)
    assert not isinstance(found, Missing)
    assert found.activations_gb == pytest.approx(2 * 2048 * 4 * 4096 * 32 / 1e9)


def test_methods_take_ever_less() -> None:
    sizes = []
    for method in ("full", "lora", "qlora"):
        found = training_memory(7e9, method, 80.0, shape=LLAMA_LIKE, rank=8, sequence=2048, batch=1)
        assert not isinstance(found, Missing)
        sizes.append(found.model_gb)
    assert sizes[0] == pytest.approx(112.0)
    assert sizes[1] == pytest.approx(14.0, abs=0.1)
    assert sizes[2] == pytest.approx(3.6, abs=0.1)


def test_gpus_are_as_many_as_hold_the_model_and_never_fewer() -> None:
    found = training_memory(7e9, "full", 80.0, shape=LLAMA_LIKE, rank=8, sequence=2048, batch=1)
    assert not isinstance(found, Missing)
    assert found.gpus == 2
    assert found.per_gpu.value < 80.0
    one = training_memory(7e9, "full", 80.0, shape=LLAMA_LIKE, rank=8, sequence=2048, batch=1, gpus=1)
    assert isinstance(one, Missing)
    assert "needs 2" in one.because


def test_activations_that_fill_a_gpu_alone_are_said() -> None:
    found = training_memory(7e9, "lora", 24.0, shape=LLAMA_LIKE, rank=8, sequence=100_000, batch=64)
    assert isinstance(found, Missing)
    assert "activations" in found.because
    assert "lower the batch" in found.remedy
