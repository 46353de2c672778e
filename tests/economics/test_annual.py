from __future__ import annotations

from math import fsum
from typing import Any

import numpy as np
import pytest

from rung.economics import AnnualCost, all_cost_per_request, annual_cost, shared_drivers
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Constraints, Flow, Lifecycle, Prices


def price(planted: Any, family: str = "pretrained", **changes: Any) -> AnnualCost:
    of = changes.pop("of", planted.task())
    facts: dict[str, Any] = {
        "metrics": planted.metrics(),
        "latency": planted.latency(),
        "fit_seconds": 120.0,
        "drivers": shared_drivers(of),
    }
    name = changes.pop("name", family)
    return annual_cost(of, planted.card(name, family, **changes.pop("card", {})), **{**facts, **changes})


def usd(cost: AnnualCost, name: str) -> Estimate:
    figure = next(item.usd for item in cost.items if item.name == name)
    assert isinstance(figure, Estimate)
    return figure


@pytest.mark.parametrize("family", ["pretrained", "classical", "fine_tuned", "from_scratch"])
def test_the_lines_add_up_to_the_total_exactly(planted: Any, family: str) -> None:
    cost = price(planted, family)
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.value == fsum(item.usd.value for item in cost.items if isinstance(item.usd, Estimate))


def test_the_total_is_the_median_of_the_draws_within_its_own_smoothing(planted: Any) -> None:
    cost = price(planted, "fine_tuned")
    assert isinstance(cost.total_usd, Estimate)
    assert isinstance(cost.p90_usd, Estimate)
    low, middle, p90, high = np.percentile(cost.draws_usd, [5, 50, 90, 95])
    assert cost.total_usd.value == pytest.approx(middle, rel=0.005)
    assert (cost.total_usd.low, cost.total_usd.high) == pytest.approx((low, high))
    assert cost.p90_usd.value == pytest.approx(p90)


def test_corrections_are_paid_by_the_hour(planted: Any) -> None:
    # 480,000 requests; .2 x .5 + .8 x .1 = .18 corrected, 3 minutes at 30 USD an hour: 129,600 USD.
    exactly = planted.metrics()
    exactly.overall["task_success"] = exact(0.8, "share", Provenance.MEASURED, "planted")
    line = usd(price(planted, metrics=exactly), "human correction")
    # The drawn volume has a PERT mean of (.8 + 4 + 1.25) / 6 of the stated one.
    assert line.value == pytest.approx(129_600 * 6.05 / 6, rel=0.02)


def test_a_flow_with_its_own_success_is_priced_by_it(planted: Any) -> None:
    known = planted.metrics(0.8)
    known.by_flow["web"] = {"task_success": exact(1.0, "share", Provenance.MEASURED, "planted")}
    line = usd(price(planted, metrics=known), "human correction")
    assert line.value == pytest.approx(480_000 * 0.1 * 0.05 * 30 * 6.05 / 6, rel=0.02)


def test_splitting_a_flow_in_two_costs_the_same(planted: Any) -> None:
    # One model's success does not average out over flows: both halves must rise and fall together.
    half = Flow("web", 20_000, 1.2, 3.0, 0.5, 0.1)
    two = planted.task(flows=(half, Flow("app", 20_000, 1.2, 3.0, 0.5, 0.1)))
    whole, split = (usd(price(planted, of=of), "human correction") for of in (planted.task(), two))
    assert (split.low, split.value, split.high) == pytest.approx((whole.low, whole.value, whole.high))


def test_machines_are_paid_all_year(planted: Any) -> None:
    line = usd(price(planted), "serving machines")
    assert line.value == pytest.approx(0.1 * 8760)


def test_metered_calls_are_paid_by_the_request(planted: Any) -> None:
    each = exact(0.002, "USD/request", Provenance.MEASURED, "rows")
    cost = price(planted, metered_usd_per_request=each, latency=None)
    assert usd(cost, "metered model calls").value == pytest.approx(960 * 6.05 / 6, rel=0.02)
    assert cost.machines == 1


def test_annotation_is_the_stated_budget_and_only_for_those_who_use_labels(planted: Any) -> None:
    assert usd(price(planted, "fine_tuned"), "annotation").value == pytest.approx(8_000)
    assert "annotation" not in {item.name for item in price(planted).items}


def test_only_strategies_that_learn_are_retrained(planted: Any) -> None:
    assert "training and retraining" in {item.name for item in price(planted, "classical").items}
    assert "training and retraining" not in {item.name for item in price(planted).items}


def test_a_model_of_ones_own_carries_the_whole_lifecycle(planted: Any) -> None:
    names = {item.name for item in price(planted, "from_scratch").items}
    assert names >= {
        "data pipeline", "safety evaluations", "serving operations", "retraining operations", "observability",
        "incident response", "governance and audit",
    }  # fmt: skip


def test_an_index_has_to_be_kept(planted: Any) -> None:
    names = {item.name for item in price(planted, card={"owns": ("index", "corpus")}).items}
    assert "retrieval index upkeep" in names


def test_a_strict_audit_doubles_the_governance_line(planted: Any) -> None:
    strict = planted.task(constraints=Constraints(audit="strict"))
    once, twice = (usd(price(planted, of=of), "governance and audit") for of in (planted.task(), strict))
    assert twice.low == pytest.approx(2 * (once.low or 0.0))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"flows": ()}, "flows[].requests_per_month"),
        ({"flows": (Flow("web", 10, 1.0, None, 0.5, 0.1),)}, "correction_minutes"),
        ({"flows": (Flow("web", 10, 1.0, 1.0, None, 0.1),)}, "corrected_share_of_failures"),
        ({"flows": (Flow("web", 10, 1.0, 1.0, 0.5, None),)}, "edited_share_of_successes"),
        ({"prices": Prices(None, 0.1)}, "prices.wage_usd_per_hour"),
        ({"prices": Prices(30, None)}, "prices.machine_usd_per_hour"),
        ({"lifecycle": Lifecycle(None, 90, "x")}, "lifecycle.annotation_usd"),
        ({"lifecycle": Lifecycle(8000, None, "x")}, "lifecycle.retrain_every_days"),
    ],
)
def test_an_unknown_input_makes_the_total_missing_and_is_named(planted: Any, changes: dict[str, Any], key: str) -> None:
    cost = price(planted, "fine_tuned", of=planted.task(**changes))
    assert isinstance(cost.total_usd, Missing)
    assert isinstance(cost.p90_usd, Missing)
    assert key in cost.total_usd.remedy
    assert cost.unknown
    assert cost.draws_usd == ()


def test_a_strategy_that_was_not_run_says_how_to_run_it(planted: Any) -> None:
    cost = price(planted, "fine_tuned", metrics=None, fit_seconds=None, name="lora")
    assert isinstance(cost.total_usd, Missing)
    assert "rung run lora" in cost.total_usd.remedy


def test_every_figure_says_that_it_is_assumed(planted: Any) -> None:
    cost = price(planted)
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.provenance is Provenance.ASSUMED
    assert all(item.how for item in cost.items)


def test_a_strategy_costs_the_same_whichever_others_are_priced_and_again(planted: Any) -> None:
    first = price(planted, "fine_tuned", name="lora")
    price(planted, "from_scratch")
    assert price(planted, "fine_tuned", name="lora") == first


def test_shared_drivers_make_a_difference_between_strategies_narrower(planted: Any) -> None:
    one = np.array(price(planted, name="a").draws_usd)
    two = np.array(price(planted, name="b").draws_usd)
    assert np.corrcoef(one, two)[0, 1] > 0.2
    assert np.std(one - two) < np.sqrt(np.var(one) + np.var(two))


def test_cost_per_request_of_the_year_leaves_out_what_rows_count(planted: Any) -> None:
    of = planted.task()
    drivers = shared_drivers(of)
    figure = all_cost_per_request(of, planted.card(), latency=planted.latency(), fit_seconds=None, drivers=drivers)
    cost = price(planted, fit_seconds=None)
    rest = sum(
        item.usd.value for item in cost.items if isinstance(item.usd, Estimate) and item.name != "human correction"
    )
    assert isinstance(figure, Estimate)
    # The two smooth over different tenths of the draws, so they agree up to that.
    assert figure.value == pytest.approx(rest / 480_000, rel=0.05)


def test_cost_per_request_of_the_year_names_what_is_missing(planted: Any) -> None:
    of = planted.task(flows=())
    figure = all_cost_per_request(
        of, planted.card(), latency=planted.latency(), fit_seconds=None, drivers=shared_drivers(of)
    )
    assert isinstance(figure, Missing)
    assert "requests_per_month" in figure.remedy
