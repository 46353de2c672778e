"""Prices of hosted models on a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rung.adapters.prices import api_price, hosts_price
from rung.economics.capacity.metered import TokenPrices
from rung.estimate import Estimate, Figure, Missing

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def usd(figure: Figure) -> float:
    assert isinstance(figure, Estimate)
    assert figure.unit == "USD/million tokens"
    return figure.value


def known(reference: str, *, batch: bool = False, at: datetime = DAY, input_tokens: float = 1000) -> TokenPrices:
    found = api_price(reference, at, batch=batch, input_tokens=input_tokens)
    assert isinstance(found, TokenPrices)
    return found


def test_list_prices_are_those_published() -> None:
    # OpenAI for gpt-4o-mini: .15 USD a million input tokens, .075 cached, .60 output; half of it in a batch.
    found = known("openai:gpt-4o-mini")
    assert (usd(found.input), usd(found.cached_input), usd(found.output)) == pytest.approx((0.15, 0.075, 0.60))
    batch = known("openai:gpt-4o-mini", batch=True)
    assert (usd(batch.input), usd(batch.output)) == pytest.approx((0.075, 0.30))


def test_the_price_is_that_of_the_day_of_the_request() -> None:
    # DeepSeek has changed its prices more than once; o3 fell from 10 to 2 USD a million input tokens on 2025-06-10.
    before = known("openai:o3", at=datetime(2025, 6, 1, tzinfo=UTC))
    after = known("openai:o3", at=datetime(2025, 7, 1, tzinfo=UTC))
    assert (usd(before.input), usd(after.input)) == pytest.approx((10.0, 2.0))


def test_what_is_priced_says_where_from_and_when() -> None:
    figure = known("openai:gpt-4o-mini").input
    assert isinstance(figure, Estimate)
    assert "genai-prices" in figure.source
    assert "2026-11-01" in figure.source


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("openai:gpt-4o-mimi", "gpt-4o-mini"),
        ("opanai:gpt-4o", "openai"),
        ("llama-3.1-8b", "depends on who serves it"),
        ("", "names no model"),
        ("openai:", "names no model"),
    ],
)
def test_an_unknown_model_is_missing_with_the_nearest_and_never_free(reference: str, told: str) -> None:
    found = api_price(reference, DAY)
    assert isinstance(found, Missing)
    assert told in f"{found.because} {found.remedy}"


def test_no_batch_price_is_not_the_standard_one() -> None:
    found = api_price("groq:llama-3.1-8b-instant", DAY, batch=True)
    assert isinstance(found, Missing | TokenPrices)
    if isinstance(found, Missing):
        assert "batch" in found.because


def test_hosts_of_the_same_weights_span_a_range_and_unknown_ones_are_passed_over() -> None:
    names = ("groq:llama-3.1-8b-instant", "together:meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "nobody:nothing")
    found = hosts_price(names, DAY, input_tokens=1000, output_tokens=500)
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high
    assert "2 hosts" in found.note
    assert isinstance(hosts_price(("nobody:nothing",), DAY, input_tokens=1, output_tokens=1), Missing)
