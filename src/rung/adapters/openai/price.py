"""What a served model's tokens cost: as stated, or from the genai-prices tables that are installed (nothing is
fetched)."""

from __future__ import annotations

from collections.abc import Callable

from rung.adapters.openai.address import Address

PriceOf = Callable[[int, int], float]


def stated_price(usd_per_million_input_tokens: float, usd_per_million_output_tokens: float) -> PriceOf:
    """USD of a call at prices that the team states, both in USD per million tokens."""
    return lambda input_tokens, output_tokens: (
        (input_tokens * usd_per_million_input_tokens + output_tokens * usd_per_million_output_tokens) / 1_000_000
    )


def find_price(address: Address, model: str) -> PriceOf | None:
    """USD of a call by (input tokens, output tokens); None when the tables do not know this server and model.

    The server is recognised by its address: the same model name elsewhere may have another price. The entry is
    looked up once, so all calls of a run are priced by the same one.
    """
    if address.loopback:
        return None
    from genai_prices import Usage, calc_price

    try:
        price = calc_price(Usage(input_tokens=0, output_tokens=0), model, provider_api_url=address.base_url).model_price
    except (LookupError, ValueError):
        return None
    return lambda input_tokens, output_tokens: float(
        price.calc_price(Usage(input_tokens=input_tokens, output_tokens=output_tokens))["total_price"]
    )
