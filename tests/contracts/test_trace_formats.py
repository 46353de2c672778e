"""Every format of a production log tells the same three requests, each in its own shape, and gives the same rows."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.aliases import RAW_COLUMNS, RAW_NAMES
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.reading import LeftOut, RawTrace, Rejected, open_log
from rung.evidence.traces.sniff import sniff
from rung.evidence.traces.times import milliseconds_between
from rung.evidence.traces.words import flag_of, status_of

START = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
QUESTION, ANSWER = "Where is my order?", "It left on Monday."

# The three requests: one that went well, one refused for its rate, one of a provider that counts its cache apart.
EXPECTED: list[dict[str, object]] = [
    {
        "at": START,
        "provider": "openai",
        "model": "gpt-4o-2024-08-06",
        "input_tokens": 1000.0,
        "cached_input_tokens": 400.0,
        "output_tokens": 50.0,
        "latency_ms": 1500.0,
        "status": "ok",
        "success": True,
        "cluster": "u-1",
        "flow": "web",
        "input": QUESTION,
        "output": ANSWER,
    },
    {
        "at": START + timedelta(minutes=5),
        "provider": "openai",
        "model": "gpt-4o",
        "latency_ms": 120.0,
        "status": "rate_limited",
        "cluster": "u-2",
        "flow": "web",
    },
    {
        "at": START + timedelta(minutes=10),
        "provider": "anthropic",
        "model": "claude-sonnet-4-5",
        "input_tokens": 1000.0,
        "cached_input_tokens": 300.0,
        "cache_write_tokens": 100.0,
        "output_tokens": 80.0,
        "latency_ms": 2000.0,
        "status": "ok",
        "cluster": "u-1",
        "flow": "batch",
    },
]


def _at(minutes: float, seconds: float = 0.0) -> str:
    return (START + timedelta(minutes=minutes, seconds=seconds)).isoformat().replace("+00:00", "Z")


def _nano(minutes: float, milliseconds: int = 0) -> int:
    return (int(START.timestamp()) + int(minutes * 60)) * 1_000_000_000 + milliseconds * 1_000_000


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def jsonl() -> bytes:
    return _lines(
        [
            {"timestamp": _at(0), "service": "web", "user_id": "u-1", "provider": "openai", "prompt_tokens": 1000,
             "model": "gpt-4o-2024-08-06", "cached_tokens": 400, "completion_tokens": "50", "latency_s": 1.5,
             "status_code": 200, "correct": "yes", "prompt": QUESTION, "completion": ANSWER, "total_tokens": 1050},
            {"timestamp": _at(5), "service": "web", "user_id": "u-2", "provider": "openai", "model": "gpt-4o",
             "duration_ms": 120, "status_code": 429, "error": "Rate limit reached"},
            {"timestamp": _at(10), "service": "batch", "user_id": "u-1", "provider": "anthropic", "score": 0.7,
             "model": "claude-sonnet-4-5", "input_tokens": 600, "cache_read_input_tokens": 300,
             "cache_creation_input_tokens": 100, "output_tokens": 80, "latency_ms": 2000, "status": "success"},
        ]
    )  # fmt: skip


def csv_with_mark_and_windows_lines() -> bytes:
    rows = [
        "At,Flow,User,Provider,Model,Input Tokens,Cached Input Tokens,Cache Write Tokens,Output Tokens,Latency Ms,"
        "Status,Success,Input,Output",
        f'{_at(0)},web,u-1,openai,gpt-4o-2024-08-06,1000,400,,50,1500,ok,1,"{QUESTION}",{ANSWER}',
        f"{_at(5)},web,u-2,openai,gpt-4o,,,,,120,rate limited,,,",
        f"{_at(10)},batch,u-1,anthropic,claude-sonnet-4-5,1000,300,100,80,2e3,OK,,,",
    ]
    return b"\xef\xbb\xbf" + "\r\n".join(rows).encode()


def openai() -> bytes:
    return _lines(
        [
            {"timestamp": _at(0), "latency_ms": 1500, "flow": "web", "provider": "openai", "success": True,
             "request": {"model": "gpt-4o", "user": "u-1", "messages": [{"role": "user", "content": QUESTION}]},
             "response": {"id": "chatcmpl-1", "object": "chat.completion", "created": 1762160400,
                          "model": "gpt-4o-2024-08-06",
                          "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER}}],
                          "usage": {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050,
                                    "prompt_tokens_details": {"cached_tokens": 400}}}},
            {"timestamp": _at(5), "latency_ms": 120, "flow": "web", "provider": "openai",
             "request": {"model": "gpt-4o", "user": "u-2"},
             "response": {"status_code": 429, "body": {"error": {"code": "rate_limit_exceeded",
                                                                 "message": "Rate limit reached for gpt-4o"}}}},
            {"timestamp": _at(10), "latency_ms": 2000, "flow": "batch", "user_id": "u-1", "provider": "anthropic",
             "request": {"model": "claude-sonnet-4-5"},
             "response": {"id": "msg_1", "type": "message", "model": "claude-sonnet-4-5", "content": [],
                          "usage": {"input_tokens": 600, "cache_read_input_tokens": 300, "output_tokens": 80,
                                    "cache_creation_input_tokens": 100}}, "status": "completed", "score": 0.7},
        ]
    )  # fmt: skip


def _otlp_spans() -> list[dict[str, Any]]:
    """In the current names, the old ones, and those of OpenInference."""
    evaluation = {"gen_ai.evaluation.name": "correctness", "gen_ai.evaluation.score.label": "pass"}
    grade = {"gen_ai.evaluation.name": "correctness", "gen_ai.evaluation.score.value": 0.7}
    return [
        {"id": "aa" * 8, "start": _nano(0), "end": _nano(0, 1500), "code": 0,
         "attributes": {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "user.id": "u-1",
                        "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06",
                        "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 400,
                        "gen_ai.usage.output_tokens": 50, "gen_ai.conversation.id": "c-9", "rung.flow": "web",
                        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"content": QUESTION}]}]),
                        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"content": ANSWER}]}])},
         "events": [("gen_ai.evaluation.result", _nano(1), evaluation)]},
        {"id": "bb" * 8, "start": _nano(5), "end": _nano(5, 120), "code": 2, "message": "Too Many Requests",
         "attributes": {"gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "llm.request.type": "chat",
                        "gen_ai.usage.prompt_tokens": None, "error.type": "429", "enduser.id": "u-2",
                        "rung.flow": "web"}, "events": []},
        {"id": "cc" * 8, "start": _nano(10), "end": _nano(10, 2000), "code": 1,
         "attributes": {"openinference.span.kind": "LLM", "llm.provider": "anthropic", "session.id": "u-1",
                        "llm.model_name": "claude-sonnet-4-5", "llm.token_count.prompt": 1000,
                        "llm.token_count.prompt_details.cache_read": 300, "llm.token_count.completion": 80,
                        "llm.token_count.prompt_details.cache_write": 100, "rung.flow": "batch"},
         "events": [("gen_ai.evaluation.result", _nano(11), grade)]},
        {"id": "dd" * 8, "start": _nano(10), "end": _nano(12), "code": 0, "events": [],
         "attributes": {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 2000}},
    ]  # fmt: skip


def _typed(value: object) -> dict[str, object]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _pairs(attributes: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"key": key, "value": {} if value is None else _typed(value)} for key, value in attributes.items()]


def otlp_json() -> bytes:
    spans = [
        {"traceId": "0" * 31 + "1", "spanId": one["id"], "name": "call", "kind": 3,
         "startTimeUnixNano": str(one["start"]), "endTimeUnixNano": str(one["end"]),
         "attributes": _pairs(one["attributes"]), "status": {"code": one["code"], "message": one.get("message", "")},
         "events": [{"name": name, "timeUnixNano": str(at), "attributes": _pairs(attributes)}
                    for name, at, attributes in one["events"]]}
        for one in _otlp_spans()
    ]  # fmt: skip
    scope = {"scope": {"name": "app"}, "spans": spans, "schemaUrl": "https://opentelemetry.io/schemas/1.37.0"}
    return _lines([{"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [scope]}]}])


def _otlp_message() -> bytes:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    scope.schema_url = "https://opentelemetry.io/schemas/1.37.0"

    def fill(target: Any, attributes: Mapping[str, object]) -> None:
        for key, value in attributes.items():
            pair = target.add(key=key)
            for name, inner in (_typed(value) if value is not None else {}).items():
                setattr(pair.value, name.replace("Value", "_value"), int(str(inner)) if name == "intValue" else inner)

    for one in _otlp_spans():
        span = scope.spans.add(
            trace_id=bytes(range(16)), span_id=bytes.fromhex(one["id"]), name="call",
            start_time_unix_nano=one["start"], end_time_unix_nano=one["end"],
        )  # fmt: skip
        span.status.code = one["code"]
        span.status.message = one.get("message", "")
        fill(span.attributes, one["attributes"])
        for name, at, attributes in one["events"]:
            fill(span.events.add(name=name, time_unix_nano=at).attributes, attributes)
    message: bytes = request.SerializeToString()
    return message


def otlp_protobuf() -> bytes:
    return _otlp_message()


def otlp_protobuf_after_its_length() -> bytes:
    message = _otlp_message()
    return len(message).to_bytes(4, "big") + message


def otlp_protobuf_after_a_varint() -> bytes:
    message = _otlp_message()
    length, prefix = len(message), bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes(prefix) + bytes([length]) + message


def langfuse_interface() -> bytes:
    def one(id_: str, minute: int, milliseconds: int, **values: object) -> dict[str, object]:
        return {"id": id_, "traceId": f"t-{id_}", "type": "GENERATION", "startTime": _at(minute),
                "endTime": _at(minute, milliseconds / 1000), "level": "DEFAULT", **values}  # fmt: skip

    calls = [
        one("g1", 0, 1500, model="gpt-4o-2024-08-06", metadata={"cluster": "u-1"},
            input=[{"role": "user", "content": QUESTION}], output={"role": "assistant", "content": ANSWER},
            usageDetails={"input": 600, "input_cached_tokens": 400, "output": 50, "total": 1050}),
        one("g2", 5, 120, model="gpt-4o", level="ERROR", statusMessage="429 Too Many Requests"),
        one("g3", 10, 2000, model="claude-sonnet-4-5", usageDetails={
            "input": 600, "cache_read_input_tokens": 300, "cache_creation_input_tokens": 100, "output": 80,
            "total": 1080}),
    ]  # fmt: skip
    tool = {"id": "s1", "traceId": "t-g1", "type": "SPAN", "startTime": _at(0), "endTime": _at(0, 2)}
    score = {"id": "sc", "traceId": "t-g1", "name": "correctness", "dataType": "BOOLEAN", "value": 1,
             "stringValue": "True", "timestamp": _at(1)}  # fmt: skip
    grade = {"id": "sd", "traceId": "t-g3", "name": "correctness", "dataType": "NUMERIC", "value": 0.7}
    traces = [
        {"id": "t-g1", "name": "web", "userId": "u-1", "observations": [tool, calls[0]], "scores": [score]},
        {"id": "t-g2", "name": "web", "userId": "u-2", "observations": [calls[1]], "scores": []},
        {"id": "t-g3", "name": "batch", "userId": "u-1", "observations": [calls[2]], "scores": [grade]},
    ]
    return json.dumps({"data": traces, "meta": {"page": 1}}, indent=2).encode()


def mlflow() -> bytes:
    def trace(flow: str, user: str, assessments: list[object], *spans: dict[str, object]) -> dict[str, object]:
        return {
            "info": {"trace_id": "tr-1", "state": "OK", "tags": {"mlflow.traceName": flow},
                     "trace_metadata": {"mlflow.trace_schema.version": "3", "mlflow.trace.user": user},
                     "assessments": assessments},
            "data": {"spans": list(spans)},
        }  # fmt: skip

    def span(minute: int, milliseconds: int, code: str, **attributes: object) -> dict[str, object]:
        return {"span_id": f"{minute:016x}", "name": "call", "start_time_unix_nano": _nano(minute),
                "end_time_unix_nano": _nano(minute, milliseconds), "events": [],
                "status": {"code": code, "message": "429 rate limit" if "ERROR" in code else ""},
                "attributes": {name.replace("_", "."): json.dumps(value) for name, value in attributes.items()},
                }  # fmt: skip

    usage = {"input_tokens": 1000, "output_tokens": 50, "total_tokens": 1050, "cache_read_input_tokens": 400}
    written = {"input_tokens": 1000, "output_tokens": 80, "cache_read_input_tokens": 300,
               "cache_creation_input_tokens": 100}  # fmt: skip
    feedback = {"assessment_name": "correctness", "feedback": {"value": True}, "create_time": _at(1)}
    graded = {"assessment_name": "correctness", "feedback": {"value": 0.7}, "create_time": _at(11)}
    kind = {"mlflow_spanType": "CHAT_MODEL"}
    asked = [{"role": "user", "content": QUESTION}]
    return _lines(
        [
            trace("web", "u-1", [feedback], span(0, 2500, "OK", mlflow_spanType="CHAIN"),
                  span(0, 1500, "OK", **kind, mlflow_chat_tokenUsage=usage, mlflow_llm_provider="openai",
                       mlflow_llm_model="gpt-4o-2024-08-06", mlflow_spanInputs={"messages": asked},
                       mlflow_spanOutputs={"choices": [{"message": {"role": "assistant", "content": ANSWER}}]})),
            trace("web", "u-2", [], span(5, 120, "STATUS_CODE_ERROR", **kind, mlflow_llm_provider="openai",
                                         mlflow_llm_model="gpt-4o")),
            trace("batch", "u-1", [graded], span(10, 2000, "OK", mlflow_spanType="LLM", mlflow_llm_model=
                  "claude-sonnet-4-5", mlflow_llm_provider="anthropic", mlflow_chat_tokenUsage=written)),
        ]
    )  # fmt: skip


def litellm() -> bytes:
    def one(
        minute: int, milliseconds: int, user: str, flow: str, usage: object = None, own: object = None, **values: object
    ) -> dict[str, object]:
        start = START.timestamp() + 60 * minute
        end = start + milliseconds / 1000
        metadata = {"requester_metadata": {"flow": flow}, "spend_logs_metadata": own, "usage_object": usage}
        return {
            "id": f"call-{minute}", "call_type": "acompletion", "startTime": start, "endTime": end,
            "completionStartTime": end, "status": "success", "end_user": user, "response_cost": 0.0,
            "metadata": metadata, **values,
        }  # fmt: skip

    return _lines(
        [
            one(0, 1500, "u-1", "web", custom_llm_provider="openai", model="openai/gpt-4o-2024-08-06",
                prompt_tokens=1000, completion_tokens=50, total_tokens=1050, own={"success": True},
                usage={"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 400}},
                messages=[{"role": "user", "content": QUESTION}],
                response={"choices": [{"message": {"role": "assistant", "content": ANSWER}}]}),
            one(5, 120, "u-2", "web", custom_llm_provider="openai", model="gpt-4o", prompt_tokens=None,
                error_information={"error_code": "429", "error_class": "RateLimitError"}) | {"status": "failure"},
            one(10, 2000, "u-1", "batch", custom_llm_provider="anthropic", model="claude-sonnet-4-5",
                prompt_tokens=1000, completion_tokens=80, total_tokens=1080,
                usage={"prompt_tokens": 1000, "cache_read_input_tokens": 300, "cache_creation_input_tokens": 100}),
            {"id": "e", "call_type": "aembedding", "startTime": START.timestamp(), "model": "text-embedding-3-small"},
        ]
    )  # fmt: skip


LOGS: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "jsonl": ("jsonl", jsonl, set()),
    "csv": ("csv", csv_with_mark_and_windows_lines, set()),
    "openai": ("openai", openai, set()),
    "otlp json": ("otlp", otlp_json, set()),
    "otlp protobuf": ("otlp", otlp_protobuf, set()),
    "otlp protobuf, collector": ("otlp", otlp_protobuf_after_its_length, set()),
    "otlp protobuf, delimited": ("otlp", otlp_protobuf_after_a_varint, set()),
    # Langfuse does not tell who served the model.
    "langfuse": ("langfuse", langfuse_interface, {"provider"}),
    "mlflow": ("mlflow", mlflow, set()),
    "litellm": ("litellm", litellm, set()),
}


def _settled(values: Mapping[str, object]) -> dict[str, object]:
    """The row as it would be stored: typed, durations from times, tokens beside the input added to it."""
    types = {column.name: column.type for column in RAW_COLUMNS}
    row: dict[str, Any] = {}
    for name, value in values.items():
        match types[name]:
            case _ if value is None:
                continue
            case "count" | "number":
                row[name] = float(str(value))
            case "flag":
                row[name] = flag_of(value)
            case "time":
                since = milliseconds_between(0, value)
                assert since is not None
                row[name] = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=since)
            case _:
                row[name] = status_of(value) if name == "status" else value
    for beside, column in (
        ("cache_read_beside_tokens", "cached_input_tokens"),
        ("cache_write_beside_tokens", "cache_write_tokens"),
    ):
        if beside in row:
            row[column] = row.pop(beside)
            row["input_tokens"] += row[column]
    if "score" in row and row["score"] in (0.0, 1.0):
        row["success"] = bool(row["score"])
    return row


@pytest.mark.parametrize("name", LOGS)
def test_every_format_gives_the_same_rows(name: str) -> None:
    format_, log, untold = LOGS[name]
    reader = FORMATS[format_].read
    assert reader is not None
    read = list(reader(io.BytesIO(log()), {}))
    assert [one for one in read if isinstance(one, Rejected)] == []
    rows = [one for one in read if isinstance(one, RawTrace)]
    assert all(set(row.values) <= set(RAW_NAMES) for row in rows)
    settled = [_settled(row.values) for row in rows]
    for row, expected in zip(settled, EXPECTED, strict=True):
        for column, value in expected.items():
            if column not in untold:
                assert row.get(column) == (pytest.approx(value) if isinstance(value, float) else value), column
    # 0.7 is a grade and no outcome, and a refused request has none.
    assert [row.get("success") for row in settled] == [True, None, None]


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("compressed", [False, True])
def test_every_format_is_recognised_by_its_first_bytes(name: str, compressed: bool, tmp_path: Path) -> None:
    format_, log, _ = LOGS[name]
    path = tmp_path / "export.log"
    path.write_bytes(gzip.compress(log()) if compressed else log())
    assert sniff(path) == format_
    with open_log(path) as source:
        assert source.read() == log()


@pytest.mark.parametrize("name", [name for name in LOGS if "protobuf" not in name])
def test_one_broken_line_costs_no_other(name: str) -> None:
    format_, log, _ = LOGS[name]
    reader = FORMATS[format_].read
    assert reader is not None
    if format_ == "langfuse":
        data = b"\n".join(json.dumps(one).encode() for one in json.loads(log())["data"]) + b"\n"
    else:
        data = log()
    broken = b'"open\n' if format_ == "csv" else b'{"open": \n'
    read = list(reader(io.BytesIO(data.rstrip() + b"\n" + broken), {}))
    assert sum(isinstance(one, RawTrace) for one in read) == 3
    assert [one.line for one in read if isinstance(one, Rejected)] == [data.rstrip().count(b"\n") + 2]


def test_what_is_no_call_of_a_model_is_counted_and_named() -> None:
    left_out = {}
    for name in ("otlp json", "otlp protobuf", "langfuse", "mlflow", "litellm"):
        format_, log, _ = LOGS[name]
        reader = FORMATS[format_].read
        assert reader is not None
        left_out[name] = {one.what for one in reader(io.BytesIO(log()), {}) if isinstance(one, LeftOut)}
    assert "span of 'invoke_agent', no call of a model" in left_out["otlp json"]
    assert left_out["otlp protobuf"] == left_out["otlp json"]
    assert "observation of type 'span', no call of a model" in left_out["langfuse"]
    assert "span of 'chain', no call of a model" in left_out["mlflow"]
    assert left_out["litellm"] == {"call of type 'aembedding'"}


def test_the_version_of_the_schema_is_kept() -> None:
    reader = FORMATS["otlp"].read
    assert reader is not None
    versions = {one.schema_version for one in reader(io.BytesIO(otlp_json()), {}) if isinstance(one, RawTrace)}
    assert versions == {"https://opentelemetry.io/schemas/1.37.0"}
    reader = FORMATS["mlflow"].read
    assert reader is not None
    assert {one.schema_version for one in reader(io.BytesIO(mlflow()), {}) if isinstance(one, RawTrace)} == {"mlflow 3"}


_HOSTILE: tuple[object, ...] = (
    None, True, -1, 1e300, 2**70, "", "1e999", "\x1b[31m", "=cmd()", "[", '{"a": [1]}', "2025-13-40", "429",
    "GENERATION", [], {}, [None], [[1]], {"a": None}, {"key": 1}, [{"value": {"intValue": "x"}}], ["a", 1],
)  # fmt: skip


def _with_hostile_values(value: Any, random: Random) -> Any:
    if random.random() < 0.05:
        return random.choice(_HOSTILE)
    if isinstance(value, dict):
        return {key: _with_hostile_values(one, random) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_hostile_values(one, random) for one in value]
    return value


@pytest.mark.parametrize("name", ["jsonl", "openai", "otlp json", "langfuse", "mlflow", "litellm"])
def test_whatever_stands_where_a_value_is_expected_nothing_crashes_and_rows_stay_rows(name: str) -> None:
    random = Random(20251103)
    format_, log, _ = LOGS[name]
    reader = FORMATS[format_].read
    assert reader is not None
    documents = json.loads(log())["data"] if format_ == "langfuse" else [json.loads(one) for one in log().splitlines()]
    hostile = [_with_hostile_values(one, random) for _ in range(300) for one in documents]
    read = list(reader(io.BytesIO(_lines(hostile)), {}))
    assert {one.line for one in read} <= set(range(1, len(hostile) + 1))
    for one in read:
        if isinstance(one, RawTrace):
            assert set(one.values) <= set(RAW_NAMES)
            json.dumps(dict(one.values))


@pytest.mark.parametrize("format_", [name for name, one in FORMATS.items() if one.read is not None])
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_rejected_and_never_crash(format_: str, data: bytes) -> None:
    reader = FORMATS[format_].read
    assert reader is not None
    for one in reader(io.BytesIO(data), {}):
        assert not isinstance(one, RawTrace) or format_ in {"csv", "jsonl"}
