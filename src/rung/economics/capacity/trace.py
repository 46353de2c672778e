"""When requests arrive and how long they are, read from a log; how bursty that is."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from rung.economics.draws import FloatArray
from rung.errors import InvalidData

WINDOWS_SECONDS = (1.0, 10.0, 60.0)
QUANTILES = (0.5, 0.95, 0.99, 1.0)
PROBLEMS_SHOWN = 5
MOST_TOKENS = 100_000_000
LONGEST_SECONDS = 2.0 * 366 * 86400
"""A log longer than this holds a time in another unit more likely than two years of one load, and each of its seconds
is a window to count."""
_COLUMNS = {
    "time": ("timestamp", "time", "arrival", "arrivaltime", "arrivedat", "at", "startedat", "starttime", "createdat"),
    "input tokens": (
        "inputtokens",
        "contexttokens",
        "prompttokens",
        "numprefilltokens",
        "requesttokens",
        "inputlength",
    ),
    "output tokens": (
        "outputtokens",
        "generatedtokens",
        "completiontokens",
        "numdecodetokens",
        "responsetokens",
        "outputlength",
    ),
}
"""What a column may be called, without case, spaces and signs."""
_UNITS_PER_SECOND = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""A number since 1970 says its unit by its size: seconds below 1e11, then milliseconds, microseconds, nanoseconds."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Requests by arrival: seconds from the first one, input and output tokens, each of shape (requests,).

    `skipped` rows could not be read; `problems` names the first of them.
    """

    name: str
    seconds: FloatArray
    input_tokens: FloatArray
    output_tokens: FloatArray
    skipped: int = 0
    problems: tuple[str, ...] = ()

    @property
    def span_seconds(self) -> float:
        """From the first arrival to the last."""
        return float(self.seconds[-1])

    @property
    def per_second(self) -> float:
        """Mean arrivals a second."""
        return len(self.seconds) / max(self.span_seconds, 1.0)

    def peak_per_second(self, seconds: float) -> float:
        """Requests a second in the busiest window of so many seconds, wherever it starts; the mean of a shorter
        trace."""
        if self.span_seconds <= seconds:
            return self.per_second
        ends = np.searchsorted(self.seconds, self.seconds + seconds, side="left")
        return float(np.max(ends - np.arange(len(self.seconds)))) / seconds

    def part(self, kept: slice | NDArray[np.bool_]) -> Trace:
        """Some of the requests, counted from the first of them."""
        seconds = self.seconds[kept]
        return replace(
            self,
            seconds=seconds - seconds[0],
            input_tokens=self.input_tokens[kept],
            output_tokens=self.output_tokens[kept],
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Arrivals counted in windows of `seconds`: requests a second in the median, 95th, 99th percentile and busiest
    window, and variance over mean of the counts (1 for arrivals without memory, more where they come in bursts)."""

    seconds: float
    per_second: tuple[float, float, float, float]
    dispersion: float


def parse_trace(lines: Iterable[str], name: str) -> Trace:
    """The requests of a CSV with a header, sorted by arrival. Rows that cannot be read are counted and named.

    Times are ISO 8601 (UTC without a zone) or numbers since 1970. InvalidData where a column or every row is missing,
    where no time passes between the first request and the last, or where more than two years do.
    """
    rows = csv.reader(lines)
    try:
        header = next(rows, [])
        places = _places(header, name)
        kept: list[tuple[float, float, float]] = []
        problems: list[str] = []
        skipped = 0
        for row in rows:
            if not row:
                continue
            read = _request(row, places)
            if isinstance(read, str):
                skipped += 1
                if len(problems) < PROBLEMS_SHOWN:
                    problems.append(f"line {rows.line_num}: {read}")
            else:
                kept.append(read)
    except csv.Error as error:
        raise InvalidData(f"{name}, line {rows.line_num}: not a CSV ({error})") from error
    if not kept:
        told = f"; {problems[0]}" if problems else ""
        raise InvalidData(f"{name} holds no request that can be read{told}")
    table = np.array(sorted(kept), dtype=np.float64)
    _check_span(table[0, 0], table[-1, 0], name)
    return Trace(name, table[:, 0] - table[0, 0], table[:, 1], table[:, 2], skipped, tuple(problems))


def windows(trace: Trace) -> tuple[Window, ...]:
    """The trace's peaks at each window length that fits into it at least twice."""
    return tuple(_window(trace, seconds) for seconds in WINDOWS_SECONDS if trace.span_seconds >= 2.0 * seconds)


def busiest(trace: Trace, most: int) -> Trace:
    """The stretch of `most` requests in a row that arrive in the shortest time; the whole trace where it is shorter."""
    count = len(trace.seconds)
    if count <= most:
        return trace
    spans = trace.seconds[most - 1 :] - trace.seconds[: count - most + 1]
    first = int(np.argmin(spans))
    return trace.part(slice(first, first + most))


def without_too_long(trace: Trace, room_tokens: float) -> tuple[Trace | None, int]:
    """The requests that fit into so many tokens, and how many do not; None where none does."""
    fits = trace.input_tokens + trace.output_tokens <= room_tokens
    dropped = int(np.sum(~fits))
    return (trace.part(fits) if dropped < len(fits) else None), dropped


def _window(trace: Trace, seconds: float) -> Window:
    whole = int(trace.span_seconds // seconds)
    index = (trace.seconds / seconds).astype(np.int64)
    filled = Counter(index[index < whole].tolist())
    counts: NDArray[np.float64] = np.zeros(whole)
    for window, count in filled.items():
        counts[window] = count
    peaks = [float(np.quantile(counts, quantile)) / seconds for quantile in QUANTILES]
    mean = float(counts.mean())
    dispersion = float(counts.var(ddof=1) / mean) if whole > 1 and mean > 0 else 1.0
    return Window(seconds, (peaks[0], peaks[1], peaks[2], peaks[3]), dispersion)


def _check_span(first: float, last: float, name: str) -> None:
    """A rate needs time between arrivals, and a load that can be told is not spread over ages."""
    if last == first:
        raise InvalidData(
            f"{name}: no time passes between its first and its last request, so nothing says how many come in a "
            "month; take a longer part of the log, or state --requests-per-month in its place"
        )
    if last - first > LONGEST_SECONDS:
        years = (last - first) / (365.25 * 86400)
        raise InvalidData(
            f"{name} spans {years:,.4g} years, from {first:,.10g} to {last:,.10g} seconds since 1970, and at most two "
            "can be replayed; write every time in the same unit, or take a part of the log"
        )


def _places(header: list[str], name: str) -> tuple[int, int, int]:
    plain = ["".join(one for one in title.casefold() if one.isalnum()) for title in header]
    found = []
    for meaning, titles in _COLUMNS.items():
        place = next((plain.index(title) for title in titles if title in plain), None)
        if place is None:
            shown = ", ".join(title.strip() for title in header[:10]) or "nothing"
            raise InvalidData(
                f"{name}, line 1: no column holds the {meaning} (columns: {shown}); call it {titles[0]!r} or one of "
                f"{', '.join(titles[1:4])}"
            )
        found.append(place)
    return found[0], found[1], found[2]


def _request(row: list[str], places: tuple[int, int, int]) -> tuple[float, float, float] | str:
    if len(row) <= max(places):
        return f"{len(row)} columns, {max(places) + 1} needed"
    at = _seconds(row[places[0]])
    if at is None:
        return f"the time {row[places[0]][:40]!r} is neither ISO 8601 nor a number"
    tokens = []
    for place, what, least in ((places[1], "input", 1), (places[2], "output", 1)):
        count = _tokens(row[place])
        if count is None or count < least:
            return f"{what} tokens {row[place][:40]!r} are no whole number from {least} to {MOST_TOKENS:,}"
        tokens.append(count)
    return at, tokens[0], tokens[1]


def _tokens(text: str) -> float | None:
    try:
        count = float(text)
    except ValueError:
        return None
    return count if isfinite(count) and 0 <= count <= MOST_TOKENS and count.is_integer() else None


def _seconds(text: str) -> float | None:
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        try:
            time = datetime.fromisoformat(text)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    if not isfinite(number) or abs(number) > 1e20:
        return None
    return number / next((unit for bound, unit in _UNITS_PER_SECOND if abs(number) >= bound), 1.0)
