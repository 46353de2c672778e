from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rung.evidence.traces.openai_log import read_openai
from rung.evidence.traces.reading import RawTrace, Rejected

USAGE = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_762_160_400, "model": "gpt-4o-2024-08-06",
        "choices": [{"message": {"role": "assistant", "content": "Yes."}}], "usage": USAGE}  # fmt: skip


def _read(*rows: Any) -> list[Any]:
    return list(read_openai(io.BytesIO("\n".join(json.dumps(row) for row in rows).encode()), {}))


def _values(row: Any) -> dict[str, object]:
    (one,) = _read(row)
    assert isinstance(one, RawTrace)
    return {name: value for name, value in one.values.items() if value is not None}


def test_an_answer_alone_is_a_row_of_its_own_time() -> None:
    assert _values(CHAT) == {
        "id": "chatcmpl-1",
        "at": 1_762_160_400,
        "model": "gpt-4o-2024-08-06",
        "input_tokens": 10,
        "output_tokens": 2,
        "total_tokens": 12,
        "output": "Yes.",
        "status": "ok",
    }


def test_the_logs_own_time_stands_before_the_answers() -> None:
    assert (
        _values({"timestamp": "2025-11-03T08:59:58Z", "request": {}, "response": CHAT})["at"] == "2025-11-03T08:59:58Z"
    )


def test_the_responses_interface_is_read_with_its_reasoning_left_out_of_the_answer() -> None:
    response = {
        "id": "resp_1", "object": "response", "created_at": 1_762_160_400, "model": "gpt-5", "status": "completed",
        "error": None, "service_tier": "flex",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hidden"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Blue."}]},
        ],
        "usage": {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 64}, "output_tokens": 20,
                  "output_tokens_details": {"reasoning_tokens": 16}, "total_tokens": 120},
    }  # fmt: skip
    values = _values(
        {"request": {"input": "Which colour?", "metadata": {"flow": "web", "team": "x"}}, "response": response}
    )
    assert {
        name: values[name] for name in ("input", "output", "flow", "status", "service_tier", "cached_input_tokens")
    } == {
        "input": "Which colour?",
        "output": "Blue.",
        "flow": "web",
        "status": "ok",
        "service_tier": "flex",
        "cached_input_tokens": 64,
    }
    assert values["input_tokens"] == 100


@pytest.mark.parametrize(
    ("row", "status", "error"),
    [
        ({"request": {}, "response": {"error": {"message": "bad key", "code": "invalid_api_key"}}}, "error", "bad key"),
        ({"request": {}, "response": {"error": {"message": "slow", "type": "rate_limit"}}}, "rate_limited", "slow"),
        ({"request": {}, "response": {"status_code": 500, "body": {}}}, "error", None),
        ({"request": {}, "response": {"status_code": 429, "body": {}}}, "rate_limited", None),
        ({"request": {}, "response": None, "error": "connection reset"}, "error", "connection reset"),
        ({"request": {}, "response": {"status": "incomplete", "output": []}}, "error", None),
        ({"request": {}, "response": {"status_code": 200, "body": CHAT}}, "ok", None),
        ({"request": {}, "response": {}}, None, None),
    ],
)  # fmt: skip
def test_the_status_is_what_the_envelope_the_error_or_the_answer_says(
    row: dict[str, object], status: str | None, error: str | None
) -> None:
    values = _values(row)
    assert (values.get("status"), values.get("error")) == (status, error)


def test_a_line_of_a_batch_result_is_known_by_the_answers_id() -> None:
    values = _values(
        {"id": "batch_req_1", "custom_id": "c-1", "response": {"status_code": 200, "body": CHAT}, "error": None}
    )
    assert (values["id"], values["status"]) == ("chatcmpl-1", "ok")


def test_objects_that_were_written_as_text_are_opened() -> None:
    values = _values({"request": json.dumps({"model": "m", "messages": "Hi"}), "response": json.dumps(CHAT)})
    assert (values["input"], values["input_tokens"]) == ("Hi", 10)


def test_counts_beside_the_answer_that_differ_from_its_own_put_the_row_aside() -> None:
    (row,) = _read({"request": {}, "response": CHAT, "prompt_tokens": 11})
    assert isinstance(row, Rejected)
    assert "response.usage (input_tokens)" in row.reason
    assert "prompt_tokens" in row.reason


@pytest.mark.parametrize(
    "response", ["text", 3, [1], {"choices": "x", "usage": 3}, {"choices": [1], "usage": {"prompt_tokens": {}}}]
)
def test_hostile_shapes_stay_data(response: object) -> None:
    (row,) = _read({"request": {"messages": {"a": [None, {"content": {"b": 1}}]}}, "response": response})
    assert isinstance(row, RawTrace)
