from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.strategies.value_forms import Habit, read, written


@pytest.mark.parametrize(
    ("text", "habit", "value"),
    [
        ("1,234.50", "decimal_point", 1234.5),
        ("1.234,50", "decimal_comma", 1234.5),
        ("1.234", "decimal_comma", 1234),
        ("1.234", "decimal_point", 1.234),
        ("12 500", "decimal_point", 12500),
        ("7.00", "decimal_point", 7),
        ("-3", "decimal_point", -3),
        ("−3,5", "decimal_comma", -3.5),
        ("+4", "decimal_point", 4),
        ("12,34", "decimal_point", None),
        ("1234567890123456", "decimal_point", None),
        ("three", "decimal_point", None),
        ("", "decimal_point", None),
    ],
)
def test_a_number_is_read_as_its_field_writes_numbers(text: str, habit: Habit, value: float | None) -> None:
    assert read("number", habit, text) == value


@given(st.integers(-(10**12), 10**12))
def test_grouped_and_plain_digits_are_the_same_number(value: int) -> None:
    assert read("integer", "decimal_point", f"{value:,}") == value == read("integer", "decimal_comma", str(value))
    assert read("integer", "decimal_comma", f"{value:,}".replace(",", ".")) == value


def test_a_broken_number_is_no_integer() -> None:
    assert read("integer", "decimal_point", "3.5") is None
    assert read("integer", "decimal_point", "3.0") == 3


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_is_read_in_every_common_order(day: date) -> None:
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    name = months[day.month - 1]
    spellings: list[tuple[str, Habit]] = [
        (day.isoformat(), "day_first"),
        (f"{day.day}.{day.month}.{day.year}", "day_first"),
        (f"{day.month}/{day.day}/{day.year}", "month_first"),
        (f"{day.day} {name} {day.year}", "day_first"),
        (f"{name[:3]} {day.day}, {day.year}", "month_first"),
        (f"{day.day}th of {name.upper()}, {day.year}", "month_first"),
    ]
    for text, habit in spellings:
        assert read("date", habit, text) == day.isoformat(), text
        assert written("date", f"due {text}.") == [(4, 4 + len(text))], text


@pytest.mark.parametrize("text", ["30.2.2024", "13/13/2024", "May 2024", "2024", "00.00.0000"])
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    assert read("date", "day_first", text) is None


def test_a_dash_between_numbers_is_no_sign() -> None:
    assert [("10-12 or -5")[a:b] for a, b in written("integer", "10-12 or -5")] == ["10", "12", "-5"]
