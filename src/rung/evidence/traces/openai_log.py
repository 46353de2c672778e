"""Logs of requests and responses as the interfaces of OpenAI and Anthropic have them, whole objects a row.

A row holds `request` and `response` beside its own time, id and outcome, or is a response by itself. Either may stand
in an envelope (`body`, as in batch files). Chat completions, completions, responses and messages are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from rung.evidence.traces.collecting import Collected
from rung.evidence.traces.content import decoded, text_of
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.flat import FlatNames
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.reading import RawTrace, Read, Rejected
from rung.evidence.traces.usage import read_usage
from rung.evidence.traces.words import status_of, status_of_failure

RESPONSE_OBJECTS = frozenset({"chat.completion", "text_completion", "response", "message"})
_WHOLE = ("request", "response", "usage", "error", "body", "metadata", "input", "output", "messages", "status")
"""Names that hold objects here, and that are not read as columns of a flat log."""


def read_openai(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of the log. What stands beside request and response is read by the names of flat logs."""
    columns = FlatNames(names)
    for row in read_documents(source):
        yield _row(row, columns) if isinstance(row, JsonRow) else row


def _row(row: JsonRow, columns: FlatNames) -> RawTrace | Rejected:
    collected = Collected()
    alone = "response" not in row.values and "request" not in row.values
    request, request_code = _opened(row.values.get("request"))
    response, response_code = _opened(row.values if alone else row.values.get("response"))
    _add_request(request, collected, columns)
    _add_response(response, collected)
    own = {name: value for name, value in row.values.items() if name not in _WHOLE and not isinstance(value, dict)}
    if alone:
        own = {name: value for name, value in own.items() if name not in {"id", "created", "created_at", "model"}}
    columns.collect({name: value for name, value in own.items() if name != "id"}, collected)
    collected.add("id", row.values.get("id") if not alone else None, "id", rank=1)
    _add_status(row.values if not alone else {}, response, response_code or request_code, collected)
    return collected.row(row.line, row.data)


def _opened(value: object) -> tuple[Mapping[str, object], object]:
    """The object out of its envelope, and the HTTP status that the envelope tells."""
    value = decoded(value)
    if not isinstance(value, Mapping):
        return {}, None
    body = value.get("body")
    return (body, value.get("status_code") or value.get("status")) if isinstance(body, Mapping) else (value, None)


def _add_request(request: Mapping[str, object], collected: Collected, columns: FlatNames) -> None:
    collected.add("model", request.get("model"), "request.model", rank=1)
    collected.add("cluster", request.get("user") or request.get("safety_identifier"), "request.user", rank=3)
    content = next((request[name] for name in ("messages", "input", "prompt") if request.get(name)), None)
    collected.add("input", text_of(content), "request.messages")
    columns.collect_own(request.get("metadata"), collected)


def _add_response(response: Mapping[str, object], collected: Collected) -> None:
    collected.add("id", response.get("id"), "response.id")
    collected.add("model", response.get("model"), "response.model")
    collected.add("at", response.get("created") or response.get("created_at"), "response.created", rank=9)
    collected.add("service_tier", response.get("service_tier"), "response.service_tier")
    usage = response.get("usage") or response.get("usageMetadata")
    if isinstance(usage, Mapping):
        tier = usage.get("service_tier")
        collected.add("service_tier", tier, "response.usage.service_tier", rank=1)
        for column, value in read_usage(usage).items():
            collected.add(column, value, f"response.usage ({column})")
    collected.add("output", _answer(response), "response content")
    if response.get("type") == "message":
        collected.add("provider", "anthropic", "shape of the response", rank=9)


def _answer(response: Mapping[str, object]) -> str | None:
    choices = response.get("choices")
    if isinstance(choices, list):
        told = [one.get("message") or one.get("text") for one in choices if isinstance(one, Mapping)]
        return text_of(told)
    output = response.get("output_text") or response.get("output") or response.get("content")
    if isinstance(output, list):
        output = [one for one in output if not isinstance(one, Mapping) or one.get("type") != "reasoning"]
    return text_of(output)


def _add_status(row: Mapping[str, object], response: Mapping[str, object], http: object, collected: Collected) -> None:
    """The first of: an HTTP status, an error object, the row's own word, an answer that is there."""
    error = row.get("error") or response.get("error")
    code = error.get("code") or error.get("type") if isinstance(error, Mapping) else None
    words = text_of(error.get("message") or error) if isinstance(error, Mapping) else error
    said = row.get("status") or response.get("status")
    failed = bool(error) or status_of(http) not in {None, "ok"}
    if failed:
        collected.add("status", status_of_failure(http, code, words), "response.error", rank=-1)
        collected.add("error", words or code or said, "response.error")
    elif status_of(said) is not None:
        collected.add("status", status_of(said), "response.status")
    elif said is not None:
        collected.add("status", said, "status")
    elif response.get("choices") or response.get("content") or response.get("output"):
        collected.add("status", "ok", "response content", rank=9)
