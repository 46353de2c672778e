"""Reading numbers and dates as people write them. Pure text in, a JSON value out."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

Form = Literal["text", "integer", "number", "date"]
Habit = Literal["as_written", "decimal_point", "decimal_comma", "day_first", "month_first"]
"""How ambiguous writing is to be read: learned from the training values, field by field."""
HABITS: dict[Form, tuple[Habit, ...]] = {
    "text": ("as_written",),
    "integer": ("decimal_point", "decimal_comma"),
    "number": ("decimal_point", "decimal_comma"),
    "date": ("day_first", "month_first"),
}
_NUMBER = re.compile(r"(?:(?<!\w)[-−+])?\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
"""A sign counts only where nothing stands before it: in "10-12" it is a dash."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<name>{_NAME})\.?,?\s+(?P<year>\d{{4}})", re.I),
    re.compile(rf"(?P<name>{_NAME})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})", re.I),
)


def written(form: Form, text: str) -> list[tuple[int, int]]:
    """The places in `text`, as character ranges, where something of this form is written; empty for plain text."""
    if form == "text":
        return []
    patterns = _DATES if form == "date" else (_NUMBER,)
    return sorted({match.span() for pattern in patterns for match in pattern.finditer(text)})


def read(form: Form, habit: Habit, text: str) -> str | int | float | None:
    """The value written in `text`, all of it; None when it is nothing of this form. Dates are ISO 8601."""
    text = text.strip()
    if form == "text":
        return text or None
    if form == "date":
        return _date(text, day_first=habit == "day_first")
    number = _number(text, mark="," if habit == "decimal_comma" else ".")
    return None if form == "integer" and isinstance(number, float) else number


def _number(text: str, *, mark: str) -> int | float | None:
    """The number with this decimal mark; other signs between digits part groups of three."""
    if not _NUMBER.fullmatch(text):
        return None
    sign = -1 if text[0] in "-−" else 1
    whole, found, part = text.lstrip("+-−").partition(mark)
    groups = re.split(r"[^\d]", whole)
    if not all(group.isascii() and group.isdigit() for group in (*groups, part or "0")):
        return None
    if any(len(group) != 3 for group in groups[1:]):
        return None
    digits = "".join(groups)
    if len(digits) > 15:  # beyond what a float can hold apart: an identifier, not a quantity
        return None
    value = sign * float(f"{digits}.{part}") if found else sign * int(digits)
    return int(value) if value == int(value) else value


def _date(text: str, *, day_first: bool) -> str | None:
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        if "first" in parts:
            day, month = (parts["first"], parts["second"]) if day_first else (parts["second"], parts["first"])
        else:
            day, month = parts["day"], parts.get("month") or str(_MONTHS[parts["name"].lower()])
        try:
            return date(int(parts["year"]), int(month), int(day)).isoformat()
        except ValueError:
            return None
    return None
