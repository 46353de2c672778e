from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.decide.codec import decode, encode
from rung.diagnose.concentration import gini
from rung.diagnose.inequality import concentration_index, gini_figure
from rung.diagnose.losses import losses_of
from rung.diagnose.worth import Worth, worth, worthy_flows
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row
from rung.task.task import Flow

RowMaker = Callable[..., Row]
numbers = st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(lambda values: sum(values) > 0)
WEB, APP = Flow("web", requests_per_month=1000, value_usd=2.0), Flow("app", requests_per_month=100, value_usd=1.0)


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate)
    return figure.value


def of(rows: list[Row], *flows: Flow, by_label: bool = True) -> Worth:
    found = worth(rows, flows, seed="s", source="run r, dev", by_label=by_label)
    assert found is not None
    return found


def two_flows(make_row: RowMaker) -> list[Row]:
    """web: 10 items, of which A fails 2 of 5 and B 1 of 5; app: 4 items, of which A fails 2 of 4."""
    web = [
        make_row(label, "x" if number < fails else label, flow="web")
        for label, fails in (("A", 2), ("B", 1))
        for number in range(5)
    ]
    return [*web, *(make_row("A", "x" if number < 2 else "A", flow="app") for number in range(4))]


def test_a_flow_loses_requests_x_value_x_failure_rate(make_row: RowMaker) -> None:
    found = of(two_flows(make_row), WEB, APP)
    assert [(loss.name, loss.failures, loss.items) for loss in found.flows] == [("web", 3, 10), ("app", 2, 4)]
    assert [value(loss.usd_per_month) for loss in found.flows] == pytest.approx([2000 * 0.3, 100 * 0.5])
    assert [loss.share for loss in found.flows] == pytest.approx([600 / 650, 50 / 650])
    assert [loss.cumulative for loss in found.flows] == pytest.approx([600 / 650, 1.0])
    assert [loss.high_volume_high_value for loss in found.flows] == [True, False]


def test_the_parts_of_a_flow_lose_what_the_flow_loses_largest_first(make_row: RowMaker) -> None:
    found = of(two_flows(make_row), WEB, APP)
    assert [(loss.name, loss.flow) for loss in found.losses] == [("A", "web"), ("B", "web"), ("A", "app")]
    assert [value(loss.usd_per_month) for loss in found.losses] == pytest.approx([400.0, 200.0, 50.0])
    assert found.lorenz == pytest.approx((0.0, 50 / 650, 250 / 650, 1.0))
    # Gini by hand: half the mean absolute difference of all nine pairs, relative to the mean.
    assert value(found.gini) == pytest.approx((2 * (200 + 350 + 150) / 9) / (2 * 650 / 3))
    assert value(found.top_share) == pytest.approx(400 / 650)
    assert found.weighted
    for figure in (found.gini, found.top_share, found.in_worthy_flows, found.losses[0].usd_per_month):
        assert isinstance(figure, Estimate)
        assert figure.provenance is Provenance.ASSUMED


def test_the_share_in_worthy_flows_stands_beside_their_share_of_what_is_at_stake(make_row: RowMaker) -> None:
    figure = of(two_flows(make_row), WEB, APP).in_worthy_flows
    assert value(figure) == pytest.approx(600 / 650)
    assert isinstance(figure, Estimate)
    assert "web, with 95% of all" in figure.note  # 2000 of 2100 USD


def test_worthy_flows_have_at_least_the_median_of_both() -> None:
    dear = Flow("dear", requests_per_month=10, value_usd=9.0)
    assert worthy_flows((WEB, APP, dear)) == frozenset({"web"})
    assert worthy_flows((WEB,)) is None
    assert worthy_flows((WEB, Flow("silent"))) is None
    assert worthy_flows((Flow("a", 10, 1.0), Flow("b", 1, 10.0))) == frozenset()


def test_without_a_value_every_failure_weighs_the_same_and_the_key_is_named(make_row: RowMaker) -> None:
    found = of(two_flows(make_row), WEB, Flow("app", requests_per_month=100))
    assert not found.weighted
    assert [loss.share for loss in found.flows] == pytest.approx([3 / 5, 2 / 5])
    assert value(found.flows[0].usd_per_month) == pytest.approx(600.0)
    missing = found.flows[1].usd_per_month
    assert isinstance(missing, Missing)
    assert missing.remedy == "set in rung.yaml: flows[app].value_usd"
    assert isinstance(found.in_worthy_flows, Missing)
    assert isinstance(found.gini, Estimate)
    assert found.gini.provenance is Provenance.MEASURED


def test_without_failures_there_is_nothing_to_fix(make_row: RowMaker) -> None:
    assert worth([make_row("A", "A")], (), seed="s", source="r", by_label=True) is None


def test_flows_that_are_worth_nothing_lose_nothing(make_row: RowMaker) -> None:
    found = of([make_row("A", "x", flow="web"), make_row("B", "B", flow="web")], Flow("web", 0, 2.0))
    assert found.lorenz == ()
    assert [loss.share for loss in found.losses] == [0.0, 0.0]
    assert isinstance(found.gini, Missing)
    assert value(found.losses[0].usd_per_month) == 0.0


def test_a_single_part_has_no_inequality(make_row: RowMaker) -> None:
    found = of([make_row("A", "x"), make_row("A", "A")])
    assert isinstance(found.gini, Missing)
    assert found.lorenz == (0.0, 1.0)
    assert found.losses[0].cumulative == 1.0


def test_thousands_of_parts_are_cut_to_the_largest_and_an_even_curve(make_row: RowMaker) -> None:
    found = of([make_row(f"L{number}", "x" if number < 150 else f"L{number}") for number in range(1500)])
    assert len(found.losses) == 100
    assert len(found.lorenz) == 201
    assert found.lorenz[180] == pytest.approx(0.0)
    assert found.lorenz[190] == pytest.approx(0.5)
    assert found.losses[-1].cumulative == pytest.approx(100 / 150)


def test_the_same_seed_gives_the_same_figures_and_a_record_holds_them(make_row: RowMaker) -> None:
    rows = two_flows(make_row)
    assert of(rows, WEB, APP) == of(rows, WEB, APP)
    assert decode(Worth, encode(of(rows, WEB, APP))) == of(rows, WEB, APP)


@given(numbers)
def test_losses_in_their_own_order_have_the_gini_index(losses: list[int]) -> None:
    array = np.array(losses, dtype=float)
    assert concentration_index(array, array) == pytest.approx(gini(losses), abs=1e-9)
    assert concentration_index(array, -array) == pytest.approx(-gini(losses), abs=1e-9)


@given(numbers, st.integers(2, 9))
def test_the_index_does_not_change_with_the_currency_and_is_nothing_without_an_order(
    losses: list[int], factor: int
) -> None:
    array = np.array(losses, dtype=float)
    assert concentration_index(array * factor, array) == pytest.approx(concentration_index(array, array))
    assert concentration_index(array, np.zeros(len(losses))) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("uneven", [False, True])
def test_the_interval_of_the_gini_index_holds_the_truth_of_even_and_uneven_losses(
    make_row: RowMaker, uneven: bool
) -> None:
    """Simulated: 12 labels with known failure rates. The plain index lies above the truth in nearly every sample."""
    rates = np.random.default_rng(5).beta(1, 2, 12) if uneven else np.full(12, 0.3)
    truth, rng = gini(rates), np.random.default_rng(6)
    outside = above = 0
    for repetition in range(12):
        rows = [make_row(f"L{n % 12}", "x" if rng.random() < rates[n % 12] else f"L{n % 12}") for n in range(96)]
        figure = gini_figure(losses_of(rows, (), by_label=True), np.random.default_rng(repetition), source="r")
        assert isinstance(figure, Estimate)
        assert figure.low is not None
        assert figure.high is not None
        outside += not figure.low - 1e-9 <= truth <= figure.high
        above += figure.value > truth
    assert outside <= 3  # 10 % of 12, and two standard errors
    assert above > 6
