"""What each request costs where the log does not say: prices looked up once for each distinct kind of request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import duckdb

from rung.evidence.traces.pricing import PRICES_HOLD_FOR, Price, find_prices

PriceSource = Callable[[str | None, str, datetime, str | None], tuple[Price, ...]]

SLOT_SECONDS = int(PRICES_HOLD_FOR.total_seconds())
SLOT = f'epoch_us("at") // {SLOT_SECONDS * 1_000_000} AS slot'
"""For the time of a row: requests of one slot have one price."""
NEEDS_PRICE = """
    cost_usd IS NULL AND model IS NOT NULL AND "at" IS NOT NULL
    AND input_tokens IS NOT NULL AND output_tokens IS NOT NULL
"""

_CREATE = """
    CREATE OR REPLACE TEMP TABLE prices (
        provider VARCHAR, model VARCHAR, service_tier VARCHAR, slot BIGINT, above BIGINT, up_to BIGINT,
        usd_input DOUBLE, usd_cached DOUBLE, usd_written DOUBLE, usd_output DOUBLE, usd_request DOUBLE
    )
"""

PRICED = """
    SELECT rows.* REPLACE (coalesce(cost_usd, computed_usd) AS cost_usd),
           CASE WHEN cost_usd IS NOT NULL THEN 'given' WHEN computed_usd IS NOT NULL THEN 'computed' END AS cost_source
    FROM (
        SELECT rows.*,
               (input_tokens - coalesce(cached_input_tokens, 0) - coalesce(cache_write_tokens, 0)) * usd_input
               + coalesce(cached_input_tokens, 0) * usd_cached + coalesce(cache_write_tokens, 0) * usd_written
               + output_tokens * usd_output + usd_request AS computed_usd
        FROM {rows} AS rows
        LEFT JOIN prices ON rows.model = prices.model AND rows.slot = prices.slot
             AND rows.provider IS NOT DISTINCT FROM prices.provider
             AND rows.service_tier IS NOT DISTINCT FROM prices.service_tier
             AND rows.input_tokens > above AND rows.input_tokens <= up_to
    ) AS rows
"""


def fill_prices(cursor: duckdb.DuckDBPyConnection, rows: str, prices_of: PriceSource) -> None:
    """The table `prices` for all rows of the table `rows` that need one."""
    cursor.execute(_CREATE)
    kinds = cursor.execute(
        f"SELECT DISTINCT provider, model, service_tier, slot FROM {rows} WHERE {NEEDS_PRICE}"
    ).fetchall()
    found: list[tuple[object, ...]] = []
    for provider, model, service_tier, slot in kinds:
        prices = prices_of(provider, model, datetime.fromtimestamp(slot * SLOT_SECONDS, UTC), service_tier)
        bounds = [*(price.above_input_tokens for price in prices), 2**62]
        found += [
            (provider, model, service_tier, slot, *_as_row(price, bound))
            for price, bound in zip(prices, bounds[1:], strict=True)
        ]
    if found:
        columns = [list(column) for column in zip(*found, strict=True)]
        cursor.execute(f"INSERT INTO prices SELECT {', '.join('unnest(?)' for _ in columns)}", columns)


def remembered_prices() -> PriceSource:
    """`find_prices`, each answer kept: the blocks of a log ask for the same ones."""
    return lru_cache(maxsize=200_000)(find_prices)


def _as_row(price: Price, up_to: int) -> tuple[object, ...]:
    return (
        price.above_input_tokens,
        up_to,
        price.usd_per_input_token,
        price.usd_per_cached_input_token,
        price.usd_per_cache_write_token,
        price.usd_per_output_token,
        price.usd_per_request,
    )
