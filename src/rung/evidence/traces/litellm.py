"""Logs of LiteLLM: its standard logging payload, one a line, and rows of its spend log.

Its prompt tokens include the cached ones whatever the provider, and its cost is 0 where it knows no price: that is no
cost here, unless the answer came from its own cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from rung.evidence.traces.collecting import Collected
from rung.evidence.traces.content import decoded, text_of
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.flat import FlatNames
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.reading import LeftOut, RawTrace, Read, Rejected
from rung.evidence.traces.times import milliseconds_between
from rung.evidence.traces.usage import read_usage
from rung.evidence.traces.words import status_of, status_of_failure

_CALLS = frozenset({"completion", "text_completion", "responses", "anthropic_messages", "generate_content"})


def read_litellm(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of the calls that answer; embeddings, images and the like are left out. The team's own metadata may
    hold flow, segment, cluster, variant and the outcome, under the names of flat logs.
    """
    columns = FlatNames(names)
    for row in read_documents(source):
        if isinstance(row, Rejected):
            yield row
            continue
        payload = row.values.get("standard_logging_object")
        values = payload if isinstance(payload, dict) else row.values
        call = str(values.get("call_type") or "completion")
        if call.removeprefix("a") in _CALLS or call in _CALLS:
            yield _row(row, values, columns)
        else:
            yield LeftOut(row.line, f"call of type {call[:40]!r}")


def _row(row: JsonRow, values: Mapping[str, object], columns: FlatNames) -> RawTrace | Rejected:
    collected = Collected()
    metadata = _mapping(values.get("metadata"))
    start, end, first = values.get("startTime"), values.get("endTime"), values.get("completionStartTime")
    collected.add("id", values.get("id") or values.get("request_id"), "id")
    collected.add("at", start, "startTime")
    collected.add("provider", values.get("custom_llm_provider"), "custom_llm_provider")
    collected.add("model", _model(values), "model")
    for rank, name in enumerate(("end_user", "user", "session_id", "trace_id")):
        collected.add("cluster", values.get(name), name, rank)
    collected.add("latency_ms", milliseconds_between(start, end), "endTime")
    # A call that does not stream has its first token with the last: that is no time to the first token.
    if first not in (None, "", end):
        collected.add("first_token_ms", milliseconds_between(start, first), "completionStartTime")
    _add_tokens(values, metadata, collected)
    _add_cost(values, collected)
    _add_status(values, metadata, collected)
    collected.add("input", text_of(decoded(values.get("messages"))), "messages")
    collected.add("output", _answer(decoded(values.get("response"))), "response")
    columns.collect_own(metadata.get("spend_logs_metadata"), collected)
    columns.collect_own(metadata.get("requester_metadata"), collected)
    return collected.row(row.line, row.data)


def _model(values: Mapping[str, object]) -> object:
    """The model's name without the provider that LiteLLM may put before it."""
    model, provider = values.get("model"), values.get("custom_llm_provider")
    return model.removeprefix(f"{provider}/") if isinstance(model, str) else model


def _add_tokens(values: Mapping[str, object], metadata: Mapping[str, object], collected: Collected) -> None:
    for name, column in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")):
        collected.add(column, values.get(name), name)
    collected.add("total_tokens", values.get("total_tokens"), "total_tokens")
    response = _mapping(decoded(values.get("response")))
    for part in (metadata.get("usage_object"), metadata.get("additional_usage_values"), response.get("usage")):
        # Only what the top of the row does not tell: the counts there are LiteLLM's own.
        counts = read_usage({"prompt_tokens": None, **_mapping(part)})
        for column in ("cached_input_tokens", "cache_write_tokens"):
            collected.add(column, counts.get(column), f"usage ({column})")


def _add_cost(values: Mapping[str, object], collected: Collected) -> None:
    cost = values.get("response_cost") if "response_cost" in values else values.get("spend")
    free = str(values.get("cache_hit")).casefold() == "true" or values.get("total_tokens") == 0
    collected.add("cost_usd", cost if cost or free else None, "response_cost")


def _add_status(values: Mapping[str, object], metadata: Mapping[str, object], collected: Collected) -> None:
    status = values.get("status") or metadata.get("status")
    told = _mapping(values.get("error_information") or metadata.get("error_information"))
    words = (told.get("error_code"), told.get("error_class"), told.get("error_message") or values.get("error_str"))
    if status_of(status) == "error" or (status is None and any(words)):
        collected.add("status", status_of_failure(*words), "error_information")
        collected.add("error", next((word for word in reversed(words) if word), None), "error_information")
    else:
        collected.add("status", status, "status")


def _answer(response: object) -> str | None:
    choices = _mapping(response).get("choices")
    if isinstance(choices, list):
        return text_of([one.get("message") or one.get("text") for one in choices if isinstance(one, Mapping)])
    return text_of(_mapping(response).get("output") or response)


def _mapping(value: object) -> Mapping[str, object]:
    value = decoded(value)
    return value if isinstance(value, Mapping) else {}
