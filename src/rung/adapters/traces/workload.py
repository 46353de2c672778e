"""How the requests of a log are spread over the hours, and how long its corrections take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from duckdb import DuckDBPyConnection

FEWEST_PER_HOUR = 10.0
"""Below so many requests in a mean hour the busiest is busy by chance: of 10 expected, 20 come once in 300 hours."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """Corrections of a flow whose time is known: how many, their mean in minutes, and its standard error."""

    n: int
    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Workload:
    """`peaks` has, for each whole week of the log, the requests of its busiest hour over those of the log's mean hour;
    empty where that is too thin to tell. `minutes` by flow, "" for requests that name none."""

    peaks: tuple[float, ...]
    minutes: Mapping[str, Minutes]


def workload(connection: DuckDBPyConnection) -> Workload:
    """The workload of the view `traces`. Weeks begin on Monday, UTC; the first and the last are left out as parts."""
    hours = connection.execute(
        "SELECT date_trunc('week', \"at\") AS week, max(requests), sum(requests) FROM ("
        'SELECT date_trunc(\'hour\', "at") AS "at", count(*) AS requests FROM traces WHERE "at" IS NOT NULL GROUP BY 1'
        ") GROUP BY 1 ORDER BY 1"
    ).fetchall()
    whole = hours[1:-1]
    mean = sum(total for _, _, total in whole) / (len(whole) * 168.0) if whole else 0.0
    peaks = tuple(float(most) / float(mean) for _, most, _ in whole) if mean >= FEWEST_PER_HOUR else ()
    rows = connection.execute(
        "SELECT coalesce(flow, ''), count(*), avg(correction_minutes), coalesce(stddev_samp(correction_minutes), 0) "
        "FROM traces WHERE corrected AND correction_minutes IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return Workload(peaks, {flow: Minutes(int(n), float(of), float(spread) / sqrt(n)) for flow, n, of, spread in rows})
