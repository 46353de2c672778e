from __future__ import annotations

from dataclasses import replace
from typing import Any

from rung.decide.decision import Trigger
from rung.decide.procedure import choose_candidate, conclude
from rung.decide.triggers import _flips
from rung.economics.tco.analyse import analyse
from rung.economics.tco.analysis import CostAnalysis
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Driven
from rung.economics.tco.simulate import simulate
from rung.estimate import Estimate, Missing, Provenance
from rung.task.task import Lifecycle

NO_PLAN = Lifecycle()
WEEKS = Estimate(4.0, 3.0, 6.0, "weeks", None, Provenance.ASSUMED, "planted")


def reopened(
    build: Any,
    *,
    family: str = "pretrained",
    lifecycle: Lifecycle = NO_PLAN,
    weeks: Estimate | Missing = WEEKS,
    current: str | None = None,
) -> list[Trigger]:
    evidence = replace(build.evidence("prompt", 0.9, family, 10), weeks_to_launch=weeks)
    of = build.task(lifecycle=lifecycle, current=current)
    inputs = build.dev(evidence, of=of)
    choice = choose_candidate(inputs)
    return list(conclude(inputs, choice, build.sealed("prompt") if choice.candidate else None).reopen_when)


def named(triggers: list[Trigger]) -> dict[str, Trigger]:
    return {one.name: one for one in triggers}


def test_a_model_that_retires_reopens_the_decision_early_enough_to_change(build: Any) -> None:
    found = named(reopened(build, lifecycle=Lifecycle(model_retires_on="2027-03-31")))
    # Six weeks, the upper end, before the last day of March.
    assert found["model_retirement"].threshold == "from 2027-02-17"
    assert "2027-03-31" in found["model_retirement"].because


def test_a_retirement_without_a_lead_time_says_so(build: Any) -> None:
    found = named(reopened(build, lifecycle=Lifecycle(model_retires_on="2027-03-31"), weeks=Missing("not fitted")))
    assert found["model_retirement"].threshold == "before 2027-03-31"
    assert "is not known" in found["model_retirement"].because


def test_without_a_retirement_date_nothing_is_made_up(build: Any) -> None:
    assert "model_retirement" not in named(reopened(build))


def test_only_weights_of_ones_own_are_retrained(build: Any) -> None:
    plan = Lifecycle(1000.0, 90.0, "x")
    found = named(reopened(build, family="classical", lifecycle=plan, current="prompt"))
    assert found["retraining_due"].threshold == "90 days after the decision"
    assert "retraining_due" not in named(reopened(build, lifecycle=plan))
    unplanned = Lifecycle(1000.0, None, "x")
    assert "retraining_due" not in named(reopened(build, family="classical", lifecycle=unplanned, current="prompt"))


def test_each_target_of_the_candidate_is_watched_for_drift(build: Any) -> None:
    drift = [one for one in reopened(build) if one.name == "drift"]
    assert drift[0].watch == "task success in production"
    assert drift[0].threshold == "shown to be below 80%"
    assert len(drift) == len(build.task().targets)


def test_every_decision_is_reopened_when_what_was_asked_changes(build: Any) -> None:
    assert reopened(build)[-1].name == "statement_change"


def machine_against_calls(call: float) -> CostAnalysis:
    drivers = (
        Driver("requests_per_month", "", "requests/month", 1e5, 1e5, 1e5, Provenance.ASSUMED, "test", least=1.0),
        Driver("machine_usd_per_hour", "", "USD/hour", 2.5, 2.5, 2.5, Provenance.ASSUMED, "test"),
        Driver("usd_per_call[calls]", "", "USD/request", call, call, call, Provenance.ASSUMED, "test"),
    )
    calls = CostLine("all", "monthly", Driven("requests_per_month") * Driven("usd_per_call[calls]"), "")
    machine = CostLine("all", "monthly", Driven("machine_usd_per_hour") * 730.0, "")
    unknown = Missing("not said")
    models = tuple(
        CostModel(name, (line,), unknown, unknown) for name, line in (("calls", calls), ("machine", machine))
    )
    return analyse(simulate(CostCase(drivers, models, 1, 0), draws=50))


def test_a_price_and_a_volume_that_flip_the_choice_are_watched() -> None:
    analysis = machine_against_calls(0.004)
    found = _flips(analysis, ("usd_per_call", "machine_usd_per_hour"), "price_change")
    # 1,825 USD over 100,000 requests; 400 USD over 730 hours.
    assert {one.watch: one.threshold for one in found} == {
        "usd_per_call[calls]": "above 0.01825 USD/request",
        "machine_usd_per_hour": "below 0.5479 USD/hour",
    }
    (volume,) = _flips(analysis, ("requests_per_month",), "volume")
    assert volume.threshold == "above 456,250 requests/month"


def test_a_choice_that_no_price_flips_has_no_price_trigger() -> None:
    assert _flips(machine_against_calls(1e-9), ("usd_per_call", "machine_usd_per_hour"), "price_change") == []
    assert _flips(None, ("usd_per_call",), "price_change") == []
