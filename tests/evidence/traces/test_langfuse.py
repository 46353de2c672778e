from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rung.evidence.traces.langfuse import read_langfuse
from rung.evidence.traces.reading import LateOutcome, LeftOut, RawTrace, Rejected

# As blob storage writes it: underscores, times without a zone, and a latency whose unit depends on the integration.
BLOB: dict[str, Any] = {
    "id": "o-1", "trace_id": "t-1", "type": "GENERATION", "start_time": "2025-11-03 09:00:00.000000",
    "end_time": "2025-11-03 09:00:01.500000", "completion_start_time": "2025-11-03 09:00:00.200000",
    "level": "DEFAULT", "status_message": "", "provided_model_name": "gpt-4o", "latency": 1500, "version": "",
    "usage_details": {"input": 10, "output": 5, "total": 15}, "cost_details": {}, "total_cost": 0,
    "user_id": "u", "session_id": "s", "trace_name": "web", "release": "v7", "prompt_version": None,
    "metadata": {"segment": "edge", "model": "not this"}, "input": '[{"role":"user","content":"Hi"}]', "output": "Ho",
}  # fmt: skip


def _read(*rows: dict[str, Any]) -> list[Any]:
    return list(read_langfuse(io.BytesIO("\n".join(json.dumps(row) for row in rows).encode()), {}))


def _values(**changes: Any) -> dict[str, object]:
    (row,) = _read(BLOB | changes)
    assert isinstance(row, RawTrace)
    return {name: value for name, value in row.values.items() if value is not None}


def test_an_observation_from_blob_storage_is_read_with_its_durations_from_its_times() -> None:
    assert _values() == {
        "id": "o-1",
        "at": "2025-11-03 09:00:00.000000",
        "model": "gpt-4o",
        "flow": "web",
        "segment": "edge",
        "cluster": "u",
        "variant": "v7",
        "latency_ms": 1500.0,
        "first_token_ms": 200.0,
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "status": "ok",
        "input": "Hi",
        "output": "Ho",
    }


def test_kinds_of_input_stand_beside_each_other_and_are_added_up() -> None:
    usage = {"input": 10, "input_cached_tokens": 90, "output": 4, "output_reasoning_tokens": 6, "total": 110}
    values = _values(usage_details=usage)
    assert (values["input_tokens"], values["cached_input_tokens"], values["output_tokens"]) == (100, 90, 10)


def test_usage_of_older_versions_is_read() -> None:
    values = _values(usage_details=None, usage={"input": 7, "output": 3, "total": 10, "unit": "TOKENS"})
    assert (values["input_tokens"], values["output_tokens"], values["total_tokens"]) == (7, 3, 10)
    values = _values(usage_details={}, promptTokens=7, completionTokens=3)
    assert (values["input_tokens"], values["output_tokens"]) == (7, 3)


@pytest.mark.parametrize(("cost", "expected"), [(0.25, 0.25), (0, None), (None, None)])
def test_a_cost_of_zero_is_a_price_that_was_not_known(cost: float | None, expected: float | None) -> None:
    assert _values(total_cost=cost).get("cost_usd") == expected


def test_costs_that_disagree_put_the_row_aside() -> None:
    (row,) = _read(BLOB | {"cost_details": {"total": 0.2}, "total_cost": 0.25})
    assert isinstance(row, Rejected)


def test_an_error_keeps_its_message_and_a_warning_is_none() -> None:
    assert _values(level="ERROR", status_message="rate limit hit")["status"] == "rate_limited"
    assert _values(level="ERROR", status_message="boom")["error"] == "boom"
    assert "error" not in _values(level="WARNING", status_message="slow")


SCORE = {
    "id": "x",
    "trace_id": "t-1",
    "observation_id": "o-1",
    "name": "correctness",
    "timestamp": "2025-11-04 10:00:00",
}


@pytest.mark.parametrize(
    ("score", "success"),
    [
        ({"data_type": "BOOLEAN", "value": 1, "string_value": None}, True),
        ({"data_type": "BOOLEAN", "value": 0, "string_value": "False"}, False),
        ({"data_type": "CATEGORICAL", "value": 0, "string_value": "correct"}, True),
        ({"data_type": "NUMERIC", "value": 1.0, "string_value": None}, True),
    ],
)
def test_a_score_of_an_observation_is_its_outcome_later(score: dict[str, object], success: bool) -> None:
    (late,) = _read(SCORE | score)
    assert isinstance(late, LateOutcome)
    assert late.values == {"id": "o-1", "success": success, "outcome_at": "2025-11-04 10:00:00"}


@pytest.mark.parametrize(
    "score",
    [
        {"data_type": "NUMERIC", "value": 0.7},
        {"data_type": "CATEGORICAL", "value": 1, "string_value": "so-so"},
        {"data_type": "TEXT", "value": 0, "string_value": "wrong!"},
        {"data_type": "BOOLEAN", "value": 1, "name": "toxicity"},
        {"data_type": "BOOLEAN", "value": 1, "observation_id": None},
    ],
)
def test_a_score_that_says_nothing_clear_of_one_request_is_counted_and_no_outcome(score: dict[str, object]) -> None:
    (one,) = _read(SCORE | score)
    assert isinstance(one, LeftOut)


def test_the_score_of_a_whole_trace_is_put_on_its_last_generation() -> None:
    later = {"id": "o-2", "startTime": "2025-11-03T09:00:05Z", "endTime": "2025-11-03T09:00:06Z"}
    early = {"id": "o-1", "startTime": "2025-11-03T09:00:00Z", "endTime": "2025-11-03T09:00:01Z"}
    observations = [{"type": "GENERATION", "traceId": "t", **one} for one in (later, early)]
    score = {"name": "correctness", "dataType": "BOOLEAN", "value": 1, "observationId": None}
    edited = {"name": "corrected", "dataType": "BOOLEAN", "value": 1, "observationId": "o-1"}
    rows = _read({"id": "t", "observations": observations, "scores": [score, edited]})
    assert [(row.values["id"], row.values.get("success"), row.values.get("corrected")) for row in rows] == [
        ("o-2", True, None),
        ("o-1", None, True),
    ]


def test_what_is_neither_observation_nor_score_is_named() -> None:
    (row,) = _read({"id": 1})
    assert isinstance(row, Rejected)
    (row,) = _read({"id": "t", "timestamp": "2025-11-03", "name": "web", "observations": ["o-1"]})
    assert isinstance(row, LeftOut)
