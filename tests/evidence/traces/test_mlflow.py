from __future__ import annotations

import io
import json
from typing import Any

from rung.evidence.traces.mlflow import read_mlflow
from rung.evidence.traces.reading import LeftOut, RawTrace, Rejected

START = 1_762_160_400_000_000_000


def _span(id_: str, kind: str, start: int = START, **values: Any) -> dict[str, Any]:
    return {
        "span_id": id_, "start_time_unix_nano": start, "end_time_unix_nano": start + 10_000_000,
        "status": {"code": "STATUS_CODE_OK"}, "attributes": {"mlflow.spanType": json.dumps(kind)}, **values,
    }  # fmt: skip


def _read(*spans: dict[str, Any], **info: Any) -> list[Any]:
    trace = {"info": {"trace_id": "tr", **info}, "data": {"spans": list(spans)}}
    return list(read_mlflow(io.BytesIO(json.dumps(trace).encode()), {}))


def _rows(read: list[Any]) -> dict[str, Any]:
    return {str(one.values["id"]): one.values for one in read if isinstance(one, RawTrace)}


def test_feedback_on_the_trace_is_put_on_its_last_call_and_feedback_on_a_span_on_that_span() -> None:
    assessments = [
        {"assessment_name": "correctness", "feedback": {"value": "yes"}, "create_time": "2025-11-03T10:00:00Z"},
        {"name": "corrected", "feedback": {"value": True}, "last_update_time_ms": 1_762_164_000_000, "span_id": "a"},
    ]
    calls = (_span("b", "LLM", START + 5), _span("a", "CHAT_MODEL"), _span("c", "CHAIN", START + 9))
    rows = _rows(_read(*calls, assessments=assessments))
    assert set(rows) == {"a", "b"}
    assert (rows["b"].get("success"), rows["b"]["outcome_at"]) == (True, "2025-11-03T10:00:00Z")
    assert (rows["a"].get("corrected"), rows["a"]["outcome_at"]) == (True, "2025-11-03T10:00:00Z")
    assert "success" not in rows["a"]


def test_an_expectation_an_error_and_feedback_that_was_replaced_are_no_outcome() -> None:
    assessments = [
        {"assessment_name": "correctness", "expectation": {"value": True}},
        {"assessment_name": "correctness", "feedback": {"value": True}, "error": {"error_code": "X"}},
        {"assessment_name": "correctness", "feedback": {"value": True}, "valid": False},
    ]
    (row,) = _read(_span("a", "LLM"), assessments=assessments)
    assert "success" not in row.values


def test_spans_of_the_second_version_are_read() -> None:
    span = {"context": {"span_id": "0x1", "trace_id": "0x2"}, "start_time": START, "end_time": START + 2_000_000,
            "status_code": "ERROR", "status_message": "429", "attributes": {"mlflow.spanType": '"LLM"'},
            "events": [{"name": "exception", "timestamp": START, "attributes": {}}]}  # fmt: skip
    (row,) = _read(span, request_metadata={"mlflow.trace_schema.version": "2", "mlflow.trace.session": "s"})
    assert (row.values["id"], row.values["latency_ms"], row.values["status"]) == ("0x1", 2.0, "rate_limited")
    assert (row.values["cluster"], row.schema_version) == ("s", "mlflow 2")


def test_cost_and_usage_are_read_from_objects_kept_as_text() -> None:
    attributes = {
        "mlflow.spanType": '"LLM"',
        "mlflow.chat.tokenUsage": '{"input_tokens": 9, "output_tokens": 1, "total_tokens": 10}',
        "mlflow.llm.cost": '{"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}',
        "mlflow.llm.model": '"gpt-4o"',
    }
    (row,) = _read(_span("a", "LLM", attributes=attributes))
    found = {name: row.values[name] for name in ("input_tokens", "total_tokens", "cost_usd", "model")}
    assert found == {"input_tokens": 9, "total_tokens": 10, "cost_usd": 0.3, "model": "gpt-4o"}


def test_a_trace_without_a_call_is_counted_and_one_that_is_none_is_named() -> None:
    assert [type(one) for one in _read(_span("a", "TOOL"))] == [LeftOut, LeftOut]
    (bad, good) = read_mlflow(
        io.BytesIO(
            b'{"info": {}, "data": {"spans": [{"start_time_unix_nano": "soon"}]}}\n'
            + json.dumps({"info": {}, "data": {"spans": [_span("a", "LLM")]}}).encode()
        ),
        {},
    )
    assert isinstance(bad, Rejected)
    assert isinstance(good, RawTrace)
