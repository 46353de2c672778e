"""The figures that economics assumes because no run and no team's statement gives them: one table, all dated.

Each is (low, most likely, high), drawn as a PERT distribution between its bounds. `source` is a citation, or says
"assumed" with the reasoning; none is measured, and every cost that uses one is marked `assumed`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rung.strategies.contract import Family

AS_OF = "2026-11"

HOURS_PER_WEEK = 40.0
HOURS_PER_MONTH = 730.0  # 8,760 hours in a year / 12
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600.0
MONTHS = 12.0
UTILISATION_CAP = 0.65
"""Share of a machine's time that requests may take at peak: above about 0.6 to 0.7 the waiting time of a single
server grows without proportion (M/M/1: waiting = service x u / (1 - u), nearly twice the service time at 0.65)."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumed figure: bounds and mode, unit, where it comes from and as of when."""

    name: str
    low: float
    mode: float
    high: float
    unit: str
    source: str
    as_of: str = AS_OF

    @property
    def range(self) -> tuple[float, float, float]:
        """(low, mode, high)."""
        return self.low, self.mode, self.high


ENGINEER_WEEK = Assumption(
    "engineer_week_usd",
    2600.0,
    3650.0,
    5800.0,
    "USD per week",
    "mode: mean wage of software developers of 132,930 USD a year (US BLS, OEWS May 2022) over the 70.0 % share of "
    "wages in private employers' cost (US BLS, ECEC June 2020) over 52 weeks; bounds assumed",
)
VOLUME = Assumption(
    "volume_factor",
    0.8,
    1.0,
    1.25,
    "x requests_per_month",
    "assumed: a stated monthly volume is right to about a quarter either way",
)
PEAK = Assumption(
    "peak_factor",
    2.0,
    4.0,
    8.0,
    "x mean arrivals",
    "assumed: traffic round the clock peaks near twice its mean; traffic in 40 office hours of a week's 168 has 4.2 "
    "times the mean in those hours, and about twice that in the busiest one",
)
INDEX_UPKEEP = Assumption(
    "index_upkeep_hours",
    1.0,
    2.0,
    6.0,
    "engineer hours per month",
    "assumed: refresh the corpus, rebuild the index, look at misses",
)
TRAINING_RUNS = Assumption(
    "training_runs",
    3.0,
    6.0,
    15.0,
    "fits per release",
    "assumed: failed, repeated and tuning fits for each one that is kept",
)
RETRAIN_HOURS = Assumption(
    "retrain_hours",
    4.0,
    8.0,
    24.0,
    "engineer hours per retraining",
    "assumed: refresh data, fit, evaluate, approve, release",
)

Upkeep = tuple[tuple[str, tuple[float, float, float]], ...]

UPKEEP_WEEKS: dict[Family, Upkeep] = {
    "pretrained": (("evaluation and monitoring", (1, 2, 4)), ("governance and audit", (1, 2, 4))),
    "classical": (("evaluation and monitoring", (1, 2, 4)), ("governance and audit", (1, 2, 4))),
    "fine_tuned": (("evaluation and monitoring", (2, 4, 8)), ("governance and audit", (2, 4, 8))),
    "from_scratch": (
        ("data pipeline", (8, 16, 32)),
        ("safety evaluations", (4, 8, 20)),
        ("serving operations", (4, 8, 16)),
        ("retraining operations", (4, 8, 20)),
        ("observability", (3, 6, 12)),
        ("incident response", (2, 4, 10)),
        ("governance and audit", (4, 8, 16)),
    ),
}
"""Engineer weeks a year to keep a strategy of each family alive: assumed, in the order of what must be owned. A model
of one's own carries the whole lifecycle, each part as its own line."""

STRICT_AUDIT_FACTOR = 2.0
"""`audit: strict` doubles the governance line: assumed (evidence per release, sign-off, external review)."""

APPROVAL_WEEKS: dict[str, tuple[float, float, float]] = {
    "standard": (0.5, 1.0, 2.0),
    "strict": (2.0, 4.0, 8.0),
    "unknown": (0.5, 2.0, 8.0),
}
"""Weeks from a finished system to permission to go live: assumed. When rung.yaml does not say how strict the audit is,
the range spans both cases instead of picking one."""

LABELLING_WEEKS_PER_LABEL = (1 / 1500, 1 / 800, 1 / 300)
"""Weeks to collect one adjudicated label: assumed, 300 to 1,500 labels a week for the whole team."""
