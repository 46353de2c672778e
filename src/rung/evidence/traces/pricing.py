"""What a served model's tokens cost at the time of the request, from the genai-prices tables that are installed.

Nothing is fetched. A price that the tables do not hold, or that depends on what the log does not tell, is no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

PRICES_HOLD_FOR = timedelta(minutes=30)
"""Prices of the tables change at whole half hours UTC (some providers are cheaper at night): every request of one
half hour has one price, so a distinct (provider, model, half hour, service tier) needs to be looked up once."""

_PROVIDERS = MappingProxyType(
    {
        "az.ai.inference": "azure",
        "az.ai.openai": "azure",
        "azure.ai.inference": "azure",
        "azure.ai.openai": "azure",
        "azure_ai": "azure",
        "fireworks_ai": "fireworks",
        "gcp.gen_ai": "google",
        "x_ai": "x-ai",
    }
)
"""Names of OpenTelemetry and LiteLLM that the tables do not know, or know as another provider."""

_SERVED_BY_THEIR_MAKER = (
    "gpt-3",
    "gpt-4",
    "gpt-5",
    "gpt-6",
    "chatgpt-",
    "o1",
    "o3",
    "o4",
    "claude-",
    "gemini-",
    "grok-",
)
"""Without a provider only these models have a price: open weights cost what whoever serves them asks for."""

_STANDARD_TIERS = frozenset({"", "auto", "default", "standard", "standard_only", "on_demand"})


@dataclass(frozen=True, slots=True)
class Price:
    """What a request costs whose input tokens are more than `above_input_tokens`, up to the next price of its model.

    USD a token, and USD a request. The four kinds of token do not overlap: `usd_per_input_token` is for those neither
    read from a cache nor written to one.
    """

    above_input_tokens: int
    usd_per_input_token: float
    usd_per_cached_input_token: float
    usd_per_cache_write_token: float
    usd_per_output_token: float
    usd_per_request: float

    def cost_usd(
        self, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0, cache_write_tokens: int = 0
    ) -> float:
        """USD of one request; `input_tokens` includes the cached and the written ones."""
        plain_tokens = input_tokens - cached_input_tokens - cache_write_tokens
        return (
            plain_tokens * self.usd_per_input_token
            + cached_input_tokens * self.usd_per_cached_input_token
            + cache_write_tokens * self.usd_per_cache_write_token
            + output_tokens * self.usd_per_output_token
            + self.usd_per_request
        )


def find_prices(provider: str | None, model: str, at: datetime, service_tier: str | None = None) -> tuple[Price, ...]:
    """The prices of a model at a time, by rising `above_input_tokens` from -1; empty where the tables do not tell.

    The last one whose bound lies below the request's input tokens holds for all its tokens. `at` without a zone is
    UTC. Without `provider` only models that their maker alone serves are known. A service tier (batch, flex,
    priority) has its own price or none: it is never priced as the standard one.
    """
    found = _find_model(provider, model)
    if found is None:
        return ()
    owner, entry = found
    context = _price_context(service_tier)
    if context and not _knows_context(owner, entry, context, at):
        return ()
    return _by_bound(entry.get_prices(at if at.tzinfo else at.replace(tzinfo=UTC), context))


def price_of(prices: tuple[Price, ...], input_tokens: int) -> Price | None:
    """The one of `find_prices` that holds for a request with so many input tokens; None where there is none."""
    return next((price for price in reversed(prices) if input_tokens > price.above_input_tokens), None)


def _find_model(provider: str | None, model: str) -> tuple[Provider, ModelInfo] | None:
    from genai_prices.data_snapshot import get_snapshot

    name = (provider or "").casefold().strip()
    maker, slash, rest = model.partition("/")
    if not name and slash:
        name, model = maker.casefold(), rest
    if not name and not model.casefold().startswith(_SERVED_BY_THEIR_MAKER):
        return None
    try:
        return get_snapshot().find_provider_model(model, None, _PROVIDERS.get(name, name) or None, None)
    except LookupError:
        return None


def _price_context(service_tier: str | None) -> dict[str, str]:
    word = (service_tier or "").casefold().strip()
    if word in _STANDARD_TIERS:
        return {}
    return {"processing": word} if word == "batch" else {"service_tier": word}


def _knows_context(owner: Provider, entry: ModelInfo, context: dict[str, str], at: datetime) -> bool:
    return any(entry is one for one in owner.models) and any(
        variant.when == context and (variant.constraint is None or variant.constraint.active(at))
        for variant in entry.price_variants or ()
    )


def _by_bound(price: ModelPrice) -> tuple[Price, ...]:
    from genai_prices.types import TieredPrices

    tables = {name: value for name, value in vars(price).items() if value is not None}
    # Reasoning tokens at a price of their own cannot be told apart in a log that counts them as output.
    if "input_mtok" not in tables or "output_reasoning_mtok" in tables:
        return ()
    bounds = {-1}
    for value in tables.values():
        if isinstance(value, TieredPrices):
            bounds |= {tier.start for tier in value.tiers}

    def usd(name: str, bound: int, otherwise: str | None = None) -> float:
        value = tables.get(name)
        if value is None:
            return usd(otherwise, bound) if otherwise else 0.0
        if isinstance(value, TieredPrices):
            value = next((tier.price for tier in reversed(value.tiers) if bound >= tier.start), value.base)
        return float(value / Decimal(1_000 if name == "requests_kcount" else 1_000_000))

    return tuple(
        Price(
            bound,
            usd("input_mtok", bound),
            usd("cache_read_mtok", bound, "input_mtok"),
            usd("cache_write_mtok", bound, "input_mtok"),
            usd("output_mtok", bound),
            usd("requests_kcount", bound),
        )
        for bound in sorted(bounds)
    )
