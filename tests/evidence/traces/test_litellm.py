from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rung.evidence.traces.litellm import read_litellm
from rung.evidence.traces.reading import LeftOut, RawTrace

# A row of the spend log, as a database exports it: times as text, objects as text.
SPEND: dict[str, Any] = {
    "request_id": "chatcmpl-1", "call_type": "acompletion", "spend": 0.002, "total_tokens": 120, "prompt_tokens": 100,
    "completion_tokens": 20, "startTime": "2025-11-03 09:00:00.000", "endTime": "2025-11-03 09:00:02.000",
    "completionStartTime": "2025-11-03 09:00:00.400", "user": "u", "end_user": "",
    "model": "anthropic/claude-sonnet-4-5",
    "custom_llm_provider": "anthropic", "cache_hit": "False", "status": "success", "session_id": "s",
    "metadata": json.dumps({"additional_usage_values": {"cache_read_input_tokens": 30},
                            "spend_logs_metadata": {"flow": "web", "model": "not this"}}),
    "messages": "{}", "response": "{}",
}  # fmt: skip


def _values(**changes: Any) -> dict[str, object]:
    (row,) = read_litellm(io.BytesIO(json.dumps(SPEND | changes).encode()), {})
    assert isinstance(row, RawTrace)
    return {name: value for name, value in row.values.items() if value is not None}


def test_a_row_of_the_spend_log_is_read_with_cached_tokens_inside_the_input() -> None:
    assert _values() == {
        "id": "chatcmpl-1",
        "at": "2025-11-03 09:00:00.000",
        "provider": "anthropic",
        "model": "claude-sonnet-4-5",
        "cluster": "u",
        "flow": "web",
        "latency_ms": 2000.0,
        "first_token_ms": 400.0,
        "input_tokens": 100,
        "cached_input_tokens": 30,
        "output_tokens": 20,
        "total_tokens": 120,
        "cost_usd": 0.002,
        "status": "success",
    }


def test_a_call_that_does_not_stream_has_no_time_to_its_first_token() -> None:
    assert "first_token_ms" not in _values(completionStartTime=SPEND["endTime"])


@pytest.mark.parametrize(
    ("changes", "cost"), [({"spend": 0.0}, None), ({"spend": 0.0, "cache_hit": "True"}, 0.0), ({"spend": 0.5}, 0.5)]
)
def test_a_cost_of_zero_is_known_only_for_an_answer_from_the_cache(changes: dict[str, Any], cost: float | None) -> None:
    assert _values(**changes).get("cost_usd") == cost


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        ({"error_code": "429", "error_class": "RateLimitError", "error_message": "slow"}, "rate_limited", "slow"),
        ({"error_code": "400", "error_class": "BadRequestError", "error_message": ""}, "error", "BadRequestError"),
    ],
)
def test_a_failure_says_why(error: dict[str, str], status: str, words: str) -> None:
    values = _values(status="failure", metadata={"error_information": error})
    assert (values["status"], values["error"]) == (status, words)


def test_the_payload_may_stand_inside_the_callbacks_arguments_and_other_calls_are_left_out() -> None:
    payload = {"id": "x", "call_type": "completion", "startTime": 1_762_160_400.0, "endTime": 1_762_160_401.5,
               "model": "gpt-4o", "response_time": 1.5}  # fmt: skip
    lines = [{"standard_logging_object": payload}, {"standard_logging_object": payload | {"call_type": "aembedding"}}]
    row, other = read_litellm(io.BytesIO("\n".join(map(json.dumps, lines)).encode()), {})
    assert isinstance(row, RawTrace)
    assert (row.values["id"], row.values["latency_ms"]) == ("x", 1500.0)
    assert isinstance(other, LeftOut)
