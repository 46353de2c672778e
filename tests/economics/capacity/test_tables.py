"""The tables of GPUs and models."""

from __future__ import annotations

from datetime import date

import pytest

from rung.economics.capacity.rates import GpuRate, gpu_rate
from rung.economics.capacity.tables import find_gpu, find_model, gpus, model_shapes
from rung.estimate import Missing


def test_every_price_is_ordered_sourced_and_dated() -> None:
    for gpu in gpus().values():
        assert gpu.source
        for rate in gpu.rates.values():
            assert 0 < rate.low <= rate.mode <= rate.high
            assert rate.source
            date.fromisoformat(rate.as_of)
            assert (rate.low < rate.high) == (rate.quotes > 1)


def test_an_h100_spans_what_the_field_reports() -> None:
    # About 2.5 to 12 USD an hour.
    rate = gpus()["H100"].rates["on_demand"]
    assert rate.low == pytest.approx(2.5, rel=0.1)
    assert rate.high == pytest.approx(12.0, rel=0.1)


def test_every_model_has_a_shape_that_makes_its_size() -> None:
    for model in model_shapes().values():
        # Attention and a feed-forward of 2 to 6 times the hidden size, and embeddings: 6 to 22 L h^2.
        core = model.layers * model.hidden**2
        assert 6 < model.parameters / core < 32, model.name
        assert model.heads % model.kv_heads == 0
        assert model.source


def test_names_are_found_whatever_their_case_and_strangers_get_the_nearest() -> None:
    assert not isinstance(find_gpu(" h100 "), Missing)
    assert not isinstance(find_model("LLAMA-3.1-8B"), Missing)
    gpu, model = find_gpu("H1000"), find_model("llama3.1-8b")
    assert isinstance(gpu, Missing)
    assert "H100" in gpu.remedy
    assert isinstance(model, Missing)
    assert "llama-3.1-8b" in model.remedy


def test_the_teams_own_price_comes_first_and_a_single_quote_is_spread() -> None:
    own = gpu_rate(gpus()["H100"], "spot", overrides={"h100": 1.5})
    assert isinstance(own, GpuRate)
    assert own.range == (1.5, 1.5, 1.5)
    one = gpu_rate(gpus()["A10"])
    assert isinstance(one, GpuRate)
    assert one.range[0] < one.range[1] < one.range[2]
    assert "one public quote" in one.figure.note
    assert isinstance(gpu_rate(gpus()["A10"], "spot"), Missing)
