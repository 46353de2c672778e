from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from rung.evidence.traces.otlp import read_otlp
from rung.evidence.traces.reading import LateOutcome, LeftOut, RawTrace, Rejected
from rung.evidence.traces.spans import ATTRIBUTES, EVALUATION, Span, SpanEvent, SpanNames, read_span

START = 1_762_160_400_000_000_000
CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}


def _read(*, end: int = START + 1_000_000, attributes: dict[str, object] | None = None, **values: Any) -> list[object]:
    span = Span("s1", "chat", START, end, CALL | (attributes or {}), **values)
    return list(read_span(span, 1, SpanNames({})))


def _row(**values: Any) -> RawTrace:
    row = _read(**values)[0]
    assert isinstance(row, RawTrace)
    return row


def _json(*requests: Mapping[str, object]) -> list[object]:
    return list(read_otlp(io.BytesIO("\n".join(json.dumps(one) for one in requests).encode()), {}))


def _spans(*spans: Mapping[str, object]) -> dict[str, object]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def _pairs(values: dict[str, str]) -> list[dict[str, object]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, "ok"),
        ({"failed": True, "message": "boom"}, "error"),
        ({"attributes": {"error.type": "timeout"}}, "error"),
        ({"attributes": {"error.type": "429"}}, "rate_limited"),
        ({"attributes": {"error.type": "RateLimitError"}}, "rate_limited"),
        ({"attributes": {"http.response.status_code": 429}}, "rate_limited"),
        ({"attributes": {"http.status_code": "503"}}, "error"),
        ({"attributes": {"http.response.status_code": 200}}, "ok"),
        ({"failed": True, "attributes": {"http.response.status_code": 200}}, "error"),
        (
            {"failed": True, "events": (SpanEvent("exception", START, {"exception.message": "Too many requests"}),)},
            "rate_limited",
        ),
    ],
)
def test_a_span_fails_by_its_status_its_error_or_its_http_code(values: dict[str, Any], status: str) -> None:
    assert _row(**values).values["status"] == status


def test_a_span_that_ends_before_it_starts_keeps_its_negative_duration_for_the_check() -> None:
    assert _row(end=START - 2_000_000).values["latency_ms"] == -2.0


def test_a_span_without_an_end_has_no_duration() -> None:
    assert "latency_ms" not in _row(end=0).values


def test_the_first_token_is_an_attribute_in_seconds_or_an_event() -> None:
    assert _row(attributes={"gen_ai.response.time_to_first_chunk": 0.25}).values["first_token_ms"] == 250.0
    event = SpanEvent("First Token Stream Event", START + 30_000_000, {})
    assert _row(events=(event,)).values["first_token_ms"] == 30.0


@pytest.mark.parametrize("column", ["input_tokens", "output_tokens", "cached_input_tokens"])
def test_counts_under_several_conventions_must_agree(column: str) -> None:
    names = [name for name, alias in ATTRIBUTES.items() if alias.column == column]
    assert len(names) > 2
    assert _row(attributes=dict.fromkeys(names, 7)).values[column] == 7
    (bomb,) = _read(attributes={name: place for place, name in enumerate(names)})
    assert isinstance(bomb, Rejected)
    assert all(name in bomb.reason for name in (names[0], column))


def test_current_names_stand_before_old_ones_that_call_the_provider_otherwise() -> None:
    row = _row(attributes={"gen_ai.system": "az.ai.openai", "gen_ai.provider.name": "azure.ai.openai"})
    assert row.values["provider"] == "azure.ai.openai"


def test_a_teams_own_attribute_is_read_before_the_conventions() -> None:
    span = Span("s", "chat", START, START, CALL | {"app.flow": "web", "rung.flow": "other"})
    (row,) = read_span(span, 1, SpanNames({"app.flow": "flow"}))
    assert isinstance(row, RawTrace)
    assert row.values["flow"] == "web"


def test_what_a_resource_tells_stands_where_its_span_does_not_tell_it() -> None:
    resource = {"user.id": "of the service", "rung.flow": "web"}
    values = _row(attributes={"session.id": "s"}, resource=resource).values
    assert (values["cluster"], values["flow"]) == ("s", "web")
    assert _row(attributes={"user.id": "u"}, resource=resource).values["cluster"] == "u"


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.operation.name": "execute_tool"},
        {"gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": 5, "gen_ai.request.model": "m"},
        {"openinference.span.kind": "CHAIN", "llm.token_count.prompt": 5, "llm.model_name": "m"},
        {"mlflow.spanType": '"AGENT"'},
        {"http.method": "GET"},
        {"gen_ai.request.model": "m"},
    ],
)
def test_only_a_call_of_a_model_is_a_row(attributes: dict[str, object]) -> None:
    (one,) = read_span(Span("s", "x", START, START, attributes), 1, SpanNames({}))
    assert isinstance(one, LeftOut)


def test_a_span_of_before_operations_were_named_is_known_by_its_model_and_tokens() -> None:
    attributes = {"gen_ai.system": "openai", "gen_ai.request.model": "m", "gen_ai.usage.prompt_tokens": 5}
    (one,) = read_span(Span("s", "x", START, START, attributes), 1, SpanNames({}))
    assert isinstance(one, RawTrace)


def _judged(name: str, **score: object) -> list[object]:
    attributes = {"gen_ai.evaluation.name": name} | {
        f"gen_ai.evaluation.score.{key}": value for key, value in score.items()
    }
    return _read(events=(SpanEvent(EVALUATION, START + 60_000_000_000, attributes),))


def test_an_evaluation_of_the_task_is_its_outcome_with_the_time_at_which_it_was_known() -> None:
    (row,) = _judged("correctness", label="incorrect", value=1.0)
    assert isinstance(row, RawTrace)
    assert (row.values["success"], row.values["outcome_at"]) == (False, "2025-11-03T09:01:00Z")


@pytest.mark.parametrize(("name", "score"), [("Relevance", {"label": "pass"}), ("correctness", {"value": 0.7})])
def test_another_evaluation_and_a_grade_leave_the_outcome_unknown_and_are_counted(
    name: str, score: dict[str, object]
) -> None:
    row, left_out = _judged(name, **score)
    assert isinstance(row, RawTrace)
    assert "success" not in row.values
    assert isinstance(left_out, LeftOut)
    assert name in left_out.what


def test_judgements_that_contradict_each_other_put_the_row_aside() -> None:
    events = tuple(
        SpanEvent(EVALUATION, START, {"gen_ai.evaluation.name": name, "gen_ai.evaluation.score.label": label})
        for name, label in (("correctness", "pass"), ("task_success", "fail"))
    )
    (row,) = _read(events=events)
    assert isinstance(row, Rejected)
    assert "correctness" in row.reason
    assert "task_success" in row.reason


def test_an_evaluation_in_the_logs_comes_later_for_the_span_or_for_the_answer_that_it_names() -> None:
    span = {"spanId": "ab" * 8, "startTimeUnixNano": str(START),
            "attributes": _pairs({"gen_ai.operation.name": "chat", "gen_ai.response.id": "resp-1"})}  # fmt: skip
    judged = {"gen_ai.evaluation.name": "correctness", "gen_ai.evaluation.score.label": "pass"}
    records = [
        {"eventName": EVALUATION, "timeUnixNano": str(START), "spanId": "cd" * 8, "attributes": _pairs(judged)},
        {"timeUnixNano": str(START),
         "attributes": _pairs(judged | {"event.name": EVALUATION, "gen_ai.response.id": "resp-1"})},
        {"eventName": EVALUATION, "attributes": _pairs(judged | {"gen_ai.response.id": "unseen"})},
        {"eventName": EVALUATION, "attributes": _pairs(judged)},
        {"eventName": "something.else", "attributes": []},
    ]  # fmt: skip
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
    _, *late = _json(_spans(span), logs)
    assert [one.values["id"] for one in late if isinstance(one, LateOutcome)] == ["cd" * 8, "ab" * 8, "unseen"]
    assert all(one.values["success"] is True for one in late if isinstance(one, LateOutcome))
    assert [type(one) for one in late[3:]] == [Rejected]


def test_log_records_in_protobuf_are_told_from_spans() -> None:
    request = ExportLogsServiceRequest()
    record = (
        request.resource_logs.add()
        .scope_logs.add()
        .log_records.add(time_unix_nano=START, span_id=bytes.fromhex("ab" * 8), event_name=EVALUATION)
    )
    for key, text in (("gen_ai.evaluation.name", "correctness"), ("gen_ai.evaluation.score.label", "fail")):
        record.attributes.add(key=key).value.string_value = text
    (late,) = read_otlp(io.BytesIO(request.SerializeToString()), {})
    assert isinstance(late, LateOutcome)
    assert late.values == {"id": "ab" * 8, "success": False, "outcome_at": "2025-11-03T09:00:00Z"}


def _message(spans: int) -> bytes:
    request = ExportTraceServiceRequest()
    for number in range(spans):
        span = (
            request.resource_spans.add()
            .scope_spans.add()
            .spans.add(span_id=number.to_bytes(8, "big") + b"", trace_id=bytes(16), start_time_unix_nano=START)
        )
        span.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
    message: bytes = request.SerializeToString()
    return message


def test_a_protobuf_file_that_ends_in_the_middle_gives_what_came_before_and_says_so() -> None:
    whole = _message(3)
    read = list(read_otlp(io.BytesIO(whole[:-5]), {}))
    assert [type(one) for one in read] == [RawTrace, RawTrace, Rejected]
    assert isinstance(read[2], Rejected)
    assert "middle of a message" in read[2].reason


def test_a_number_that_is_none_stays_as_text_for_the_check() -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(span_id=bytes(8), start_time_unix_nano=START)
    span.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
    span.attributes.add(key="llm.cost.total").value.double_value = float("nan")
    (row,) = read_otlp(io.BytesIO(request.SerializeToString()), {})
    assert isinstance(row, RawTrace)
    assert row.values["cost_usd"] == "nan"


def test_several_framed_messages_are_read_one_after_the_other() -> None:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (_message(2), _message(1)))
    assert [type(one) for one in read_otlp(io.BytesIO(framed), {})] == [RawTrace] * 3


@pytest.mark.parametrize(
    "data", [b"\x0a\xff\xff\xff\xff\x7f", b"\x01\x02\x03\x04\x05\x06", b"\x0a\x03abc", b"\x0a\x00\x0a"]
)
def test_bytes_that_are_no_export_are_named_and_nothing_crashes(data: bytes) -> None:
    read = list(read_otlp(io.BytesIO(data), {}))
    assert [type(one) for one in read] == [Rejected]


@pytest.mark.parametrize(
    "request_",
    [
        {"resourceSpans": "no"},
        {"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "soon"}]}]}]},
        {"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": [{"key": "a", "value": {"intValue": "x"}}]}]}]}]},
        {"other": []},
    ],
)
def test_an_export_that_cannot_be_read_is_named_and_the_next_one_is_read(request_: dict[str, object]) -> None:
    bad, good = _json(request_, _spans({"spanId": "ab", "attributes": _pairs({"gen_ai.operation.name": "chat"})}))
    assert isinstance(bad, Rejected)
    assert isinstance(good, RawTrace)


def test_names_of_the_protocols_own_files_are_read_as_well() -> None:
    pair = {"key": "gen_ai.operation.name", "value": {"string_value": "chat"}}
    span = {
        "span_id": "ab",
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 5_000_000,
        "attributes": [pair],
    }
    (row,) = _json({"resource_spans": [{"scope_spans": [{"spans": [span], "schema_url": "v"}]}]})
    assert isinstance(row, RawTrace)
    assert (row.values["id"], row.values["latency_ms"], row.schema_version) == ("ab", 5.0, "v")
