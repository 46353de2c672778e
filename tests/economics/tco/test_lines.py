"""Years worked out by hand, one line at a time: every driver is set to one number, so that nothing is drawn."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rung.economics import SharedFacts, StrategyFacts, TokenPrice, cost_case, simulate
from rung.economics.tco.simulate import monthly_usd
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Constraints, DriverChoice, EndpointChoice, Flow, JudgeChoice, Lifecycle

SHARED = SharedFacts(eval_items=300, index_entries=2_000, train_items=500, today="2026-01-10T00:00:00Z")


def fixed(**values: float) -> tuple[DriverChoice, ...]:
    return tuple(DriverChoice(name, value, value, value) for name, value in values.items())


def lines(
    planted: Any, facts: StrategyFacts, stated: dict[str, float], shared: SharedFacts = SHARED, **task: Any
) -> dict[str, float]:
    """USD by line with one draw in which the shared unknowns are round numbers; `stated` goes before them."""
    base = {"requests_per_month": 10_000.0, "engineer_week_usd": 4_000.0}
    found = simulate(
        cost_case(planted.task(drivers=fixed(**{**base, **stated}), **task), [facts], shared), draws=1
    ).strategies[facts.card.name]
    return {name: float(usd[0]) for name, usd in found.lines_usd.items()}


def facts(planted: Any, family: str = "pretrained", **changes: Any) -> StrategyFacts:
    card = planted.card("s", family, **changes.pop("card", {}))
    known = {"metrics": planted.metrics(), "latency": planted.latency(), "fit_seconds": 7_200.0}
    return StrategyFacts(card, **{**known, **changes})


CALL = exact(0.002, "USD", Provenance.MEASURED, "rows")


def test_building_takes_weeks_of_an_engineer_once(planted: Any) -> None:
    assert lines(planted, facts(planted), {"integration_weeks[s]": 3})["build and integration"] == 12_000


def test_a_model_paid_by_the_hour_is_whole_machines_for_the_peak(planted: Any) -> None:
    # 2,628,000 requests a month is one a second; 4 at peak, .5 s each is a load of 2; 2 / .65 = 3.08: four machines,
    # .10 USD x 8,760 hours each.
    stated = {"requests_per_month": 2_628_000, "peak_factor": 4, "utilisation_cap": 0.65}
    found = lines(planted, facts(planted, latency=planted.latency(500)), stated)
    assert found["serving machines"] == pytest.approx(4 * 876)


@pytest.mark.parametrize(
    ("machine", "provenance"),
    [("cpu-test", Provenance.MEASURED), ("cpu-small", Provenance.MODELLED), (None, Provenance.MODELLED)],
)
def test_a_time_taken_on_another_machine_than_the_task_s_own_is_modelled(
    planted: Any, machine: str | None, provenance: Provenance
) -> None:
    one = facts(planted, latency=replace(planted.latency(), machine="cpu-test"))
    case = cost_case(planted.task(constraints=Constraints(machine=machine)), [one], SHARED)
    assert case.driver("seconds_per_request[s]").provenance is provenance


def test_one_machine_stays_on_however_little_comes_and_two_where_two_are_asked_for(planted: Any) -> None:
    stated = {"peak_factor": 4.0, "utilisation_cap": 0.65}
    assert lines(planted, facts(planted), stated)["serving machines"] == pytest.approx(876)
    stated["replicas_at_least"] = 2.0
    assert lines(planted, facts(planted), stated)["serving machines"] == pytest.approx(2 * 876)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(1, 1e8), st.floats(1, 10), st.integers(1, 10_000), st.floats(0.05, 1))
def test_the_peak_never_takes_more_than_the_cap_of_the_machines(
    planted: Any, volume: float, peak: float, milliseconds: int, cap: float
) -> None:
    stated = {"requests_per_month": volume, "peak_factor": peak, "utilisation_cap": cap}
    found = lines(planted, facts(planted, latency=planted.latency(milliseconds)), stated)
    machines = found["serving machines"] / 876
    load = volume / 2_628_000 * peak * milliseconds / 1000
    assert machines == pytest.approx(round(machines))
    assert load / round(machines) <= cap * (1 + 1e-9)
    assert round(machines) == 1 or load / (round(machines) - 1) > cap * (1 - 1e-9)


def test_machines_step_up_in_the_month_in_which_growth_needs_them(planted: Any) -> None:
    # A load of .6 of one machine's cap that grows by 30 % a month: .6, .78, 1.014, 1.318, ... 1, 1, 2, 2, ...
    stated = {
        "requests_per_month": 2_628_000 * 0.6, "peak_factor": 1.0, "utilisation_cap": 0.5,
        "seconds_per_request[s]": 0.5, "volume_growth_per_month": 0.3, "integration_weeks[s]": 0,
    }  # fmt: skip
    case = cost_case(
        planted.task(drivers=fixed(engineer_week_usd=0, wage_usd_per_hour=0, log_usd_per_gb=0, **stated), months=6),
        [facts(planted)],
        SHARED,
    )
    found = simulate(case, draws=1)
    amounts = monthly_usd(case, found.drivers, "s")
    assert amounts is not None
    assert amounts[:, 0] == pytest.approx([73 * ceil(0.6 * 1.3**month) for month in range(6)])


def test_calls_are_paid_by_the_request_and_again_when_they_fail(planted: Any) -> None:
    found = lines(planted, facts(planted, calls_usd=CALL), {"retry_share": 0.05})
    assert found["metered model calls"] == pytest.approx(10_000 * 0.002 * 1.05 * 12)
    assert found["serving machines"] == pytest.approx(876)


def test_tokens_are_paid_by_the_million(planted: Any) -> None:
    # 1,000 tokens at 2 USD and 100 at 10 USD a million are .003 USD; half from the cache at a tenth: .0021.
    sent, written = (exact(count, "tokens/request", Provenance.MEASURED, "rows") for count in (1000.0, 100.0))
    one = facts(planted, calls_usd=CALL, input_tokens=sent, output_tokens=written)
    shared = SharedFacts(eval_items=300, token_price=TokenPrice(2.0, 10.0, "list"))
    stated = {"retry_share": 0.0}
    assert lines(planted, one, stated, shared)["metered model calls"] == pytest.approx(120_000 * 0.003)
    stated |= {"cached_share": 0.5, "cached_price_share": 0.1}
    assert lines(planted, one, stated, shared)["metered model calls"] == pytest.approx(120_000 * 0.0021)
    stated |= {"batch_share": 0.4}
    assert lines(planted, one, stated, shared)["metered model calls"] == pytest.approx(120_000 * 0.0021 * 0.8)


def test_a_falling_price_of_tokens_is_followed_month_by_month(planted: Any) -> None:
    stated = {"retry_share": 0.0, "token_price_change_per_month": -0.1}
    found = lines(planted, facts(planted, calls_usd=CALL), stated, months=3)
    assert found["metered model calls"] == pytest.approx(10_000 * 0.002 * (1 + 0.9 + 0.81))


def test_the_calls_of_evaluations_follow_it_too(planted: Any) -> None:
    stated = {"evaluations_per_month": 2.0, "token_price_change_per_month": -0.1}
    found = lines(planted, facts(planted, calls_usd=CALL), stated, months=3)
    assert found["evaluation calls"] == pytest.approx(300 * 2 * 0.002 * (1 + 0.9 + 0.81))


def test_what_was_measured_is_better_known_by_more_items_and_not_by_the_same_run_again(planted: Any) -> None:
    case = cost_case(planted.task(), [facts(planted)], SHARED)
    success = next(one for one in case.drivers if one.name.startswith("task_success"))
    assert success.remedy == "more labelled items"


def test_annotation_is_the_stated_budget_or_the_stated_labels(planted: Any) -> None:
    one = facts(planted, "fine_tuned")
    assert lines(planted, one, {})["annotation and adjudication"] == 8_000
    # 1,200 labels of 2 minutes at 30 USD an hour are 1,200 USD; a fifth made twice and a tenth settled: x 1.3.
    stated = {"labels_to_collect": 1200.0, "label_minutes": 2.0, "second_label_share": 0.2, "adjudicated_share": 0.1}
    assert lines(planted, one, stated)["annotation and adjudication"] == pytest.approx(1_560)
    assert "annotation and adjudication" not in lines(planted, facts(planted), {})


@pytest.mark.parametrize(("months", "years"), [(1, 1), (12, 1), (13, 2), (36, 3)])
def test_the_budget_of_labels_is_paid_at_the_start_of_each_year_and_stated_labels_once(
    planted: Any, months: int, years: int
) -> None:
    one = facts(planted, "fine_tuned")
    assert lines(planted, one, {}, months=months)["annotation and adjudication"] == 8_000 * years
    stated = {"labels_to_collect": 1200.0, "label_minutes": 2.0, "second_label_share": 0.2, "adjudicated_share": 0.1}
    assert lines(planted, one, stated, months=months)["annotation and adjudication"] == pytest.approx(1_560)


def test_training_pays_for_failed_fits_too(planted: Any) -> None:
    # Two hours a fit, six fits, .10 USD an hour.
    assert lines(planted, facts(planted, "fine_tuned"), {"training_runs": 6})[
        "training and experiments"
    ] == pytest.approx(1.2)


@pytest.mark.parametrize(("days", "months"), [(90, [3, 6, 9, 12]), (365, [12]), (182.5, [6, 12]), (400, [])])
def test_a_retraining_is_paid_in_the_month_in_which_it_falls_due(planted: Any, days: float, months: list[int]) -> None:
    names = ("evaluation", "observability", "governance")
    stated = {f"{name}_weeks_per_year.fine_tuned": 0.0 for name in names}
    stated |= {
        "owner_share.fine_tuned": 0, "incidents_per_year.fine_tuned": 0, "wage_usd_per_hour": 0, "log_usd_per_gb": 0,
        "requests_per_month": 10, "engineer_week_usd": 4000, "training_runs": 6, "retrain_hours.fine_tuned": 10,
    }  # fmt: skip
    of = planted.task(lifecycle=Lifecycle(0, days, "x"), drivers=fixed(**stated))
    case = cost_case(of, [facts(planted, "fine_tuned", card={"integration_weeks": (0.0, 0.0, 0.0)})], SHARED)
    amounts = monthly_usd(case, simulate(case, draws=1).drivers, "s")
    assert amounts is not None
    # Six fits of two hours at .10 and ten hours at 100 USD: 1,001.20 beside 73 for the machine, and the fits before.
    first = [1.2 if month == 1 else 0.0 for month in range(1, 13)]
    expected = [73 + once + (1001.2 if month in months else 0) for month, once in enumerate(first, start=1)]
    assert amounts[:, 0] == pytest.approx(expected)


def test_an_index_has_to_be_kept_embedded_and_stored(planted: Any) -> None:
    stated = {
        "index_upkeep_hours": 2.0, "embeddings_per_month": 1.0, "embedding_seconds": 0.36, "entry_kb": 5.0,
        "storage_usd_per_gb_month": 0.1,
    }  # fmt: skip
    found = lines(planted, facts(planted, card={"owns": ("index", "corpus")}), stated)
    assert found["retrieval index upkeep"] == pytest.approx(2 * 100 * 12)
    # 2,000 entries: .2 hours at .10 USD, and .01 GB at .10 USD, each month.
    assert found["embedding and index storage"] == pytest.approx((0.02 + 0.001) * 12)
    shots = lines(planted, facts(planted, card={"owns": ("index",)}), stated)
    assert shots["embedding and index storage"] == pytest.approx((0.02 + 0.001) * 12 / 4)


def test_evaluations_of_a_paid_model_are_paid(planted: Any) -> None:
    found = lines(planted, facts(planted, calls_usd=CALL), {"evaluations_per_month": 2.0})
    assert found["evaluation calls"] == pytest.approx(300 * 2 * 0.002 * 12)
    assert "evaluation calls" not in lines(planted, facts(planted), {})


def test_a_paid_judge_is_unknown_until_its_price_is_stated(planted: Any) -> None:
    judge = JudgeChoice("Is it polite?", EndpointChoice("https://models.example.com/v1", "judge"))
    shared = SharedFacts(eval_items=300, judge_usd=Missing("not measured", "set drivers.judge_usd_per_call"))
    one = facts(planted)
    model = cost_case(planted.task(judge=judge), [one], shared).models[0]
    assert [line.name for line in model.unknown] == ["judge calls"]
    stated = {"judge_usd_per_call": 0.01, "evaluations_per_month": 1.0}
    assert lines(planted, one, stated, shared, judge=judge)["judge calls"] == pytest.approx(300 * 0.01 * 12)


def test_weeks_of_the_year_are_spread_over_its_months(planted: Any) -> None:
    stated = {
        "safety_weeks_per_year.pretrained": 2.0, "governance_weeks_per_year.pretrained": 3.0,
        "evaluation_weeks_per_year.pretrained": 1.0, "owner_share.pretrained": 0.1,
        "incidents_per_year.pretrained": 4.0, "incident_hours": 10.0,
    }  # fmt: skip
    found = lines(planted, facts(planted), stated, months=6)
    assert found["safety evaluation and red team"] == pytest.approx(4_000)
    assert found["governance and audit"] == pytest.approx(6_000)
    assert found["evaluation"] == pytest.approx(2_000)
    assert found["ownership"] == pytest.approx(0.1 * 26 * 4_000)
    assert found["incident response"] == pytest.approx(2 * 10 * 100)


def test_a_strict_audit_multiplies_the_governance_line(planted: Any) -> None:
    stated = {"governance_weeks_per_year.pretrained": 3.0, "strict_audit_factor": 2.0}
    strict = Constraints(audit="strict")
    found = lines(planted, facts(planted), stated, constraints=strict)
    assert found["governance and audit"] == pytest.approx(24_000)


def test_logs_are_paid_by_the_gigabyte(planted: Any) -> None:
    stated = {
        "observability_weeks_per_year.pretrained": 0.0, "log_kb_per_request": 10.0, "log_usd_per_gb": 0.5,
        "requests_per_month": 1_000_000.0,
    }  # fmt: skip
    assert lines(planted, facts(planted), stated)["observability"] == pytest.approx(10 * 0.5 * 12)


def test_corrections_are_paid_by_the_hour(planted: Any) -> None:
    # 120,000 requests; .2 x .5 + .8 x .1 = .18 corrected, 3 minutes at 30 USD an hour: 32,400 USD.
    assert lines(planted, facts(planted), {"task_success[s]": 0.8})["human correction"] == pytest.approx(32_400)


def test_a_flow_with_its_own_success_is_priced_by_it(planted: Any) -> None:
    known = planted.metrics(0.8)
    known.by_flow["web"] = {"task_success": exact(1.0, "share", Provenance.MEASURED, "planted")}
    assert lines(planted, facts(planted, metrics=known), {})["human correction"] == pytest.approx(120_000 * 0.1 * 1.5)
    # What the team states of the whole goes before what was measured of the part.
    stated = {"task_success[s]": 0.8}
    assert lines(planted, facts(planted, metrics=known), stated)["human correction"] == pytest.approx(32_400)


def test_splitting_a_flow_in_two_costs_the_same(planted: Any) -> None:
    # One model's success does not average out over flows: both halves must rise and fall together.
    half = Flow("web", 20_000, 1.2, 3.0, 0.5, 0.1)
    two = (half, Flow("app", 20_000, 1.2, 3.0, 0.5, 0.1))
    whole, split = (
        simulate(cost_case(planted.task(**changes), [facts(planted)], SHARED)).strategies["s"]
        for changes in ({}, {"flows": two})
    )
    assert split.lines_usd["human correction"] == pytest.approx(whole.lines_usd["human correction"])


def test_two_flows_are_weighted_by_their_requests(planted: Any) -> None:
    flows = (Flow("web", 30_000, 1.0, 2.0, 1.0, 0.0), Flow("app", 10_000, 1.0, 6.0, 1.0, 0.0))
    found = lines(planted, facts(planted), {"task_success[s]": 0.5, "requests_per_month": 40_000}, flows=flows)
    # Half of 30,000 at 1 USD and half of 10,000 at 3 USD, each month.
    assert found["human correction"] == pytest.approx((15_000 * 1 + 5_000 * 3) * 12)


def test_answers_are_read_first_only_where_that_is_said(planted: Any) -> None:
    assert "human review" not in lines(planted, facts(planted), {})
    stated = {"review_share": 0.25, "review_minutes": 0.5}
    assert lines(planted, facts(planted), stated)["human review"] == pytest.approx(120_000 * 0.25 * 0.25)


def test_what_leaves_is_paid_by_the_gigabyte_only_where_it_leaves(planted: Any) -> None:
    stated = {"transfer_kb_per_request": 50.0, "egress_usd_per_gb": 0.1, "requests_per_month": 1_000_000.0}
    hosted = facts(planted, calls_usd=CALL, hosted=True)
    assert lines(planted, hosted, stated)["egress"] == pytest.approx(50 * 0.1 * 12)
    assert "egress" not in lines(planted, facts(planted), {})


@pytest.mark.parametrize(
    ("on", "month"), [("2026-04-11", 3), ("2025-12-31", 1), ("2026-01-20", 1), ("2027-06-01", None)]
)
def test_a_model_with_a_date_is_left_in_that_month(planted: Any, on: str, month: int | None) -> None:
    one = facts(planted, calls_usd=CALL, hosted=True)
    stated = fixed(requests_per_month=10, engineer_week_usd=4_000, migration_weeks=2)
    case = cost_case(planted.task(lifecycle=Lifecycle(0, 90, "x", on), drivers=stated), [one], SHARED)
    line = next(one for one in case.models[0].lines if one.name == "model retirement and migration")
    assert not isinstance(line.usd, Missing)
    found = simulate(case, draws=1)
    assert found.strategies["s"].lines_usd[line.name][0] == pytest.approx(8_000 if month else 0)


def test_a_model_without_a_date_is_left_as_often_as_models_are(planted: Any) -> None:
    one = facts(planted, calls_usd=CALL, hosted=True)
    stated = {"migrations_per_year": 0.5, "migration_weeks": 2.0}
    assert lines(planted, one, stated)["model retirement and migration"] == pytest.approx(4_000)
    assert "model retirement and migration" not in lines(planted, facts(planted), {})


def test_only_strategies_that_learn_are_trained_and_retrained(planted: Any) -> None:
    learning = {"training and experiments", "retraining"}
    assert learning <= set(lines(planted, facts(planted, "classical"), {}))
    assert not learning & set(lines(planted, facts(planted), {}))


def test_a_model_of_ones_own_carries_the_whole_lifecycle(planted: Any) -> None:
    own = set(lines(planted, facts(planted, "from_scratch"), {}))
    assert own >= {
        "build and integration", "annotation and adjudication", "training and experiments", "retraining",
        "data pipeline", "serving machines", "serving operations", "evaluation", "safety evaluation and red team",
        "observability", "incident response", "governance and audit", "ownership", "human correction",
    }  # fmt: skip
    assert not {"data pipeline", "serving operations"} & set(lines(planted, facts(planted, "fine_tuned"), {}))


def test_accepted_outcomes_are_the_right_ones_and_worth_what_is_said(planted: Any) -> None:
    case = cost_case(
        planted.task(drivers=fixed(requests_per_month=1_000, **{"task_success[s]": 0.7})), [facts(planted)], SHARED
    )
    one = simulate(case, draws=1).strategies["s"]
    assert one.accepted == pytest.approx([8_400])
    assert one.value_usd == pytest.approx([8_400 * 1.2])


def test_the_log_tells_the_volume_before_the_statement_unless_it_is_a_sample(planted: Any) -> None:
    def volume(logged: float) -> Any:
        figure = Estimate(logged, 0.9 * logged, 1.1 * logged, "requests/month", 4, Provenance.VALIDATED, "log")
        case = cost_case(planted.task(), [facts(planted)], SharedFacts(requests_per_month=figure, eval_items=1))
        return case.driver("requests_per_month")

    assert (volume(30_000.0).mode, volume(30_000.0).provenance) == (30_000.0, Provenance.VALIDATED)
    sample = volume(400.0)
    assert (sample.low, sample.mode, sample.high) == (32_000, 40_000, 50_000)
    assert sample.provenance is Provenance.ASSUMED
    assert "taken for a sample" in sample.source


def test_a_machine_of_two_fifty_an_hour_costs_what_625_calls_of_four_tenths_of_a_cent_an_hour_do(planted: Any) -> None:
    # The published unit case of a break-even: 2.50 USD an hour / 0.004 USD a request = 625 requests an hour.
    stated = {"requests_per_month": 625.0 * 730, "machine_usd_per_hour": 2.5}
    own = lines(planted, facts(planted, latency=planted.latency(1)), stated)
    call = exact(0.004, "USD", Provenance.MEASURED, "list")
    paid = lines(planted, facts(planted, calls_usd=call), {**stated, "retry_share": 0.0})
    assert paid["metered model calls"] == pytest.approx(own["serving machines"])
