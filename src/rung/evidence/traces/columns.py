"""What one logged request is: the columns of a trace row, their types, units and meaning.

Every format is brought to these columns; the store, the baseline and the exports know no others. A value that the
log does not tell is null: no outcome yet is unknown and not a success, no price is unknown and not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "time", "count", "number", "flag"]
Status = Literal["ok", "error", "rate_limited"]
STATUSES: tuple[Status, ...] = ("ok", "error", "rate_limited")
"""`rate_limited` apart from other errors: the remedy is another one, and neither is ever averaged into latency."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a trace row: its name, its type and what it means, with the unit and range."""

    name: str
    type: ColumnType
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("id", "text", "names the request; where the log has none, a hash of the row and how often it came before"),
    Column("at", "time", "when the request was made, UTC, to the microsecond"),
    Column("flow", "text", "the flow of rung.yaml that the request belongs to"),
    Column("segment", "text", "routine, edge or adversarial, or the team's own word"),
    Column("cluster", "text", "what the request shares with others (conversation, customer, session)"),
    Column("variant", "text", "which version or strategy answered"),
    Column("provider", "text", "who served the model, such as openai, anthropic or self-hosted"),
    Column("model", "text", "the model that answered; the one asked for where the answer does not say"),
    Column("input_tokens", "count", "all input tokens, cached ones included, whatever the provider's own way to count"),
    Column("cached_input_tokens", "count", "input tokens read from a prompt cache; part of input_tokens"),
    Column("cache_write_tokens", "count", "input tokens written to a prompt cache; part of input_tokens"),
    Column("output_tokens", "count", "output tokens, reasoning included"),
    Column("latency_ms", "number", "request sent to last byte, milliseconds, not negative"),
    Column("first_token_ms", "number", "request sent to first token, milliseconds, not negative"),
    Column("status", "text", "ok, error or rate_limited"),
    Column("error", "text", "what failed, in the words of the log"),
    Column("cost_usd", "number", "what the request cost, USD, not negative"),
    Column("success", "flag", "whether the outcome was right; null while unknown"),
    Column("corrected", "flag", "whether a person changed or redid the output; null while unknown"),
    Column("correction_minutes", "number", "labour of that correction, minutes, not negative"),
    Column("outcome_at", "time", "when the outcome became known, UTC"),
    Column("input", "text", "the request's text, where the log holds content"),
    Column("output", "text", "the answer's text, where the log holds content"),
)
"""In the order in which they are stored. Beside them the store keeps `cost_source` (given, computed or null),
`format`, `schema_version` and `content_hash`."""

COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
OUTCOME_COLUMNS: tuple[str, ...] = ("success", "corrected", "correction_minutes", "outcome_at")
CONTENT_COLUMNS: tuple[str, ...] = ("input", "output", "error")
"""Columns that may hold what a person wrote: the ones that redaction drops or masks."""
