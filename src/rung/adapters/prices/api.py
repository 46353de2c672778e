"""The token prices of a hosted model on a day, from genai-prices: dated, with batch and cached input.

Looked up once for a plan, never for a draw. A model that the tables do not know has no price, never a price of 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version

from rung.economics.capacity.metered import MILLION, TokenPrices, spread, usd_per_request
from rung.economics.capacity.tables import nearest
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evidence.traces.pricing import find_prices, price_of

UNIT = "USD/million tokens"


def api_price(reference: str, at: datetime, *, input_tokens: float = 1.0, batch: bool = False) -> TokenPrices | Missing:
    """Prices of "provider:model" for requests made at `at` with so many input tokens (some models cost more a token
    when the input is long). `batch`: the provider's price for answers that may take a day.

    Missing names the nearest providers or models. A model whose maker alone serves it may go without a provider.
    """
    provider, model = _split(reference)
    if not model:
        return Missing(f"{reference!r} names no model", "write provider:model, such as openai:gpt-4o-mini")
    found = find_prices(provider or None, model, at, "batch" if batch else None)
    price = price_of(found, int(input_tokens))
    if price is None:
        return _unknown(provider, model, at, batch=batch)
    source = f"genai-prices {version('genai-prices')} for {reference} on {at:%Y-%m-%d}" + (", batch" if batch else "")

    def per_million(usd: float, what: str) -> Figure:
        return exact(usd * MILLION, UNIT, Provenance.ASSUMED, source, f"list price of {what}")

    cached: Figure = per_million(price.usd_per_cached_input_token, "cached input")
    if price.usd_per_cached_input_token == price.usd_per_input_token:
        cached = per_million(price.usd_per_input_token, "input; none of its own for cached input")
    return TokenPrices(
        provider,
        model,
        per_million(price.usd_per_input_token, "input"),
        cached,
        per_million(price.usd_per_output_token, "output"),
        price.usd_per_request,
    )


def hosts_price(
    references: Iterable[str],
    at: datetime,
    *,
    input_tokens: float,
    output_tokens: float,
    cached_input_tokens: float = 0.0,
    batch: bool = False,
) -> Figure:
    """USD of one request over everyone who hosts the same open weights: the middle host, from cheapest to dearest."""
    known: list[Estimate] = []
    for reference in references:
        prices = api_price(reference, at, input_tokens=input_tokens, batch=batch)
        if isinstance(prices, Missing):
            continue
        each = usd_per_request(prices, input_tokens, output_tokens, cached_input_tokens=cached_input_tokens)
        if isinstance(each, Estimate):
            known.append(each)
    if not known:
        return Missing("no host of these weights is in the price tables", "name one with --managed provider:model")
    return spread(tuple(known))


def _split(reference: str) -> tuple[str, str]:
    provider, colon, model = reference.strip().partition(":")
    return (provider.strip(), model.strip()) if colon else ("", provider)


def _unknown(provider: str, model: str, at: datetime, *, batch: bool) -> Missing:
    from genai_prices.data_snapshot import get_snapshot

    owners = {one.id: one for one in get_snapshot().providers}
    if batch and find_prices(provider or None, model, at):
        return Missing(f"no batch price of {model} is known", "leave batch out, or set the price yourself")
    if not provider:
        return Missing(
            f"the price of {model!r} depends on who serves it", f"write provider:{model}, such as openrouter:{model}"
        )
    if provider not in owners:
        return Missing(f"no provider is called {provider!r}", f"use one of {nearest(provider, owners)}")
    models = [one.id for one in owners[provider].models]
    alike = nearest(model, models) if len(models) else "none"
    shown = alike if alike.count(",") < 3 else f"one of its {len(models)} models"
    return Missing(f"{provider} has no price for {model!r}", f"nearest: {shown}")
