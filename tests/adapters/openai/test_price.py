"""What a call costs."""

from __future__ import annotations

import pytest

from rung.adapters.openai.address import read_address
from rung.adapters.openai.price import find_price, stated_price


def test_a_known_server_and_model_is_priced_by_tokens() -> None:
    # Published by OpenAI for gpt-4o-mini: .15 USD a million input tokens, .60 USD a million output tokens.
    price = find_price(read_address("https://api.openai.com/v1"), "gpt-4o-mini")
    assert price is not None
    assert price(1_000_000, 0) == pytest.approx(0.15)
    assert price(0, 1_000_000) == pytest.approx(0.60)
    assert price(1000, 10) == pytest.approx(1000 * 0.15e-6 + 10 * 0.60e-6)


@pytest.mark.parametrize(
    ("url", "model"),
    [
        ("https://api.openai.com/v1", "no-such-model"),
        ("https://models.example.com/v1", "gpt-4o-mini"),
        ("http://127.0.0.1:8080/v1", "gpt-4o-mini"),
    ],
)
def test_another_server_or_model_has_no_known_price(url: str, model: str) -> None:
    assert find_price(read_address(url), model) is None


def test_a_stated_price_is_for_a_million_tokens() -> None:
    price = stated_price(2.5, 10.0)
    assert price(1_000_000, 0) == pytest.approx(2.5)
    assert price(0, 1_000_000) == pytest.approx(10.0)
    assert price(400, 50) == pytest.approx(0.0015)
