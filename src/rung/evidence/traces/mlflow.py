"""Traces of MLflow as it exports them: `info` with assessments, `data` with spans, schema versions 2 to 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from rung.evidence.traces.content import decoded
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.reading import LeftOut, Read, Rejected, shown
from rung.evidence.traces.spans import EVALUATION, Span, SpanEvent, SpanNames, is_call, read_span
from rung.evidence.traces.times import milliseconds_between

_SCHEMA = "mlflow.trace_schema.version"


def read_mlflow(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of the spans that are calls of a model, with the feedback on them.

    Feedback on a whole trace is put on its last call of a model, the one whose answer was judged. An expectation is
    no outcome.
    """
    span_names = SpanNames(names)
    for row in read_documents(source):
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            yield from _trace(row, span_names)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            yield Rejected(row.line, f"not a trace of MLflow: {error}", shown(row.data))


def _trace(row: JsonRow, names: SpanNames) -> Read:
    info = _mapping(decoded(row.values.get("info") or row.values.get("trace_info")))
    data = _mapping(decoded(row.values.get("data")))
    found = decoded(data.get("spans") or row.values.get("spans"))
    spans = [_span(one, info) for one in (found if isinstance(found, list) else []) if isinstance(one, dict)]
    last = max((span for span in spans if is_call(span)), key=lambda span: span.start, default=None)
    if last is None:
        yield LeftOut(row.line, "trace without a call of a model")
    judgements = list(_judgements(info))
    for span in spans:
        own = [event for about, event in judgements if about == span.id or (not about and span is last)]
        yield from read_span(replace(span, events=(*span.events, *own)), row.line, names)


def _span(one: Mapping[str, object], info: Mapping[str, object]) -> Span:
    metadata = _mapping(info.get("trace_metadata") or info.get("request_metadata"))
    context = _mapping(one.get("context"))
    status = _mapping(one.get("status"))
    code = str(status.get("code") or one.get("status_code") or "")
    version = metadata.get(_SCHEMA)
    return Span(
        id=str(one.get("span_id") or context.get("span_id") or ""),
        name=str(one.get("name") or ""),
        start=_whole(one.get("start_time_unix_nano") or one.get("start_time")),
        end=_whole(one.get("end_time_unix_nano") or one.get("end_time")),
        attributes={name: decoded(value, scalars=True) for name, value in _mapping(one.get("attributes")).items()},
        failed=True if code.upper() in {"ERROR", "STATUS_CODE_ERROR", "2"} else None,
        message=str(status.get("message") or one.get("status_message") or ""),
        events=tuple(_events(one.get("events"))),
        resource={
            "user.id": metadata.get("mlflow.trace.user"),
            "session.id": metadata.get("mlflow.trace.session"),
            "service.name": _mapping(info.get("tags")).get("mlflow.traceName"),
        },
        schema_version=f"mlflow {version}" if version else None,
    )


def _events(events: object) -> Iterator[SpanEvent]:
    for event in events if isinstance(events, list) else []:
        at = _whole(event.get("time_unix_nano") or event.get("timestamp"))
        yield SpanEvent(str(event.get("name") or ""), at, _mapping(event.get("attributes")))


def _judgements(info: Mapping[str, object]) -> Iterator[tuple[str, SpanEvent]]:
    """The feedback on the trace as evaluation events, and the span that each is about (empty for the whole trace)."""
    assessments = info.get("assessments")
    for one in assessments if isinstance(assessments, list) else []:
        feedback = _mapping(one.get("feedback"))
        if "value" not in feedback or one.get("error") or feedback.get("error") or one.get("valid") is False:
            continue
        attributes = {
            "gen_ai.evaluation.name": one.get("assessment_name") or one.get("name"),
            "gen_ai.evaluation.score.label": decoded(feedback["value"], scalars=True),
        }
        at = one.get("last_update_time") or one.get("create_time")
        milliseconds = _whole(one.get("last_update_time_ms") or one.get("create_time_ms"))
        nanoseconds = milliseconds * 1_000_000 or round((milliseconds_between(0, at) or 0) * 1_000_000)
        yield str(one.get("span_id") or ""), SpanEvent(EVALUATION, nanoseconds, attributes)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int:
    return 0 if value is None or value == "" else int(str(value))
