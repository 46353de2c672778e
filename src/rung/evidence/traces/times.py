"""Times of a log in the two forms that rows keep: text in UTC, and the milliseconds between two of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS_PER_SECOND = ((1e17, 1_000_000_000), (1e14, 1_000_000), (1e11, 1_000))


def iso_of_nanoseconds(nanoseconds: int) -> str | None:
    """ISO 8601 in UTC, to the microsecond; None for a time that no calendar holds."""
    try:
        return (_EPOCH + timedelta(microseconds=nanoseconds // 1_000)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


def milliseconds_between(start: object, end: object) -> float | None:
    """From start to end, each ISO 8601 text (UTC without a zone) or a number since 1970; None where one is neither.

    A number's size tells its unit: seconds below 1e11, then milliseconds, microseconds and nanoseconds.
    """
    first, last = _instant(start), _instant(end)
    if first is None or last is None:
        return None
    return (last - first) / timedelta(milliseconds=1)


def _instant(value: object) -> datetime | None:
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value.strip())
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            per_second = next((unit for bound, unit in _UNITS_PER_SECOND if abs(value) >= bound), 1)
            return _EPOCH + timedelta(seconds=value / per_second)
    except (ValueError, OverflowError):
        pass
    return None
