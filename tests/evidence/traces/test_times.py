from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.content import decoded, text_of
from rung.evidence.traces.times import iso_of_nanoseconds, milliseconds_between


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_a_time_in_nanoseconds_is_written_to_the_microsecond(nanoseconds: int) -> None:
    text = iso_of_nanoseconds(nanoseconds)
    assert text is not None
    assert text.endswith("Z")
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    assert (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds == nanoseconds // 1_000


def test_a_time_that_no_calendar_holds_is_none() -> None:
    assert iso_of_nanoseconds(2**64) == "2554-07-21T23:34:33.709551Z"
    assert iso_of_nanoseconds(10**22) is None


@pytest.mark.parametrize(
    ("start", "end", "milliseconds"),
    [
        ("2025-11-03T09:00:00Z", "2025-11-03 09:00:01.5", 1500.0),
        ("2025-11-03T10:00:00+01:00", "2025-11-03T09:00:00Z", 0.0),
        (1_762_160_400, 1_762_160_400_250, 250.0),
        (1_762_160_400_000_000, 1_762_160_400_001_000_000, 1.0),
        ("2025-11-03T09:00:01Z", "2025-11-03T09:00:00Z", -1000.0),
        ("soon", "2025-11-03T09:00:00Z", None),
        (None, 1, None),
        (True, 1, None),
        (1e300, 1, None),
    ],
)
def test_a_duration_is_between_two_times_in_any_of_their_forms(
    start: object, end: object, milliseconds: float | None
) -> None:
    assert milliseconds_between(start, end) == milliseconds


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ([], None),
        ("plain", "plain"),
        ([{"role": "user", "content": "Hi"}], "Hi"),
        ([{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi"}], "system: Be kind\nuser: Hi"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ({"role": "user", "parts": [{"type": "text", "content": "Hi"}]}, "Hi"),
        ({"type": "image", "url": "x"}, '{"type": "image", "url": "x"}'),
        ([1, None, "two"], "1\nnull\ntwo"),
    ],
)
def test_the_text_of_messages_is_found_in_their_several_shapes(value: object, text: str | None) -> None:
    assert text_of(value) == text


def test_text_that_is_no_json_or_is_too_deep_stays_text() -> None:
    assert decoded('{"a": 1}') == {"a": 1}
    assert decoded("[broken") == "[broken"
    assert decoded("7") == "7"
    assert decoded("7", scalars=True) == 7
    assert decoded('{"a": NaN}') == '{"a": NaN}'
    assert decoded("[1e999]") == "[1e999]"
    deep = "[" * 500 + "]" * 500
    assert decoded(deep) == deep
    assert decoded("[" * 50_000) == "[" * 50_000
