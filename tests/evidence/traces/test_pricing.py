from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import TimeOfDateConstraint
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.pricing import PRICES_HOLD_FOR, find_prices, price_of

OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)


@given(
    st.sampled_from(
        [
            ("openai", "gpt-4o"),
            ("openai", "gpt-4o-mini-2024-07-18"),
            ("anthropic", "claude-sonnet-4-5"),
            ("anthropic", "claude-3-5-haiku-latest"),
            ("google", "gemini-2.5-pro"),
            ("deepseek", "deepseek-chat"),
            ("mistral", "mistral-large-latest"),
            ("perplexity", "sonar"),
        ]
    ),
    st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2026-10-01")),
    st.integers(0, 400_000),
    st.integers(0, 20_000),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_request_costs_what_the_tables_own_arithmetic_says(
    model: tuple[str, str], at: datetime, input_tokens: int, output_tokens: int, cached: float, written: float
) -> None:
    cached_tokens = int(input_tokens * cached)
    written_tokens = int((input_tokens - cached_tokens) * written)
    usage = Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_tokens=cached_tokens,
        cache_write_tokens=written_tokens,
    )
    expected = calc_price(usage, model[1], provider_id=model[0], genai_request_timestamp=at.replace(tzinfo=UTC))
    price = price_of(find_prices(*model, at), input_tokens)
    assert price is not None
    cost = price.cost_usd(input_tokens, output_tokens, cached_tokens, written_tokens)
    assert cost == pytest.approx(float(expected.total_price), rel=1e-12, abs=1e-15)


def test_the_published_prices_of_two_models() -> None:
    # USD a million tokens: platform.openai.com/docs/pricing and docs.claude.com/pricing, autumn 2025.
    (openai,) = find_prices("openai", "gpt-4o", NOVEMBER)
    assert (openai.usd_per_input_token, openai.usd_per_cached_input_token, openai.usd_per_output_token) == (
        2.5e-6,
        1.25e-6,
        1e-5,
    )
    small, large = find_prices("anthropic", "claude-sonnet-4-5", NOVEMBER)
    assert (small.usd_per_input_token, small.usd_per_cached_input_token, small.usd_per_cache_write_token) == (
        3e-6,
        3e-7,
        3.75e-6,
    )
    assert (large.above_input_tokens, large.usd_per_input_token, large.usd_per_output_token) == (2e5, 6e-6, 2.25e-5)
    assert price_of((small, large), 200_000) is small
    assert price_of((small, large), 200_001) is large


def test_a_request_is_priced_at_its_own_date() -> None:
    # OpenAI cut the price of o3 by four fifths on 10 June 2025.
    (before,) = find_prices("openai", "o3", datetime(2025, 6, 9, 23, 59, tzinfo=UTC))
    (after,) = find_prices("openai", "o3", datetime(2025, 6, 10, tzinfo=UTC))
    assert (before.usd_per_input_token, before.usd_per_output_token) == (1e-5, 4e-5)
    assert (after.usd_per_input_token, after.usd_per_output_token) == (2e-6, 8e-6)


def test_every_price_that_depends_on_the_hour_changes_at_a_half_hour() -> None:
    hours = [
        time
        for provider in get_snapshot().providers
        for model in provider.models
        for one in (model.prices if isinstance(model.prices, list) else ())
        if isinstance(one.constraint, TimeOfDateConstraint)
        for time in (one.constraint.start_time, one.constraint.end_time)
    ]
    assert hours
    assert all(timedelta(hours=time.hour, minutes=time.minute) % PRICES_HOLD_FOR == timedelta(0) for time in hours)
    assert all(time.second == 0 and time.utcoffset() == timedelta(0) for time in hours)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "no-such-model"),
        ("no-such-provider", "gpt-4o"),
        ("self-hosted", "gpt-4o"),
        (None, "llama-3.3-70b"),
        (None, "gpt-oss-120b"),
        (None, "deepseek-chat"),
        ("", "mistral-large"),
        # Reasoning tokens have a price of their own there, and a log counts them as output.
        ("perplexity", "sonar-deep-research"),
    ],
)
def test_what_the_tables_do_not_tell_has_no_price(provider: str | None, model: str) -> None:
    assert find_prices(provider, model, NOVEMBER) == ()


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        (None, "gpt-4o"),
        ("", "openai/gpt-4o"),
        ("OpenAI", "gpt-4o"),
        ("azure.ai.openai", "gpt-4o"),
        ("az.ai.openai", "gpt-4o"),
    ],
)
def test_a_provider_is_known_by_the_names_that_logs_use(provider: str | None, model: str) -> None:
    assert find_prices(provider, model, NOVEMBER) == find_prices("openai", "gpt-4o", NOVEMBER)


def test_a_service_tier_has_its_own_price_or_none() -> None:
    standard = find_prices("anthropic", "claude-sonnet-4-5", OCTOBER)
    batch = find_prices("anthropic", "claude-sonnet-4-5", OCTOBER, "batch")
    assert [one.usd_per_output_token * 2 for one in batch] == pytest.approx(
        [one.usd_per_output_token for one in standard]
    )
    for word in ("auto", "default", "standard", ""):
        assert find_prices("anthropic", "claude-sonnet-4-5", OCTOBER, word) == standard
    assert find_prices("anthropic", "claude-sonnet-4-5", OCTOBER, "priority") == ()
