"""The figures that economics assumes because no run and no team's statement gives them: one table, all dated.

Each is (low, most likely, high), drawn as a PERT distribution between its bounds; three equal numbers are one fixed
figure. `source` is a citation, or says "assumed" with the reasoning; none is measured, and every cost that uses one is
marked `assumed`. Meaning and unit stand under the same name in `tco/catalogue.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rung.strategies.contract import Family

AS_OF = "2026-11"

HOURS_PER_WEEK = 40.0
WEEKS_PER_MONTH = 52.0 / 12.0
HOURS_PER_MONTH = 730.0  # 8,760 hours in a year / 12
DAYS_PER_MONTH = 365.0 / 12.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600.0


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumed figure: bounds and mode, where they come from and as of when."""

    low: float
    mode: float
    high: float
    source: str
    as_of: str = AS_OF


def _fixed(value: float, source: str) -> Assumption:
    return Assumption(value, value, value, source)


ASSUMED: dict[str, Assumption] = {
    "engineer_week_usd": Assumption(
        2600.0, 3650.0, 5800.0,
        "mode: mean wage of software developers of 132,930 USD a year (US BLS, OEWS May 2022) over the 70.0 % share of "
        "wages in private employers' cost (US BLS, ECEC June 2020) over 52 weeks; bounds assumed",
    ),
    "volume_growth_per_month": _fixed(0.0, "assumed: no growth stated"),
    "peak_factor": Assumption(
        2.0, 4.0, 8.0,
        "assumed: traffic round the clock peaks near twice its mean; traffic in 40 office hours of a week's 168 has "
        "4.2 times the mean in those hours, and about twice that in the busiest one",
    ),
    "utilisation_cap": Assumption(
        0.60, 0.65, 0.70,
        "assumed: beyond 0.6 to 0.7 the waiting time of a single server grows out of proportion (M/M/1: waiting = "
        "service x u / (1 - u), nearly twice the service time at 0.65)",
    ),
    "replicas_at_least": _fixed(1.0, "assumed: no target for availability stated; 2 where an outage must not stop it"),
    "index_upkeep_hours": Assumption(1.0, 2.0, 6.0, "assumed: refresh the corpus, rebuild the index, look at misses"),
    "entry_kb": Assumption(
        2.0, 4.0, 20.0, "assumed: 384 numbers of 4 bytes, as much again for the index, and the passage's text"
    ),
    "embeddings_per_month": Assumption(0.25, 1.0, 4.0, "assumed: once a month; from once a season to every week"),
    "embedding_seconds": Assumption(0.005, 0.02, 0.2, "assumed: a small sentence encoder on one processor"),
    "storage_usd_per_gb_month": Assumption(
        0.02, 0.08, 0.30, "assumed around list prices of cloud storage: objects 0.023, block storage 0.08 (AWS)"
    ),
    "training_runs": Assumption(
        3.0, 6.0, 15.0, "assumed: failed, repeated and tuning fits for each one that is kept"
    ),
    "label_minutes": Assumption(0.5, 1.5, 5.0, "assumed: read a request, choose, check"),
    "second_label_share": Assumption(0.1, 0.2, 1.0, "assumed: a fifth is labelled twice to measure agreement"),
    "adjudicated_share": Assumption(0.02, 0.05, 0.15, "assumed: two annotators differ on a quarter of what both label"),
    "retry_share": Assumption(0.0, 0.01, 0.05, "assumed: timeouts and answers that cannot be read are asked again"),
    "token_price_change_per_month": _fixed(0.0, "assumed: no change of prices stated"),
    "cached_price_share": Assumption(
        0.1, 0.1, 0.5, "list prices: 0.1 at OpenAI and Mistral, 0.5 at Fireworks (their pages on prompt caching)"
    ),
    "batch_price_share": _fixed(0.5, "list prices: half price in the batch interfaces of OpenAI and Anthropic"),
    "evaluations_per_month": Assumption(1.0, 2.0, 8.0, "assumed: before each release, and once a month beside that"),
    "log_kb_per_request": Assumption(2.0, 6.0, 40.0, "assumed: request, answer, passages and timings as one trace"),
    "log_usd_per_gb": Assumption(
        0.10, 0.50, 2.50, "mode: list price of logs taken in (AWS CloudWatch, 0.50 USD/GB, June 2026); bounds assumed"
    ),
    "incident_hours": Assumption(3.0, 8.0, 30.0, "assumed: find, stop, repair, write up, for one or two people"),
    "strict_audit_factor": Assumption(
        1.5, 2.0, 3.0, "assumed: evidence per release, sign-off, external review under a strict audit"
    ),
    "review_minutes": Assumption(0.25, 0.5, 2.0, "assumed: read the request and the answer, approve"),
    "migrations_per_year": Assumption(
        0.25, 0.75, 2.0, "assumed: hosted models are retired one to two years after they appear, some earlier"
    ),
    "migration_weeks": Assumption(
        0.5, 1.5, 4.0, "assumed: change prompts, evaluate anew, compare on real traffic, roll out"
    ),
    "transfer_kb_per_request": Assumption(2.0, 8.0, 60.0, "assumed: a prompt of 500 to 15,000 tokens of 4 bytes"),
    "egress_usd_per_gb": Assumption(
        0.0, 0.09, 0.12, "mode: list price of data sent out (AWS, first 10 TB a month, 2026); 0 where not charged"
    ),
}  # fmt: skip

VOLUME_RANGE = (0.8, 1.0, 1.25)
"""A monthly volume that is stated as one number is right to about a quarter either way: assumed."""


def _by_family(
    pretrained: tuple[float, float, float],
    classical: tuple[float, float, float],
    fine_tuned: tuple[float, float, float],
    from_scratch: tuple[float, float, float],
    reason: str,
) -> dict[Family, Assumption]:
    source = f"assumed: {reason}"
    return {
        "pretrained": Assumption(*pretrained, source),
        "classical": Assumption(*classical, source),
        "fine_tuned": Assumption(*fine_tuned, source),
        "from_scratch": Assumption(*from_scratch, source),
    }


ASSUMED_BY_FAMILY: dict[str, dict[Family, Assumption]] = {
    "evaluation_weeks_per_year": _by_family(
        (0.25, 0.75, 2), (0.25, 0.75, 2), (0.5, 1.5, 4), (2, 4, 8), "new cases, broken checks, results read"
    ),
    "safety_weeks_per_year": _by_family(
        (0.1, 0.3, 1), (0.1, 0.3, 1), (0.25, 0.5, 2), (4, 8, 20), "attacks tried and findings closed, before releases"
    ),
    "observability_weeks_per_year": _by_family(
        (0.25, 0.5, 1.5), (0.25, 0.5, 1.5), (0.5, 1, 3), (3, 6, 12), "traces, dashboards, drift alarms"
    ),
    "governance_weeks_per_year": _by_family(
        (0.5, 1.25, 3), (0.5, 1.25, 3), (1, 2.5, 6), (4, 8, 16), "documents, reviews and approvals, standard audit"
    ),
    "incidents_per_year": _by_family(
        (0.25, 1, 4), (0.25, 1, 4), (0.5, 2, 6), (6, 16, 40),
        "more of one's own in the way of a request breaks more often",
    ),
    "owner_share": _by_family(
        (0.005, 0.02, 0.05), (0.005, 0.02, 0.05), (0.01, 0.04, 0.1), (0.1, 0.25, 0.5),
        "plan, decide and answer for it, beside the work that the other lines hold",
    ),
    "retrain_hours": _by_family(
        (4, 8, 24), (4, 8, 24), (4, 8, 24), (40, 80, 200), "refresh data, fit, evaluate, approve, release"
    ),
    "data_pipeline_weeks_per_year": {
        "from_scratch": Assumption(8, 16, 32, "assumed: collect, license, clean and version what it learns from")
    },
    "serving_weeks_per_year": {
        "from_scratch": Assumption(4, 8, 16, "assumed: runtime, capacity and upgrades of a model nobody else serves")
    },
}  # fmt: skip
"""What keeping a strategy of each family alive takes. One figure for a family: what a team needs for governance is the
same uncertain number for two prompts, and draws as one. The modes add up to about four engineer weeks a year for a
prompt or a classical model, eight for a tuned one, and more than a year of one engineer for a model of one's own, which
carries the whole lifecycle; retraining comes on top where it is done."""

APPROVAL_WEEKS: dict[str, tuple[float, float, float]] = {
    "standard": (0.5, 1.0, 2.0),
    "strict": (2.0, 4.0, 8.0),
    "unknown": (0.5, 2.0, 8.0),
}
"""Weeks from a finished system to permission to go live: assumed. When rung.yaml does not say how strict the audit is,
the range spans both cases instead of picking one."""

LABELLING_WEEKS_PER_LABEL = (1 / 1500, 1 / 800, 1 / 300)
"""Weeks to collect one adjudicated label: assumed, 300 to 1,500 labels a week for the whole team."""
