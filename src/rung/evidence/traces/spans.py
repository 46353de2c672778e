"""Spans of a model's calls, under the names of the GenAI conventions, current and old, and of their neighbours.

Names of OpenTelemetry semantic conventions for generative AI, OpenInference, MLflow tracing and OpenLLMetry. By all
of them the cached tokens are part of the input tokens. A team's own attributes `rung.flow`, `rung.segment`,
`rung.cluster` and `rung.variant` say what no convention names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rung.evidence.traces.aliases import Alias, aliases_of, plain
from rung.evidence.traces.collecting import Collected
from rung.evidence.traces.content import decoded, text_of
from rung.evidence.traces.outcomes import outcome_of
from rung.evidence.traces.reading import LateOutcome, LeftOut, Read
from rung.evidence.traces.times import iso_of_nanoseconds
from rung.evidence.traces.words import status_of, status_of_failure

EVALUATION = "gen_ai.evaluation.result"


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that a span says happened; nanoseconds since 1970."""

    name: str
    at: int
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Span:
    """One span. Times in nanoseconds since 1970, 0 where there is none; `failed` is its own status, None if unset."""

    id: str
    name: str
    start: int
    end: int
    attributes: Mapping[str, object]
    failed: bool | None = None
    message: str = ""
    events: tuple[SpanEvent, ...] = ()
    resource: Mapping[str, object] = field(default_factory=dict)
    schema_version: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judgement in a log record of its own; `span_id` is empty where it names only the answer."""

    span_id: str
    at: int
    attributes: Mapping[str, object]


def _table(column: str, *ranks: str, factor: float = 1.0) -> dict[str, Alias]:
    return {name: Alias(column, name, rank, factor) for rank, names in enumerate(ranks) for name in names.split()}


ATTRIBUTES: Mapping[str, Alias] = MappingProxyType(
    _table(
        "model",
        "gen_ai.response.model llm.response.model",
        "gen_ai.request.model",
        "llm.model_name",
        "mlflow.llm.model llm.request.model",
    )
    | _table("provider", "gen_ai.provider.name", "llm.provider mlflow.llm.provider", "gen_ai.system", "llm.system")
    | _table(
        "input_tokens",
        "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.token_count.prompt llm.usage.prompt_tokens",
    )
    | _table(
        "output_tokens",
        "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.token_count.completion "
        "llm.usage.completion_tokens",
    )
    | _table("total_tokens", "gen_ai.usage.total_tokens llm.token_count.total llm.usage.total_tokens")
    | _table(
        "cached_input_tokens",
        "gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens "
        "llm.token_count.prompt_details.cache_read",
    )
    | _table(
        "cache_write_tokens",
        "gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_creation_input_tokens "
        "llm.token_count.prompt_details.cache_write",
    )
    | _table(
        "first_token_ms",
        "gen_ai.response.time_to_first_chunk",
        "gen_ai.server.time_to_first_token gen_ai.client.operation.time_to_first_chunk",
        factor=1_000.0,
    )
    | _table("cluster", "rung.cluster", "user.id enduser.id", "session.id", "gen_ai.conversation.id")
    | _table("flow", "rung.flow", "gen_ai.workflow.name", "service.name")
    | _table("segment", "rung.segment")
    | _table("variant", "rung.variant", "service.version")
    | _table("service_tier", "openai.response.service_tier", "gen_ai.openai.response.service_tier")
    | _table("cost_usd", "gen_ai.usage.cost llm.cost.total")
    | _table("error", "error.message", "error.type exception.type")
    | _table("input", "gen_ai.input.messages", "input.value mlflow.spanInputs", "gen_ai.prompt traceloop.entity.input")
    | _table(
        "output",
        "gen_ai.output.messages",
        "output.value mlflow.spanOutputs",
        "gen_ai.completion traceloop.entity.output",
    )
)
"""By the attribute's name. Where a span has names of several ranks the first rank stands; those of one must agree."""

_CALLS = frozenset({"chat", "text_completion", "completion", "generate_content", "responses", "llm", "chat_model"})
_KINDS = ("gen_ai.operation.name", "openinference.span.kind", "mlflow.spanType", "llm.request.type")
_HTTP_STATUS = ("http.response.status_code", "http.status_code")
_AFTER_THE_SPAN = 100
"""Added to the rank of what a resource tells: it stands where the span does not tell it."""
_FIRST_TOKEN_EVENTS = frozenset({"First Token Stream Event", "gen_ai.first_token", "first_token"})


class SpanNames:
    """What each attribute of a span means, with a team's own names before the conventions'."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.evaluations = aliases_of(names)
        own = {name: self.evaluations[plain(name)] for name in names}
        taken = {alias.column for alias in own.values()}
        self.attributes = {name: alias for name, alias in ATTRIBUTES.items() if alias.column not in taken} | own


def is_call(span: Span) -> bool:
    """Whether the span is a call of a model that answers: not an agent, a tool or an embedding."""
    return _kind(span.attributes) in _CALLS


def read_span(span: Span, line: int, names: SpanNames) -> Read:
    """The row of a model's call and the outcomes that its events tell, or what the span is instead."""
    kind = _kind(span.attributes)
    if kind not in _CALLS:
        yield LeftOut(line, f"span of {kind[:60]!r}, no call of a model" if kind else "span that is no call of a model")
        return
    collected = Collected()
    for name, value in span.attributes.items():
        _collect(name, value, collected, names)
    for name, value in span.resource.items():
        alias = names.attributes.get(name)
        if alias is not None:
            collected.add(alias.column, value, name, alias.rank + _AFTER_THE_SPAN, alias.factor)
    _add_span(span, collected)
    left_out = [_judge(event, line, collected, names) for event in span.events if event.name == EVALUATION]
    yield collected.row(line, lambda: json.dumps(dict(span.attributes), default=str), span.schema_version)
    yield from (one for one in left_out if one is not None)


def _judge(event: SpanEvent, line: int, collected: Collected, names: SpanNames) -> LeftOut | None:
    """Take over what an evaluation of the span tells; what it tells instead of an outcome."""
    told = read_evaluation(event.attributes, event.at, "", line, names)
    if isinstance(told, LeftOut):
        return told
    collected.add_outcome(told.values, f"evaluation {event.attributes.get('gen_ai.evaluation.name')}")
    return None


def _kind(attributes: Mapping[str, object]) -> str:
    """What the span says it is, in lower case; `chat` where only a model and tokens say so, as before version 1.27."""
    for name in _KINDS:
        value = attributes.get(name)
        if isinstance(value, str) and value.strip('"'):
            return value.strip('"').casefold()
    has_model = any(name in attributes for name in ("gen_ai.request.model", "gen_ai.response.model", "llm.model_name"))
    has_tokens = any(ATTRIBUTES[name].column == "input_tokens" for name in attributes if name in ATTRIBUTES)
    return "chat" if has_model and has_tokens else ""


def _collect(name: str, value: object, collected: Collected, names: SpanNames) -> None:
    if name == "mlflow.chat.tokenUsage" and isinstance(value, Mapping):
        counts = {"cache_read_input_tokens": "cached_input_tokens", "cache_creation_input_tokens": "cache_write_tokens"}
        for key, count in value.items():
            column = counts.get(key, key)
            if column in {"input_tokens", "output_tokens", "total_tokens", *counts.values()}:
                collected.add(column, count, f"{name}.{key}")
    elif name == "mlflow.llm.cost" and isinstance(value, Mapping):
        collected.add("cost_usd", value.get("total_cost"), f"{name}.total_cost")
    elif (alias := names.attributes.get(name)) is not None:
        if alias.column in {"input", "output"}:
            value = text_of(decoded(value))
        collected.add(alias.column, value, name, alias.rank, alias.factor)


def _add_span(span: Span, collected: Collected) -> None:
    collected.add("id", span.id, "span id")
    collected.add("at", iso_of_nanoseconds(span.start) if span.start else None, "start")
    if span.start and span.end:
        collected.add("latency_ms", (span.end - span.start) / 1_000_000, "duration")
    first = next((event.at for event in span.events if event.name in _FIRST_TOKEN_EVENTS), None)
    if first is not None and collected.get("first_token_ms") is None:
        collected.add("first_token_ms", (first - span.start) / 1_000_000, "first token event")
    exception = next((event.attributes for event in span.events if event.name == "exception"), {})
    http = next((span.attributes[name] for name in _HTTP_STATUS if name in span.attributes), None)
    words = (span.attributes.get("error.type"), http, span.message, exception.get("exception.message"))
    failed = span.failed or span.attributes.get("error.type") is not None or status_of(http) not in {None, "ok"}
    collected.add("status", status_of_failure(*words) if failed else "ok", "span status")
    if failed:
        message = span.message or exception.get("exception.message")
        collected.add("error", message, "span status", rank=-1)


def read_evaluation(
    attributes: Mapping[str, object], at: int, id_: str, line: int, names: SpanNames
) -> LateOutcome | LeftOut:
    """The outcome that an evaluation event tells about the request `id_`, or what it tells instead."""
    values = (attributes.get("gen_ai.evaluation.score.label"), attributes.get("gen_ai.evaluation.score.value"))
    when = iso_of_nanoseconds(at) if at else None
    told = outcome_of(attributes.get("gen_ai.evaluation.name"), values, when, names.evaluations)
    return LeftOut(line, told) if isinstance(told, str) else LateOutcome({"id": id_, **told}, line)
