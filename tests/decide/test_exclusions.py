from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.decide.exclusions import breaches
from rung.estimate import Estimate, Missing, Provenance
from rung.task.task import Constraints

WEEKS = Estimate(6.0, 5.0, 8.5, "weeks", None, Provenance.ASSUMED, "planted")


@pytest.mark.parametrize(
    ("constraints", "facts", "name"),
    [
        (Constraints(deployment="on_prem"), {"hosted": True}, "deployment"),
        (Constraints(weights="owned"), {"weights": "open"}, "weights"),
        (Constraints(weights="open"), {"weights": "closed"}, "weights"),
        (Constraints(audit="strict"), {"weights": "closed"}, "audit"),
        (Constraints(audit="strict"), {"hosted": True}, "audit"),
        (Constraints(launch_weeks=8), {"weeks_to_launch": WEEKS}, "launch_weeks"),
        (Constraints(budget_usd=24_999), {}, "budget_usd"),
    ],
)
def test_a_broken_constraint_excludes_by_name(
    build: Any, constraints: Constraints, facts: dict[str, Any], name: str
) -> None:
    (found,) = breaches(constraints, build.evidence("s", **facts))
    assert (found.exclusion.constraint, found.unknown) == (name, False)
    assert found.exclusion.strategy == "s"


@pytest.mark.parametrize(
    ("constraints", "facts"),
    [
        (Constraints(), {"hosted": True, "weights": "closed"}),
        (Constraints(deployment="any", weights="any", audit="standard"), {"hosted": True, "weights": "closed"}),
        (Constraints(deployment="on_prem", audit="strict", weights="open"), {}),
        (Constraints(weights="owned"), {"weights": "none"}),
        (Constraints(launch_weeks=9), {"weeks_to_launch": WEEKS}),
        (Constraints(budget_usd=25_000), {}),
        (Constraints(machine="cpu-small"), {}),
    ],
)
def test_a_kept_constraint_says_nothing(build: Any, constraints: Constraints, facts: dict[str, Any]) -> None:
    assert breaches(constraints, build.evidence("s", **facts)) == ()


@pytest.mark.parametrize(
    ("constraints", "facts"),
    [
        (Constraints(deployment="on_prem"), {"hosted": None}),
        (Constraints(weights="open"), {"weights": None}),
        (Constraints(audit="strict"), {"weights": None}),
        (Constraints(launch_weeks=8), {"weeks_to_launch": Missing("not fitted")}),
        (Constraints(budget_usd=1), {"cost": None}),
    ],
)
def test_an_unknown_fact_blocks_and_does_not_exclude(
    build: Any, constraints: Constraints, facts: dict[str, Any]
) -> None:
    (found,) = breaches(constraints, build.evidence("s", **facts))
    assert found.unknown
    assert (
        "not known" in found.exclusion.because
        or "unknown" in found.exclusion.because
        or "not computed" in (found.exclusion.because)
        or "needs to know" in found.exclusion.because
    )


def test_the_budget_is_tested_at_the_ninetieth_percentile_and_not_at_the_median(build: Any) -> None:
    one = build.evidence("s", cost=build.year("s", 20_000))  # median 20,000, planted P90 25,000
    assert breaches(Constraints(budget_usd=22_000), one)


def test_the_launch_limit_is_tested_against_the_upper_bound(build: Any) -> None:
    assert breaches(Constraints(launch_weeks=7), build.evidence("s", weeks_to_launch=WEEKS))


@pytest.mark.parametrize(("months", "limit"), [(36.0, 60_000), (6.0, 1), (6.0, 60_000)])
def test_a_budget_of_twelve_months_is_not_held_against_another_horizon(build: Any, months: float, limit: float) -> None:
    usd = 80_000 if months > 12 else 20_000
    one = build.evidence("s", cost=replace(build.year("s", usd), months=months))
    (found,) = breaches(Constraints(budget_usd=limit), one)
    assert found.unknown
    assert f"{months:g} were priced" in found.exclusion.because


def test_a_longer_horizon_within_the_budget_holds_it(build: Any) -> None:
    one = build.evidence("s", cost=replace(build.year("s", 20_000), months=36.0))
    assert breaches(Constraints(budget_usd=25_000), one) == ()
