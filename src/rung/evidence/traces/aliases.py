"""Under which names a flat log tells a column, and in which unit.

One table for every way in: the readers here use it row by row, the store turns it into SQL. A name is compared without
case and without what separates its words, so `promptTokens`, `prompt-tokens` and `Prompt Tokens` are one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from rung.evidence.traces.columns import COLUMNS, Column

STATED: tuple[Column, ...] = (
    Column("ended_at", "time", "when the last byte came; gives latency_ms where the log has no duration"),
    Column("first_token_at", "time", "when the first token came; gives first_token_ms where the log has no duration"),
    Column("total_tokens", "count", "what the log adds up to; must be input_tokens + output_tokens"),
    Column("cache_read_beside_tokens", "count", "read from a cache and not in input_tokens: is added to it"),
    Column("cache_write_beside_tokens", "count", "written to a cache and not in input_tokens: is added to it"),
    Column("error_code", "text", "a code of what failed: empty, 0 and 100 to 399 are no error, 429 is a rate limit"),
    Column("service_tier", "text", "standard, batch, flex or priority: each has a price of its own"),
    Column("score", "number", "a grade: 1 is a success, 0 a failure, and anything else leaves the outcome unknown"),
)
"""What a log may tell beside COLUMNS: used to derive and to check them, and not stored."""

RAW_COLUMNS: tuple[Column, ...] = (*COLUMNS, *STATED)
RAW_NAMES: tuple[str, ...] = tuple(column.name for column in RAW_COLUMNS)


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of a column. Names of the same rank must agree; of several ranks the lowest that has a value stands.

    A number is multiplied by `factor` to reach the column's unit.
    """

    column: str
    name: str
    rank: int = 0
    factor: float = 1.0


def _aliases(column: str, *ranks: str, factor: float = 1.0) -> tuple[Alias, ...]:
    return tuple(Alias(column, name, rank, factor) for rank, names in enumerate(ranks) for name in names.split())


def _in_order(column: str, names: str) -> tuple[Alias, ...]:
    """Names of things that may well differ in one row: the first that has a value stands."""
    return _aliases(column, *names.split())


ALIASES: tuple[Alias, ...] = (
    *_in_order("id", "id request_id call_id completion_id span_id trace_id"),
    # What says when the request was made before what may say when it was written down.
    *_in_order(
        "at",
        "at start_time started_at request_time requested_at timestamp created_at created ts time datetime started "
        "start date",
    ),
    *_in_order("ended_at", "ended_at end_time finished_at completed_at end"),
    *_in_order("first_token_at", "first_token_at first_token_time completion_start_time"),
    *_in_order("flow", "flow use_case feature task route endpoint service service_name application app"),
    *_in_order("segment", "segment"),
    # The coarsest first: requests of one customer depend on each other across sessions, and never the other way.
    *_in_order(
        "cluster",
        "cluster cluster_id customer_id customer account_id user_id user end_user session_id session conversation_id "
        "conversation thread_id chat_id",
    ),
    *_in_order("variant", "variant strategy experiment prompt_version version release"),
    *_in_order("provider", "provider provider_name custom_llm_provider llm_provider vendor"),
    *_in_order("model", "response_model model model_name request_model requested_model deployment"),
    *_aliases("input_tokens", "input_tokens prompt_tokens tokens_in num_input_tokens n_input_tokens"),
    *_aliases("cached_input_tokens", "cached_input_tokens cached_tokens cached_prompt_tokens"),
    *_aliases("cache_write_tokens", "cache_write_tokens"),
    *_aliases("cache_read_beside_tokens", "cache_read_input_tokens"),
    *_aliases("cache_write_beside_tokens", "cache_creation_input_tokens"),
    *_aliases("output_tokens", "output_tokens completion_tokens tokens_out generated_tokens num_output_tokens"),
    *_aliases("total_tokens", "total_tokens"),
    *_aliases("latency_ms", "latency_ms duration_ms latency_millis elapsed_ms response_time_ms end_to_end_ms e2e_ms"),
    *_aliases(
        "latency_ms",
        "latency_s duration_s latency_seconds duration_seconds elapsed_s response_time_s end_to_end_s e2e_s",
        factor=1000.0,
    ),
    *_aliases("latency_ms", "latency_us duration_us elapsed_us", factor=0.001),
    *_aliases("latency_ms", "latency_ns duration_ns elapsed_ns", factor=0.000001),
    *_aliases("first_token_ms", "first_token_ms ttft_ms time_to_first_token_ms"),
    *_aliases("first_token_ms", "first_token_s ttft_s time_to_first_token_s", factor=1000.0),
    *_in_order("status", "status outcome_status state status_code http_status http_status_code response_status"),
    *_aliases("error_code", "error_code"),
    *_in_order("error", "error error_message exception error_type status_message"),
    *_aliases("service_tier", "service_tier"),
    *_aliases("cost_usd", "cost_usd price_usd total_cost_usd", "response_cost", "spend", "total_cost"),
    *_aliases(
        "success",
        "success task_success successful succeeded correct is_correct correctness passed resolved",
        "label feedback user_feedback thumbs",
    ),
    *_aliases("score", "score"),
    *_aliases("corrected", "corrected was_corrected human_corrected human_correction edited was_edited"),
    *_aliases("correction_minutes", "correction_minutes correction_min minutes_to_correct"),
    *_aliases("correction_minutes", "correction_s correction_seconds", factor=1 / 60),
    *_in_order("outcome_at", "outcome_at labelled_at labeled_at reviewed_at corrected_at feedback_at"),
    *_in_order("input", "input prompt question query request_text"),
    *_in_order("output", "output completion answer response_text generation"),
)
"""Durations and money stand here only with their unit in the name. The names `latency` and `duration` say none: they
need `--map latency=latency_ms` (or `latency_s`)."""

UNITLESS = frozenset({"latency", "duration", "elapsed", "responsetime", "ttft", "timetofirsttoken", "cost", "price"})
"""Names, plain, that tell a duration or a price without its unit: never guessed, and named so that
they can be mapped."""


@lru_cache(4_096)
def plain(name: str) -> str:
    """The name without case and without spaces, dots, dashes and underscores."""
    return "".join(character for character in name.casefold() if character.isalnum())


BY_PLAIN_NAME: Mapping[str, Alias] = MappingProxyType(
    {plain(alias.name): alias for alias in ALIASES} | {plain(name): Alias(name, name) for name in RAW_NAMES}
)
"""Every name that is understood, as `plain` writes it."""


def aliases_of(names: Mapping[str, str]) -> Mapping[str, Alias]:
    """The table with a team's own names, `{name in the log: column or known name}`, before the usual ones.

    A team's name may point at any known name, so `{"took": "latency_s"}` also says the unit. Once a column has a
    name of the team's own, no other name of that column is read. Raises KeyError with the unknown target.
    """
    own: dict[str, Alias] = {}
    for name, target in names.items():
        known = BY_PLAIN_NAME.get(plain(target))
        if known is None:
            raise KeyError(target)
        own[plain(name)] = Alias(known.column, name, 0, known.factor)
    taken = {alias.column for alias in own.values()}
    return {name: alias for name, alias in BY_PLAIN_NAME.items() if alias.column not in taken} | own
