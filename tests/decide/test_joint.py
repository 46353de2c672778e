from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.decide.joint import analysis_of, barred_by
from rung.decide.meeting import Meeting, meeting
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Driven, Formula
from rung.economics.tco.simulate import Simulation, simulate
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Metrics
from rung.task.task import Constraints, Flow, Target

FLOWS = (Flow("web", 1000, 1.0, 4.0, 0.6, 0.02),)


def figure(value: float, spread: float, unit: str = "share", n: int = 100) -> Estimate:
    return Estimate(value, value - spread, value + spread, unit, n, Provenance.MEASURED, "run")


def measured(success: Figure, latency: Figure | None = None, edge: Figure | None = None) -> Metrics:
    return Metrics(
        {
            "task_success": success,
            "latency_p95_ms": latency or figure(500, 0, "ms"),
            "correction_rate": figure(0.2, 0.03),
        },
        {} if edge is None else {"edge": {"task_success": edge}},
        {},
    )


def simulation(draws: int = 4000, /, **strategies: tuple[float, float, float]) -> Simulation:
    """Strategies by name: success, half its interval, USD a request (below 0: unknown); 1,000 requests, each worth
    1 USD when it is accepted."""
    drivers, models = [], []
    for name, (success, spread, usd) in strategies.items():
        rate = f"task_success[{name}]"
        ends = (success - spread, success, success + spread)
        drivers.append(Driver(rate, "", "share", *ends, Provenance.MEASURED, "run", "p5_p95", most=1.0, n=100))
        accepted: Formula = Driven(rate) * 1000.0
        cost = Missing("no price") if usd < 0 else Driven(rate) * 0.0 + usd * 1000.0
        models.append(CostModel(name, (CostLine("calls", "monthly", cost, ""),), accepted, accepted))
    return simulate(CostCase(tuple(drivers), tuple(models), 1, 0), draws=draws)


def share(one: Figure | None) -> float:
    assert isinstance(one, Estimate)
    return one.value


def met(found: Meeting | Missing) -> float:
    assert isinstance(found, Meeting)
    return float(found.meets.mean())


def test_one_target_is_met_as_often_as_its_interval_says() -> None:
    # 80 % (75 to 85): at least 75 % in 95 draws of 100, at least 85 % in 5.
    one = simulation(a=(0.80, 0.05, 0.1))
    for minimum, expected in ((0.75, 0.95), (0.80, 0.5), (0.85, 0.05)):
        found = meeting(one, "a", measured(figure(0.80, 0.05)), [Target("task_success", minimum)], FLOWS)
        assert met(found) == pytest.approx(expected, abs=0.001)


def test_independent_targets_multiply_and_dependent_ones_do_not() -> None:
    one = simulation(a=(0.80, 0.05, 0.1))
    metrics = measured(figure(0.80, 0.05), figure(500, 100, "ms"))
    both = [Target("task_success", 0.80), Target("latency_p95_ms", maximum=500)]
    assert met(meeting(one, "a", metrics, both, FLOWS)) == pytest.approx(0.25, abs=0.03)
    # The correction rate falls exactly where success rises: both halves are the same half.
    both = [Target("task_success", 0.80), Target("correction_rate", maximum=0.2)]
    assert met(meeting(one, "a", metrics, both, FLOWS)) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("items", "expected"), [(100, 0.5), (25, 0.25 + np.arcsin(0.5) / (2 * np.pi)), (0, 0.25)])
def test_a_segment_moves_with_the_whole_as_far_as_it_is_part_of_it(items: int, expected: float) -> None:
    # Two standard normals with correlation r are both above 0 in 1/4 + arcsin(r) / 2 pi of all draws.
    one = simulation(20_000, a=(0.80, 0.05, 0.1))
    metrics = measured(figure(0.80, 0.05), edge=figure(0.6, 0.1, n=items))
    targets = [Target("task_success", 0.80), Target("task_success", 0.6, segment="edge")]
    assert met(meeting(one, "a", metrics, targets, FLOWS)) == pytest.approx(expected, abs=0.012)


def test_the_cost_per_success_is_that_of_the_simulation() -> None:
    one = simulation(a=(0.80, 0.05, 0.1))
    target = Target("cost_per_success_usd", maximum=0.125)
    metrics = measured(figure(0.8, 0.05))
    assert isinstance(meeting(one, "a", metrics, [target], FLOWS), Missing)
    # 100 USD over 1,000 x success: at most 0.125 USD where success is at least .8.
    metrics.overall["cost_per_success_usd"] = figure(0.125, 0.01, "USD")
    found = meeting(one, "a", metrics, [target], FLOWS)
    assert isinstance(found, Meeting)
    assert np.array_equal(found.meets, 100 / (1000 * one.drivers["task_success[a]"]) <= 0.125)


def test_the_cheaper_one_wins_among_those_that_meet() -> None:
    one = simulation(cheap=(0.80, 0.05, 0.1), dear=(0.90, 0.01, 0.3), poor=(0.50, 0.01, 0.01))
    metrics = {
        "cheap": measured(figure(0.80, 0.05)),
        "dear": measured(figure(0.90, 0.01)),
        "poor": measured(figure(0.5, 0.01)),
    }
    found = analysis_of(one, metrics, [Target("task_success", 0.80)], FLOWS)
    at = {row.strategy: row for row in found.standings}
    assert share(at["cheap"].meets_all) == pytest.approx(0.5, abs=0.01)
    assert share(at["cheap"].cheapest) == 1.0
    assert share(at["dear"].meets_all) == 1.0
    assert share(at["dear"].cheapest) == pytest.approx(0.5, abs=0.01)
    assert share(at["poor"].meets_all) == 0.0
    assert isinstance(at["poor"].cheapest, Missing)
    assert set(found.in_question) == {"cheap", "dear"}
    assert found.best == "cheap"


def test_regret_is_measured_from_the_best_that_meets() -> None:
    # Net benefit: cheap 1000 x success - 100 where it meets, dear 1000 x (.9 - .3) = 600 in every draw.
    one = simulation(20_000, cheap=(0.80, 0.05, 0.1), dear=(0.90, 1e-9, 0.3))
    metrics = {"cheap": measured(figure(0.80, 0.05)), "dear": measured(figure(0.90, 1e-9))}
    found = analysis_of(one, metrics, [Target("task_success", 0.80)], FLOWS)
    success = one.drivers["task_success[cheap]"]
    cheap = 1000 * success - 100
    best = np.where(success >= 0.80, np.maximum(cheap, 600.0), 600.0)
    at = {row.strategy: row for row in found.standings}
    assert share(at["dear"].regret_usd) == pytest.approx(float(np.mean(best - 600.0)), abs=0.5)
    assert share(at["cheap"].regret_usd) == pytest.approx(float(np.maximum(best - cheap, 0).mean()), abs=0.5)
    assert isinstance(found.feasible_information_usd, Estimate)
    # dear is the choice as long as nothing more is known: it always meets.
    assert found.feasible_information_usd.value == share(at["dear"].regret_usd)


def test_a_cheap_one_that_hardly_ever_meets_does_not_make_knowing_worthless() -> None:
    # It brings more than any other in every draw, and meets in one of ten.
    one = simulation(4000, cheap=(0.80, 0.05, 0.0), dear=(0.90, 0.01, 0.4), never=(0.6, 0.01, 0.0))
    metrics = {
        "cheap": measured(figure(0.80, 0.05)),
        "dear": measured(figure(0.90, 0.01)),
        "never": measured(figure(0.6, 0.01)),
    }
    found = analysis_of(one, metrics, [Target("task_success", 0.839)], FLOWS)
    at = {row.strategy: row for row in found.standings}
    meets = share(at["cheap"].meets_all)
    assert meets == pytest.approx(0.1, abs=0.01)
    assert share(at["cheap"].regret_usd) == 0.0
    success = one.drivers["task_success[cheap]"]
    lost = np.where(success >= 0.839, success * 1000 - (one.drivers["task_success[dear]"] * 1000 - 400), 0.0)
    assert share(found.feasible_information_usd) == pytest.approx(float(lost.mean()), rel=0.02)
    assert isinstance(at["never"].regret_usd, Missing)


def test_what_may_not_be_chosen_is_not_in_question_and_nobody_regrets_it() -> None:
    one = simulation(hosted=(0.90, 0.01, 0.0), own=(0.90, 0.01, 0.4))
    metrics = {name: measured(figure(0.90, 0.01)) for name in ("hosted", "own")}
    targets = [Target("task_success", 0.80)]
    found = analysis_of(one, metrics, targets, FLOWS, barred={"hosted": "deployment: requests leave"})
    at = {row.strategy: row for row in found.standings}
    assert found.in_question == ("own",)
    assert found.best == "own"
    assert share(at["own"].regret_usd) == 0.0
    assert share(at["hosted"].meets_all) == 1.0
    assert at["hosted"].cheapest == Missing("hosted may not be chosen: deployment: requests leave")
    assert found.notes == ("hosted may not be chosen (deployment: requests leave), so it is not in question",)


def test_where_every_strategy_is_ruled_out_no_choice_flips_and_none_is_worth_informing() -> None:
    one = simulation(a=(0.90, 0.05, 0.2), b=(0.90, 0.05, 0.2))
    metrics = {name: measured(figure(0.90, 0.05)) for name in ("a", "b")}
    targets = [Target("task_success", 0.80)]
    assert analysis_of(one, metrics, targets, FLOWS).samples  # it would be worth a lot, were there a choice
    found = analysis_of(one, metrics, targets, FLOWS, barred={"a": "budget_usd: above", "b": "budget_usd: above"})
    assert (found.best, found.in_question, found.flips, found.worth_measuring, found.samples) == (None, (), (), (), ())
    assert isinstance(found.perfect_information_usd, Missing)
    assert found.candidates == ("a", "b")


def test_reasons_against_a_strategy_are_those_that_are_shown(build: Any) -> None:
    """Over the budget and late: both. What is merely unknown, and what was never measured, bars nothing."""
    constraints = Constraints(budget_usd=24_999, launch_weeks=4, deployment="on_prem")
    strategies = [
        build.evidence("dear"),
        build.evidence("open", cost=build.year("open", 10_000), weeks_to_launch=Missing("not fitted"), hosted=None),
        build.evidence("never", success=None),
    ]
    found = barred_by(constraints, strategies)
    assert set(found) == {"dear"}
    assert "budget_usd: " in found["dear"]
    assert "launch_weeks: " in found["dear"]


def test_a_stated_value_is_what_counts_even_before_anything_has_a_total() -> None:
    one = simulation(a=(0.90, 0.01, -1.0))
    found = analysis_of(one, {"a": measured(figure(0.90, 0.01))}, [Target("task_success", 0.80)], FLOWS)
    assert found.candidates == ()
    assert found.objective == "net_benefit"


def test_a_strategy_with_an_unmeasured_target_is_named_and_not_lost() -> None:
    one = simulation(a=(0.90, 0.01, 0.1), b=(0.90, 0.01, 0.1))
    metrics = {"a": measured(figure(0.90, 0.01)), "b": measured(Missing("not run"))}
    found = analysis_of(one, metrics, [Target("task_success", 0.80)], FLOWS)
    assert found.in_question == ("a",)
    assert found.notes == ("b is not in question while task_success is unknown: not run",)


def test_the_order_of_the_strategies_changes_no_standing() -> None:
    made = {"a": (0.80, 0.05, 0.1), "b": (0.82, 0.02, 0.15), "c": (0.9, 0.03, 0.3)}
    metrics = {name: measured(figure(success, spread)) for name, (success, spread, _) in made.items()}
    forward = analysis_of(simulation(1000, **made), metrics, [Target("task_success", 0.8)], FLOWS)
    turned = {name: made[name] for name in reversed(made)}
    backward = analysis_of(
        simulation(1000, **turned), dict(reversed(metrics.items())), [Target("task_success", 0.8)], FLOWS
    )
    assert {one.strategy: one for one in forward.standings} == {one.strategy: one for one in backward.standings}
    assert forward.feasible_information_usd == backward.feasible_information_usd


def test_what_is_not_known_is_missing_and_neither_all_nor_nothing() -> None:
    one = simulation(a=(0.80, 0.05, 0.1))
    metrics = {"a": measured(Missing("not run", "rung run a"))}
    (row,) = analysis_of(one, metrics, [Target("task_success", 0.8)], FLOWS).standings
    assert row.meets_all == row.cheapest == Missing("task_success is unknown: not run", "rung run a")
    (row,) = analysis_of(one, {"a": measured(figure(0.8, 0.05))}, [], FLOWS).standings
    assert isinstance(row.meets_all, Missing)
    assert "no targets" in row.meets_all.because


def test_a_strategy_without_a_full_price_still_has_its_chance_of_meeting() -> None:
    one = simulation(a=(0.80, 0.05, -1.0))
    metrics = {"a": measured(figure(0.8, 0.05))}
    (row,) = analysis_of(one, metrics, [Target("task_success", 0.75)], FLOWS).standings
    assert share(row.meets_all) == pytest.approx(0.95, abs=0.001)
    assert isinstance(row.regret_usd, Missing)


def test_where_none_meets_nothing_is_cheapest_and_it_is_said() -> None:
    one = simulation(a=(0.80, 0.05, 0.1), b=(0.7, 0.05, 0.2))
    metrics = {"a": measured(figure(0.80, 0.05)), "b": measured(figure(0.7, 0.05))}
    found = analysis_of(one, metrics, [Target("task_success", 0.999)], FLOWS)
    assert all(isinstance(row.regret_usd, Missing) for row in found.standings)
    assert found.feasible_information_usd is None
    assert set(found.in_question) == {"a", "b"}
    assert "no strategy meets all targets" in found.notes[0]


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.tuples(st.floats(0.3, 0.95), st.floats(0.005, 0.05), st.floats(0.0, 1.0)),
        min_size=1,
    ),
    st.floats(0.2, 0.99),
)
def test_standings_are_shares_and_regrets_whatever_is_compared(
    made: dict[str, tuple[float, float, float]], minimum: float
) -> None:
    one = simulation(500, **made)
    metrics = {name: measured(figure(success, spread)) for name, (success, spread, _) in made.items()}
    found: Any = analysis_of(one, metrics, [Target("task_success", minimum)], FLOWS)
    for row in found.standings:
        assert 0.0 <= share(row.meets_all) <= 1.0
        assert isinstance(row.cheapest, Missing) or 0.0 <= row.cheapest.value <= 1.0
        assert isinstance(row.regret_usd, Missing) or row.regret_usd.value >= 0.0
