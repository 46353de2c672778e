"""Reading arrivals, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from rung.economics.capacity.trace import Trace, busiest, parse_trace, windows, without_too_long
from rung.errors import InvalidData


def test_columns_are_found_by_their_names_whatever_their_order_and_spelling() -> None:
    for header in ("timestamp,input_tokens,output_tokens", "TIMESTAMP,ContextTokens,GeneratedTokens"):
        trace = parse_trace([header, "2023-11-16 18:15:46.6805900,374,44", "2023-11-16 18:15:48.6805900,1,2"], "t")
        assert trace.seconds.tolist() == [0.0, 2.0]
        assert trace.input_tokens.tolist() == [374.0, 1.0]
    other = parse_trace(["output tokens,who,Time,prompt_tokens", "5,a,100.5,7", "1,b,101,1"], "t")
    assert (other.input_tokens[0], other.output_tokens[0]) == (7.0, 5.0)


@pytest.mark.parametrize("times", [("0", "1.5"), ("1700000000000", "1700000001500"), ("1700000000", "1700000001.5")])
def test_numbers_since_1970_say_their_unit_by_their_size(times: tuple[str, str]) -> None:
    trace = parse_trace(["at,input_tokens,output_tokens", *(f"{time},1,1" for time in times)], "t")
    assert trace.seconds.tolist() == pytest.approx([0.0, 1.5])


def test_zones_are_heeded_and_rows_sorted() -> None:
    trace = parse_trace(
        ["time,input_tokens,output_tokens", "2026-01-01T12:00:05Z,2,2", "2026-01-01T14:00:00+02:00,1,1"], "t"
    )
    assert trace.seconds.tolist() == [0.0, 5.0]
    assert trace.input_tokens.tolist() == [1.0, 2.0]


def test_broken_rows_are_counted_and_named_by_line() -> None:
    rows = ["time,input_tokens,output_tokens", "0,1,1", "soon,1,1", "1,nan,1", "2,1,-4", "3,1", "4,1e99,1", "", "5,9,9"]
    trace = parse_trace(rows, "t.csv")
    assert len(trace.seconds) == 2
    assert trace.skipped == 5
    assert trace.problems[0].startswith("line 3: the time 'soon'")
    assert trace.problems[1].startswith("line 4: input tokens 'nan'")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no column holds the time"),
        (["time,input_tokens,output_tokens"], "holds no request"),
        (["a,b,c", "1,2,3"], "columns: a, b, c"),
        (["time,input_tokens,output_tokens", "x,1,1"], "line 2: the time 'x'"),
    ],
)
def test_a_file_without_requests_is_refused_with_what_was_found(rows: list[str], message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        parse_trace(rows, "t.csv")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (("7",), "no time passes"),
        (("7", "7", "7"), "no time passes"),
        (("0", "1e18"), r"spans 31\.69 years"),
        (("1700000000", "1e11"), "write every time in the same unit"),
    ],
)
def test_a_trace_from_which_no_rate_can_be_told_is_refused(times: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        parse_trace(["at,input_tokens,output_tokens", *(f"{time},1,1" for time in times)], "t")


def test_the_busiest_window_is_found_wherever_it_starts() -> None:
    seconds = np.array([0.0, 50.0, 55.0, 60.0, 65.0, 70.0, 300.0])
    trace = Trace("t", seconds, np.ones(7), np.ones(7))
    assert trace.peak_per_second(60.0) == pytest.approx(5 / 60)
    assert busiest(trace, 5).span_seconds == pytest.approx(20.0)


def test_arrivals_without_memory_have_a_dispersion_of_one_and_bursts_more() -> None:
    rng = np.random.default_rng(0)
    even = Trace("even", np.cumsum(rng.exponential(0.1, 20_000)), np.ones(20_000), np.ones(20_000))
    bursts = Trace("bursts", np.repeat(even.seconds[::50], 50), np.ones(20_000), np.ones(20_000))
    assert windows(even)[0].dispersion == pytest.approx(1.0, abs=0.15)
    assert windows(bursts)[0].dispersion > 5


def test_requests_longer_than_the_memory_are_left_out_and_counted() -> None:
    trace = Trace("t", np.array([0.0, 1.0]), np.array([10.0, 100.0]), np.array([1.0, 1.0]))
    kept, dropped = without_too_long(trace, 50)
    assert kept is not None
    assert (len(kept.seconds), dropped) == (1, 1)
    assert without_too_long(trace, 5) == (None, 2)
