"""What an ingest leaves in the lake, in the quarantine and in its count."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rung.adapters.traces import Ingest, Options
from rung.adapters.traces.lake import EXTRA_COLUMNS
from rung.errors import InvalidData
from rung.evidence.traces.columns import COLUMN_NAMES, COLUMNS

RowOf = Callable[..., dict[str, Any]]
SQL_TYPE = {"text": "VARCHAR", "time": "TIMESTAMP", "count": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN"}


def test_a_batch_holds_the_columns_of_a_trace_and_where_each_row_came_from(shore: Any, request_row: RowOf) -> None:
    tally = shore.take(shore.log([request_row(0)]))
    (path,) = shore.lake.trace_files()
    assert path.stem == tally.batch
    with duckdb.connect() as connection:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    assert [name for name, *_ in described] == [*COLUMN_NAMES, *EXTRA_COLUMNS]
    assert [kind for _, kind, *_ in described[: len(COLUMNS)]] == [SQL_TYPE[column.type] for column in COLUMNS]
    assert shore.rows("format", "batch", "line", "cost_source") == [("jsonl", tally.batch, 1, "computed")]


def test_the_view_of_an_empty_lake_has_the_same_columns(shore: Any) -> None:
    shore.lake.state.mkdir()
    names = [name for name, *_ in shore.ask("DESCRIBE traces")]
    assert names == [*COLUMN_NAMES, *EXTRA_COLUMNS]
    assert shore.ask("SELECT count(*) FROM traces") == [(0,)]


def test_the_same_log_again_adds_nothing(shore: Any, request_row: RowOf) -> None:
    log = shore.log([request_row(number) for number in range(50)])
    shore.take(log)
    again = shore.take(log)
    assert (again.new, again.there, again.quarantined, again.batch) == (0, 50, 0, None)
    assert len(shore.lake.trace_files()) == 1


def test_overlapping_exports_add_each_request_once_whether_it_has_an_id_or_not(shore: Any, request_row: RowOf) -> None:
    named = [request_row(number) for number in range(30)]
    nameless = [{"at": f"2026-03-01T00:00:{second:02d}Z", "latency_ms": 5} for second in (1, 1, 1, 2, 3)]
    shore.take(shore.log([*named[:20], *nameless[:4]], "monday.jsonl"))
    tuesday = shore.take(shore.log([*nameless, *named[10:]], "tuesday.jsonl"))
    assert (tuesday.new, tuesday.there) == (1 + 10, 4 + 10)
    assert shore.ask("SELECT count(*), count(DISTINCT id) FROM traces") == [(35, 35)]


def test_one_id_with_two_contents_keeps_the_first_and_names_where_it_stands(shore: Any, request_row: RowOf) -> None:
    first = shore.take(shore.log([request_row(1), request_row(1), request_row(1, latency_ms=1)]))
    assert (first.new, first.there, first.quarantined) == (1, 1, 1)
    second = shore.take(shore.log([request_row(2), request_row(1, latency_ms=2)], "other.jsonl"))
    assert (second.new, second.quarantined) == (1, 1)
    assert shore.rows("latency_ms") == [(250.5,), (250.5,)]
    assert {bad["reason"] for bad in shore.put_aside()} == {
        "its id stands with other content; found r1 in line 1",
        f"its id stands with other content; found r1 in batch {first.batch}",
    }


def test_an_export_that_knows_the_outcome_by_now_tells_it(shore: Any, request_row: RowOf) -> None:
    shore.take(shore.log([request_row(1), request_row(2, success=True)]))
    later = shore.take(
        shore.log([request_row(1, success=False, corrected=True), request_row(2, success=True)], "b.jsonl")
    )
    assert (later.new, later.there, later.outcomes_new, later.quarantined) == (0, 2, 1, 0)
    assert shore.rows("success", "corrected") == [(False, True), (True, None)]


def test_the_outcome_with_the_latest_time_stands_whenever_it_arrives(shore: Any, request_row: RowOf) -> None:
    shore.take(shore.log([request_row(number) for number in range(3)]))

    def told(name: str, *rows: dict[str, Any]) -> Any:
        return shore.take(shore.log(rows, name), only_outcomes=True)

    told("may.jsonl", {"id": "r0", "success": False, "outcome_at": "2026-05-01"}, {"id": "r1", "success": True})
    told("april.jsonl", {"id": "r0", "success": True, "outcome_at": "2026-04-01"}, {"id": "r1", "success": False})
    told("undated.jsonl", {"id": "r0", "success": True}, {"id": "r2", "corrected": "yes", "correction_minutes": 3})
    assert shore.rows("success", "corrected", "correction_minutes", "outcome_at") == [
        (False, None, None, datetime.fromisoformat("2026-05-01 00:00:00")),
        (False, None, None, None),
        (None, True, 3.0, None),
    ]
    assert len(shore.lake.outcome_files()) == 3


def test_an_outcome_dated_before_its_request_counts_and_says_nothing_of_delays(shore: Any, request_row: RowOf) -> None:
    shore.take(shore.log([request_row(1)]))
    early = shore.log([{"id": "r1", "success": False, "outcome_at": "2020-01-01"}], "early.jsonl")
    shore.take(early, only_outcomes=True)
    assert shore.rows("success", "outcome_at") == [(False, None)]


def test_a_number_that_no_request_can_have_is_put_aside(shore: Any, request_row: RowOf) -> None:
    absurd = ["latency_ms", "cost_usd", "correction_minutes"]
    taken = shore.take(shore.log([request_row(number, **{name: 1e300}) for number, name in enumerate(absurd)]))
    assert (taken.new, taken.quarantined) == (0, 3)
    assert {bad["reason"].split(";")[0] for bad in shore.put_aside()} == {
        f"{name} is larger than any request" for name in absurd
    }


def test_an_outcome_waits_for_a_request_that_comes_later(shore: Any, request_row: RowOf) -> None:
    log = shore.file(b"Request ID,correct\nr7,yes\nr9,no\n", "outcomes.csv")
    first = shore.take(log, only_outcomes=True)
    assert (first.outcomes_new, first.strangers) == (2, 2)
    shore.take(shore.log([request_row(7)]))
    again = shore.take(log, only_outcomes=True)
    assert (again.outcomes_new, again.outcomes_there, again.strangers) == (0, 2, 1)
    assert shore.rows("id", "success") == [("r7", True)]


def test_a_cost_is_the_one_given_or_computed_at_the_requests_date_or_missing_by_model(
    shore: Any, request_row: RowOf
) -> None:
    rows = [
        request_row(0, cost_usd=0.5),
        request_row(1, input_tokens=1000, cached_tokens=400, output_tokens=20),
        request_row(2, model="our-own-model", provider=None),
        request_row(3, output_tokens=None),
        request_row(4, model="o3", at="2025-06-01T00:00:00Z", input_tokens=1000, output_tokens=100),
        request_row(5, model="o3", at="2025-07-01T00:00:00Z", input_tokens=1000, output_tokens=100),
    ]
    tally = shore.take(shore.log(rows))
    # As OpenAI published them, USD a million tokens: gpt-4o-mini 0.15 in, 0.075 cached, 0.60 out; o3 10 in and 40 out,
    # from 10 June 2025 on 2 and 8.
    costs = dict(shore.rows("id", "cost_usd"))
    assert costs["r1"] == pytest.approx((600 * 0.15 + 400 * 0.075 + 20 * 0.60) / 1e6)
    assert costs["r4"] == pytest.approx((1000 * 10 + 100 * 40) / 1e6)
    assert costs["r5"] == pytest.approx((1000 * 2 + 100 * 8) / 1e6)
    assert (costs["r0"], costs["r2"], costs["r3"]) == (0.5, None, None)
    assert dict(tally.cost) == {"given": 1, "computed": 3}
    assert dict(tally.cost_missing) == {"our-own-model": 1, "gpt-4o-mini": 1}


@pytest.mark.parametrize("cut", [0.3, 0.999])
def test_a_broken_gzip_is_named_and_nothing_of_it_is_taken(shore: Any, request_row: RowOf, cut: float) -> None:
    log = shore.log([request_row(number) for number in range(3000)], "log.jsonl.gz")
    whole = log.read_bytes()
    log.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(InvalidData, match=r"ends before its end mark.*line.*nothing of this file was taken"):
        shore.take(log, format="jsonl")
    assert shore.ask("SELECT count(*) FROM traces") == [(0,)]
    assert not shore.lake.drafts.exists()
    log.write_bytes(whole)
    assert shore.take(log).new == 3000


def test_a_gzip_with_a_damaged_middle_is_named(shore: Any, request_row: RowOf) -> None:
    log = shore.log([request_row(number, output=os.urandom(64).hex()) for number in range(3000)], "log.jsonl.gz")
    data = bytearray(log.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    log.write_bytes(data)
    with pytest.raises(InvalidData, match="the gzip data is damaged"):
        shore.take(log, format="jsonl")


def test_parquet_comes_in_with_the_types_it_has(shore: Any) -> None:
    path = shore.folder / "it's a log.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            """
            COPY (SELECT 'r' || i AS request_id, TIMESTAMPTZ '2026-03-01 10:00:00+02' AS timestamp,
                         i::DECIMAL(9, 2) / 4 AS latency_s, i % 2 = 0 AS success, {'a': i} AS output,
                         CASE WHEN i = 7 THEN -1 ELSE i END AS input_tokens
                  FROM range(2500) AS numbers(i)) TO ? (FORMAT parquet)
            """,
            [str(path)],
        )
    tally = shore.take(path)
    assert (tally.format, tally.new, tally.quarantined) == ("parquet", 2499, 1)
    assert [(bad["line"], bad["reason"]) for bad in shore.put_aside()] == [(8, "input_tokens is negative; found -1")]
    assert shore.ask("SELECT \"at\", latency_ms, success, output, line FROM traces WHERE id = 'r5'") == [
        (datetime.fromisoformat("2026-03-01 08:00:00"), 1250.0, False, '{"a":5}', 6)
    ]


def test_a_nul_in_a_text_of_parquet_is_put_aside_like_in_any_other_format(shore: Any) -> None:
    path = shore.folder / "log.parquet"
    with duckdb.connect() as connection:
        rows = "('a', 'web', 1, 1), ('b', 'we' || chr(0) || 'b', 2, 2), ('c', 'web', 3, 4)"
        query = f"SELECT * FROM (VALUES {rows}) AS log(id, flow, latency_ms, duration_ms)"
        connection.execute(f"COPY ({query}) TO ? (FORMAT parquet)", [str(path)])
    assert shore.take(path).new == 1
    assert [(bad["line"], bad["reason"]) for bad in shore.put_aside()] == [
        (2, "holds a NUL character, which is not text; remove it"),
        (3, "two names of one column have different values"),
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_that_differ_anywhere_are_never_taken_for_one(
    shore_of: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    # No row has an id, so that its content alone tells whether it stood in the log before.
    text = st.text('a\x01\x1f"\\,[]', max_size=3)
    row = st.fixed_dictionaries({}, optional=dict.fromkeys(("flow", "segment", "variant", "model", "input"), text))
    rows = data.draw(st.lists(row, min_size=2, max_size=30))
    shore = shore_of(tmp_path_factory.mktemp("rows"))
    shore.take(shore.log([{"latency_ms": 1, **row} for row in rows]))
    told = [{name: value for name, value in row.items() if value} for row in rows]
    ((kept, hashes),) = shore.ask("SELECT count(*), count(DISTINCT content_hash) FROM traces")
    assert (kept, hashes) == (len(rows), len({json.dumps(row, sort_keys=True) for row in told}))


def test_a_parquet_file_cut_short_is_named(shore: Any) -> None:
    path = shore.file(b"PAR1" + b"x" * 100, "log.parquet")
    with pytest.raises(InvalidData, match="cannot be read as Parquet"):
        shore.take(path)


def test_a_log_without_a_known_name_is_refused_with_a_way_out(shore: Any) -> None:
    with pytest.raises(InvalidData, match=r"--map took=latency_ms|--map"):
        shore.take(shore.log([{"colour": "red", "took": 3}]), format="jsonl")
    tally = shore.take(shore.log([{"colour": "red", "took": 3}]), format="jsonl", names={"took": "latency_s"})
    assert shore.rows("latency_ms") == [(3000.0,)]
    assert tally.unknown_names == ("colour",)


def test_hostile_text_stays_data(shore: Any, request_row: RowOf) -> None:
    hostile = [
        "'; DROP TABLE raw; --",
        "\x1b[2J\u202e",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "%s{0}$1",
        "a\nb",
    ]
    rows = [request_row(number, model=text, output=text) for number, text in enumerate(hostile)]
    rows.append({**request_row(9), "x' || (SELECT 1) || '": 1, 'a"b': 2, "/~/": 3})
    tally = shore.take(shore.log(rows))
    assert tally.new == 7
    assert [text for (text,) in shore.rows("output")][:6] == hostile
    bad = shore.take(shore.log([request_row(20, status="\x1b[31mred")], "bad.jsonl"))
    assert bad.quarantine is not None
    assert b"\x1b" not in bad.quarantine.read_bytes()


def test_content_is_masked_before_anything_is_written(shore: Any, request_row: RowOf) -> None:
    rows = [
        request_row(0, input="write to ada@example.org", user_id="ada@example.org"),
        request_row(1, input="call me", user_id="ada@example.org", error="ada@example.org unknown"),
        request_row(2, input="plain", user_id="u2", latency_ms=-1, output="bob@example.org"),
    ]
    shore.take(shore.log(rows), redact="mask")
    clusters = [cluster for (cluster,) in shore.rows("cluster")]
    assert clusters[0] == clusters[1]
    assert clusters[0].startswith("masked-")
    assert shore.rows("input") == [("write to [e-mail]",), ("call me",)]
    for path in [path for path in shore.lake.state.rglob("*") if path.is_file()]:
        assert b"example.org" not in path.read_bytes(), path
    assert (shore.lake.state / "redaction.key").stat().st_mode & 0o077 == 0
    assert shore.take(shore.log(rows), redact="mask").there == 2


def test_dropping_content_keeps_what_the_rates_need(shore: Any, request_row: RowOf) -> None:
    rows = [
        request_row(0, input="secret", output="secret"),
        request_row(1, status=None, error="secret"),
        request_row(2, status=None, error="Rate limit: secret"),
        request_row(3, input="secret", latency_ms=-1),
    ]
    shore.take(shore.log(rows), redact="drop")
    assert shore.rows("status", "input", "output") == [
        ("ok", None, None),
        ("error", None, None),
        ("rate_limited", None, None),
    ]
    for path in [path for path in shore.lake.state.rglob("*") if path.is_file()]:
        assert b"secret" not in path.read_bytes(), path


def test_a_draft_is_seen_by_nobody_until_it_is_published(shore: Any, request_row: RowOf) -> None:
    one, two = shore.log([request_row(1)]), shore.log([request_row(1), request_row(2)], "two.jsonl")
    with Ingest(shore.lake, Options()) as ingest:
        drafts = [ingest.prepare(log, lambda *_: None) for log in (one, two)]
        assert shore.lake.trace_files() == ()
        assert (drafts[1].tally.new, drafts[1].tally.there) == (1, 1)
        for draft in drafts:
            ingest.publish(draft)
    assert [path.stem[:6] for path in shore.lake.trace_files()] == ["000001", "000002"]
    assert shore.rows("id") == [("r1",), ("r2",)]


def test_what_a_killed_ingest_left_is_removed(shore: Any, request_row: RowOf) -> None:
    (shore.lake.drafts / "000001").mkdir(parents=True)
    (shore.lake.drafts / "000001" / "traces.parquet").write_bytes(b"half")
    assert shore.take(shore.log([request_row(0)])).new == 1
    assert not shore.lake.drafts.exists()


def test_an_openai_log_and_its_evaluations_come_through_the_same_checks(shore: Any) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}
    entry = {
        "timestamp": "2026-03-01T10:00:00Z",
        "request": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]},
        "response": {"id": "c1", "model": "gpt-4o-mini-2024-07-18", "usage": usage, "object": "chat.completion"},
        "latency_ms": 200,
    }
    bad = json.loads(json.dumps(entry))
    bad["response"] |= {"id": "c2", "usage": usage | {"total_tokens": 99}}
    tally = shore.take(shore.log([entry, bad]))
    assert (tally.format, tally.new, tally.quarantined) == ("openai", 1, 1)
    assert shore.rows("id", "model", "cached_input_tokens", "cost_source") == [
        ("c1", "gpt-4o-mini-2024-07-18", 4, "computed")
    ]
    assert shore.put_aside()[0]["reason"].startswith("total_tokens is not input_tokens + output_tokens")
