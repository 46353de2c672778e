"""What a request costs where the model is paid by the token."""

from __future__ import annotations

from dataclasses import dataclass

from rung.economics.draws import Z_OF_LEVEL, FloatArray
from rung.estimate import Estimate, Figure, Missing, Provenance, weakest

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Prices of one hosted model, each a figure in USD per million tokens, and USD a request on top.

    `cached_input` is for the part of the input that is read from a prompt cache; Missing where no such price is known.
    """

    provider: str
    model: str
    input: Figure
    cached_input: Figure
    output: Figure
    per_request_usd: float = 0.0

    @property
    def name(self) -> str:
        """As it is asked for: "provider:model"."""
        return f"{self.provider}:{self.model}"


def usd_per_request(
    prices: TokenPrices, input_tokens: float, output_tokens: float, *, cached_input_tokens: float = 0.0
) -> Figure:
    """USD of one request; `cached_input_tokens` are a part of `input_tokens`.

    Interval ends add up, because the prices of one model move together. Missing where a price that is needed is.
    """
    if not 0.0 <= cached_input_tokens <= input_tokens:
        raise ValueError(f"{cached_input_tokens:g} cached tokens are no part of {input_tokens:g} input tokens")
    counts = (
        (prices.input, input_tokens - cached_input_tokens),
        (prices.cached_input, cached_input_tokens),
        (prices.output, output_tokens),
    )
    used: list[tuple[Estimate, float]] = []
    for price, tokens in counts:
        if not tokens:
            continue
        if isinstance(price, Missing):
            return price
        used.append((price, tokens))
    value = prices.per_request_usd + sum(price.value * tokens for price, tokens in used) / MILLION
    low = prices.per_request_usd + sum((price.low or price.value) * tokens for price, tokens in used) / MILLION
    high = prices.per_request_usd + sum((price.high or price.value) * tokens for price, tokens in used) / MILLION
    provenance = weakest([price.provenance for price, _ in used] or [Provenance.ASSUMED])
    source = "; ".join(dict.fromkeys(price.source for price, _ in used))
    return Estimate(value, low, high, "USD/request", None, provenance, source)


def spread(figures: tuple[Estimate, ...]) -> Estimate:
    """One figure for several hosts of the same model: the middle one, from the cheapest to the dearest."""
    ordered = sorted(figures, key=lambda figure: figure.value)
    middle = ordered[(len(ordered) - 1) // 2]
    count = f"{len(ordered)} hosts" if len(ordered) > 1 else "one host"
    return Estimate(
        middle.value,
        ordered[0].value,
        ordered[-1].value,
        middle.unit,
        None,
        weakest(figure.provenance for figure in ordered),
        "; ".join(figure.source for figure in ordered),
        f"{count}: the middle one, from the cheapest to the dearest",
    )


def price_draws(figure: Estimate, standard: FloatArray) -> FloatArray:
    """The figure at these standard normal draws, shape (draws,), kept inside its own ends."""
    low = figure.low if figure.low is not None else figure.value
    high = figure.high if figure.high is not None else figure.value
    below, above = (figure.value - low) / Z_OF_LEVEL, (high - figure.value) / Z_OF_LEVEL
    values = figure.value + (standard < 0) * below * standard + (standard >= 0) * above * standard
    return values.clip(low, high)
