from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.aliases import ALIASES, BY_PLAIN_NAME, RAW_NAMES, UNITLESS, aliases_of, plain
from rung.evidence.traces.flat import read_csv, read_jsonl
from rung.evidence.traces.reading import RawTrace, Rejected


def _row(values: dict[str, object], names: dict[str, str] | None = None) -> RawTrace:
    (row,) = read_jsonl(io.BytesIO(json.dumps(values).encode()), names or {})
    assert isinstance(row, RawTrace)
    return row


@pytest.mark.parametrize(
    ("name", "value", "column", "expected"),
    [
        ("latency_s", 1.25, "latency_ms", 1250.0),
        ("end_to_end_s", "0.5", "latency_ms", 500.0),
        ("duration_ns", 2_000_000, "latency_ms", 2.0),
        ("elapsed_us", 1500, "latency_ms", 1.5),
        ("ttft_s", 0.2, "first_token_ms", 200.0),
        ("correction_seconds", 90, "correction_minutes", 1.5),
        ("latency_s", "soon", "latency_ms", "soon"),
        ("latency_s", "1e306", "latency_ms", "1e306"),
        ("latency_s", 10**400, "latency_ms", 10**400),
        ("latency_s", "nan", "latency_ms", "nan"),
        ("promptTokens", 7, "input_tokens", 7),
        ("Prompt-Tokens", 7, "input_tokens", 7),
        ("created_at", "2025-11-03", "at", "2025-11-03"),
        ("conversation_id", "c", "cluster", "c"),
    ],
)
def test_a_name_tells_its_column_and_its_unit(name: str, value: object, column: str, expected: object) -> None:
    assert _row({name: value}).values == {column: pytest.approx(expected) if isinstance(expected, float) else expected}


@pytest.mark.parametrize("name", ["latency", "duration", "response_time", "cost", "ttft"])
def test_a_duration_or_a_price_without_a_unit_is_not_guessed(name: str) -> None:
    assert plain(name) in UNITLESS
    assert _row({name: 3}).values == {}


def test_every_name_stands_for_one_column_only() -> None:
    columns: dict[str, set[tuple[str, float]]] = {}
    for alias in ALIASES:
        columns.setdefault(plain(alias.name), set()).add((alias.column, alias.factor))
    assert {name: found for name, found in columns.items() if len(found) > 1} == {}
    assert all(BY_PLAIN_NAME[plain(name)].column == name for name in RAW_NAMES)
    assert not {alias.column for alias in ALIASES} - set(RAW_NAMES)


def test_two_names_of_one_column_that_differ_put_the_row_aside_and_are_both_named() -> None:
    data = json.dumps({"prompt_tokens": 10, "input_tokens": 11}).encode()
    (row,) = read_jsonl(io.BytesIO(data), {})
    assert isinstance(row, Rejected)
    assert row.reason == "'prompt_tokens' and 'input_tokens' both tell input_tokens and differ"
    assert row.text == data.decode()


@pytest.mark.parametrize("second", [10, "10", None, ""])
def test_two_names_that_agree_or_of_which_one_is_empty_are_one_value(second: object) -> None:
    assert _row({"prompt_tokens": 10, "input_tokens": second}).values == {"input_tokens": 10}
    assert _row({"input_tokens": second, "prompt_tokens": 10}).values["input_tokens"] in {10, "10"}


def test_true_is_not_the_number_one() -> None:
    (row,) = read_jsonl(io.BytesIO(b'{"success": true, "correct": 0}'), {})
    assert isinstance(row, Rejected)
    (row,) = read_jsonl(io.BytesIO(b'{"success": true, "correct": 1}'), {})
    assert isinstance(row, Rejected)


def test_a_row_that_tells_both_models_is_of_the_one_that_answered() -> None:
    assert _row({"request_model": "gpt-4o", "response_model": "gpt-4o-2024-08-06"}).values == {
        "model": "gpt-4o-2024-08-06"
    }
    assert _row({"response_model": None, "request_model": "gpt-4o"}).values == {"model": "gpt-4o"}


def test_requests_are_gathered_by_the_coarsest_name_that_they_share() -> None:
    values: dict[str, object] = {"conversation_id": "c", "session_id": "s", "user_id": "u", "customer_id": "k"}
    for name in ("customer_id", "user_id", "session_id"):
        assert _row(values).values == {"cluster": values[name]}
        del values[name]


def test_a_team_names_its_own_columns_with_or_without_a_unit() -> None:
    names = {"took": "latency_s", "Where": "flow", "n_in": "input_tokens"}
    assert _row({"took": 2, "where": "web", "n_in": 5, "prompt_tokens": 9, "service": "x"}, names).values == {
        "latency_ms": 2000.0,
        "flow": "web",
        "input_tokens": 5,
    }
    with pytest.raises(KeyError, match="no_such"):
        aliases_of({"took": "no_such"})


def test_a_cell_may_hold_lines_and_commas_and_the_row_is_known_by_its_first_line() -> None:
    data = b'model,input\r\nm,"one\r\n\r\n""two"", three"\r\nn,four\r\n'
    rows = list(read_csv(io.BytesIO(data), {}))
    assert [(row.line, row.values) for row in rows if isinstance(row, RawTrace)] == [
        (2, {"model": "m", "input": 'one\n\n"two", three'}),
        (5, {"model": "n", "input": "four"}),
    ]


def test_a_row_of_another_width_and_one_whose_quote_does_not_end_are_put_aside() -> None:
    rows = list(read_csv(io.BytesIO(b'model,input\nm,a,b\nn,c\no,"d\n'), {}))
    assert [(row.line, row.reason) for row in rows if isinstance(row, Rejected)] == [
        (2, "has 3 cells where the header has 2"),
        (4, "a quoted cell does not end"),
    ]
    assert [row.values for row in rows if isinstance(row, RawTrace)] == [{"model": "n", "input": "c"}]


_NAMES = [name for name in RAW_NAMES if name not in {"score"}]
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1).filter(str.strip)


@given(st.lists(st.dictionaries(st.sampled_from(_NAMES), _TEXTS, min_size=1), min_size=1, max_size=5))
def test_texts_come_back_unchanged_from_both_flat_formats(rows: list[dict[str, str]]) -> None:
    lines = "\n".join(json.dumps(row) for row in rows)
    read = list(read_jsonl(io.BytesIO(lines.encode()), {}))
    assert [row.values if isinstance(row, RawTrace) else row for row in read] == rows
    cells = io.StringIO(newline="")
    writer = csv.DictWriter(cells, _NAMES, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    read = list(read_csv(io.BytesIO(cells.getvalue().encode()), {}))
    found = [
        {name: value for name, value in row.values.items() if value is not None} if isinstance(row, RawTrace) else row
        for row in read
    ]
    assert found == rows


def test_things_that_may_well_differ_in_one_row_are_no_contradiction() -> None:
    row = _row({"timestamp": 2, "start_time": 1, "id": "a", "request_id": "b", "service": "s", "endpoint": "/e",
                "user_id": "u", "end_user": "v", "error": "boom", "error_type": "E", "status": "ok",
                "status_code": 200})  # fmt: skip
    assert row.values == {"at": 1, "id": "a", "flow": "/e", "cluster": "u", "error": "boom", "status": "ok"}
