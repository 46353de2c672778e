"""Every rule on one row, through the whole way in: the same row as JSON text, as CSV and as nested JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from rung.evidence.traces.words import NO_WORDS, STATUS_WORDS, YES_WORDS, flag_of, status_of

RowOf = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"at": "yesterday"}, "at is not a time"),
        ({"at": "2026-13-01T00:00:00Z"}, "at is not a time"),
        ({"at": 0}, "at is outside the years"),
        ({"at": "infinity"}, "at is not a time"),
        ({"latency_ms": -0.001}, "latency_ms is negative"),
        ({"latency_ms": "fast"}, "latency_ms is not a number"),
        ({"latency_ms": "Infinity"}, "latency_ms is not a finite number"),
        ({"latency_ms": "1e400"}, "latency_ms is not a finite number"),
        ({"latency_ms": True}, "latency_ms is not a number"),
        ({"latency_ms": [1]}, "latency_ms is a list or an object"),
        ({"input_tokens": -1}, "input_tokens is negative"),
        ({"input_tokens": 1.5}, "input_tokens is not a whole number"),
        ({"input_tokens": "1_000"}, "input_tokens is not a number"),
        ({"input_tokens": 10**15}, "input_tokens is larger than any request"),
        ({"cost_usd": -1}, "cost_usd is negative"),
        ({"correction_minutes": "nan"}, "correction_minutes is not a finite number"),
        ({"cached_input_tokens": 102}, "cached tokens are more than the input tokens"),
        ({"cached_input_tokens": 60, "cache_write_tokens": 60}, "cached tokens are more than the input tokens"),
        ({"total_tokens": 112}, "total_tokens is not input_tokens + output_tokens; found 112 against 101 + 10"),
        ({"first_token_ms": 252}, "first_token_ms is more than latency_ms"),
        ({"latency_ms": None, "ended_at": "2026-03-01T10:00:00Z"}, "ended_at is before at"),
        ({"outcome_at": "2026-02-28"}, "outcome_at is before at"),
        ({"status": "weird"}, "status is not a known word; found weird"),
        ({"model": "m" * 1001}, "model is longer than 1,000 characters"),
        ({"prompt_tokens": 7}, "'input_tokens' and 'prompt_tokens' both tell input_tokens and differ"),
    ],
)
def test_a_row_that_cannot_be_is_put_aside_with_its_reason_and_line(
    shore: Any, request_row: RowOf, change: dict[str, Any], reason: str
) -> None:
    log = shore.log([request_row(0), {**request_row(1), **change}, request_row(2)])
    tally = shore.take(log)
    assert (tally.new, tally.quarantined) == (2, 1)
    (bad,) = shore.put_aside()
    assert bad["reason"].startswith(reason)
    assert bad["line"] == 2
    assert "r1" in bad["text"]
    assert bad["file"] == str(log)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "x", "at": ', "not JSON"),
        ('{"id": "x", "id": "y"}', "the key 'id' stands in the row twice"),
        ('{"id": "\\ud800"}', "holds half of a surrogate pair"),
        ('{"id": "a\\u0000b"}', "holds a NUL character"),
        ("[1, 2]", "not a JSON object"),
        ("NaN", "NaN is not a number"),
        ('{"id": "x", "latency_ms": NaN}', "latency_ms is not a finite number"),
        ('{"colour": "red"}', "no column of a trace has a value"),
        ("{}", "no column of a trace has a value"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"id": "\xff"}', "byte 8 of the line is not UTF-8"),
        (b'{"id": "a\x00b"}', "not JSON"),
    ],
)
def test_a_line_that_is_no_row_is_put_aside_and_its_neighbours_are_taken(
    shore: Any, request_row: RowOf, line: str | bytes, reason: str
) -> None:
    tally = shore.take(shore.log([request_row(0), line, request_row(1)]), format="jsonl")
    assert (tally.new, tally.quarantined) == (2, 1)
    (bad,) = shore.put_aside()
    assert bad["reason"].startswith(reason)
    assert bad["line"] == 2


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-03-01T10:00:00.1234567+02:00", datetime.fromisoformat("2026-03-01 08:00:00.123456")),
        ("2026-03-01 10:00:00", datetime.fromisoformat("2026-03-01 10:00:00")),
        ("2026-03-01", datetime.fromisoformat("2026-03-01 00:00:00")),
        (1772359200, datetime.fromisoformat("2026-03-01 10:00:00")),
        ("1772359200.25", datetime.fromisoformat("2026-03-01 10:00:00.250000")),
        (1772359200_250, datetime.fromisoformat("2026-03-01 10:00:00.250000")),
        (1772359200_250_001, datetime.fromisoformat("2026-03-01 10:00:00.250001")),
        (1772359200_250_001_000, datetime.fromisoformat("2026-03-01 10:00:00.250001")),
    ],
)
def test_times_of_every_usual_form_are_one_instant_in_utc(
    shore: Any, request_row: RowOf, at: object, utc: datetime
) -> None:
    shore.take(shore.log([request_row(0, at=at)]))
    assert shore.rows('"at"') == [(utc,)]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status": "success"}, "ok"),
        ({"status": "200"}, "ok"),
        ({"status": "Rate Limit"}, "rate_limited"),
        ({"status": 429}, "rate_limited"),
        ({"status": 503}, "error"),
        ({"status": "failed", "error": "Too Many Requests"}, "rate_limited"),
        ({"status": "ok", "error_code": 500}, "error"),
        ({"status": None, "error_code": "0"}, "ok"),
        ({"status": None, "error_code": "E17"}, "error"),
        ({"status": None, "error": "connection reset"}, "error"),
        ({"status": None, "error": "Rate limit reached for tokens"}, "rate_limited"),
        ({"status": None, "error": None}, "ok"),
        ({"status": None, "error": "null"}, "ok"),
    ],
)
def test_what_a_log_says_of_failure_becomes_one_of_three_words(
    shore: Any, request_row: RowOf, told: dict[str, Any], status: str
) -> None:
    shore.take(shore.log([request_row(0, **told)]))
    assert shore.rows("status") == [(status,)]


def test_every_word_for_a_status_or_an_outcome_means_what_the_readers_take_it_for(
    shore: Any, request_row: RowOf
) -> None:
    words = sorted({*STATUS_WORDS, *YES_WORDS, *NO_WORDS})
    spoken = [word.replace("_", separator).title() for word in words for separator in " -_"]
    statuses = [{"id": f"s{number:03d}", "status": word} for number, word in enumerate(spoken) if status_of(word)]
    outcomes = [{"id": f"o{number:03d}", "success": word} for number, word in enumerate(spoken)]
    shore.take(shore.log([request_row(0, **told) for told in (*statuses, *outcomes)]))
    assert shore.rows("status", "success") == [("ok", flag_of(one["success"])) for one in outcomes] + [
        (status_of(one["status"]), None) for one in statuses
    ]


def test_a_log_without_a_place_for_failures_leaves_the_status_unknown(shore: Any) -> None:
    shore.take(shore.log([{"at": "2026-03-01", "latency_ms": 5}]))
    assert shore.rows("status") == [(None,)]


def test_an_unknown_outcome_is_never_a_success_and_an_unclear_one_is_counted(shore: Any, request_row: RowOf) -> None:
    grades: list[dict[str, Any]] = [
        {"success": "yes"}, {"success": 0}, {}, {"success": "maybe"}, {"score": 0.7}, {"score": 1},
        {"label": "Incorrect"},
    ]  # fmt: skip
    tally = shore.take(shore.log([request_row(number, **grade) for number, grade in enumerate(grades)]))
    assert shore.rows("success") == [(True,), (False,), (None,), (None,), (None,), (True,), (False,)]
    assert (tally.with_outcome, tally.unclear, tally.quarantined) == (4, 2, 0)


def test_tokens_beside_the_input_are_added_to_it_and_tokens_inside_it_are_not(shore: Any, request_row: RowOf) -> None:
    beside = request_row(0, input_tokens=100, cache_read_input_tokens=40, cache_creation_input_tokens=5)
    inside = request_row(1, input_tokens=100, cached_tokens=40)
    both = request_row(2, input_tokens=100, cached_tokens=40, cache_read_input_tokens=40)
    shore.take(shore.log([beside, inside, both]))
    assert shore.rows("input_tokens", "cached_input_tokens", "cache_write_tokens") == [
        (145, 40, 5), (100, 40, None), (100, 40, None),
    ]  # fmt: skip


def test_units_are_those_of_the_name(shore: Any) -> None:
    rows = [
        {"id": "a", "latency_s": 1.25},
        {"id": "b", "duration_ms": "1250"},
        {"id": "c", "elapsed_ns": 1_250_000_000},
        {"id": "d", "start_time": "2026-03-01T10:00:00Z", "end_time": "2026-03-01T10:00:01.25Z"},
    ]
    shore.take(shore.log(rows))
    assert shore.rows("latency_ms") == [(1250.0,)] * 4
