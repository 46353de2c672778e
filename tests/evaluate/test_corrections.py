from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.corrections import correction_rate
from rung.evaluate.run import Row
from rung.stats import clustered_mean, clustered_wilson
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Flow

WEB = Flow("web", corrected_share_of_failures=0.6, edited_share_of_successes=0.02)
APP = Flow("app", corrected_share_of_failures=0.3, edited_share_of_successes=0.1)
SOURCE = "run abc, dev"


def row(number: int, *, success: bool, flow: str | None = None, group: str = "") -> Row:
    example = Example(f"i{number}", f"text {number}", "yes", group or f"g{number}", flow=flow)
    return Row(example, Prediction("yes" if success else "no"), success)


def told(rows: list[Row], *flows: Flow) -> Estimate:
    rate = correction_rate(rows, flows, SOURCE)
    assert isinstance(rate, Estimate), rate
    return rate


def gap(rows: list[Row], *flows: Flow) -> Missing:
    rate = correction_rate(rows, flows, SOURCE)
    assert isinstance(rate, Missing), rate
    return rate


def test_one_flow_carries_the_interval_of_success_through() -> None:
    rows = [row(number, success=number < 40) for number in range(50)]
    success = clustered_wilson([one.success for one in rows], range(50), level=0.90)
    rate = told(rows, WEB)
    assert rate.value == pytest.approx(0.2 * 0.6 + 0.8 * 0.02)
    assert success.low is not None
    assert success.high is not None
    assert rate.low == pytest.approx(0.6 - (0.6 - 0.02) * success.high)
    assert rate.high == pytest.approx(0.6 - (0.6 - 0.02) * success.low)
    assert (rate.unit, rate.n, rate.provenance) == ("share", 50, Provenance.MODELLED)
    assert "flows web in rung.yaml" in rate.source


def test_each_item_counts_with_the_shares_of_its_own_flow() -> None:
    rows = [row(1, success=False, flow="web"), row(2, success=True, flow="web"), row(3, success=False, flow="app")]
    assert told(rows, WEB, APP).value == pytest.approx((0.6 + 0.02 + 0.3) / 3)


def test_two_flows_in_groups_give_about_the_interval_of_the_clustered_mean() -> None:
    """With hundreds of groups and rates far from 0 and 1, the score interval and the t interval come together."""
    rng = np.random.default_rng(1)
    rows = [
        row(number, success=bool(rng.random() < 0.6), flow=("web", "app")[number % 2], group=f"g{number // 3}")
        for number in range(1200)
    ]
    rate = told(rows, WEB, APP)
    flows = {"web": WEB, "app": APP}
    expected = [
        flows[one.example.flow or ""].edited_share_of_successes
        if one.success
        else flows[one.example.flow or ""].corrected_share_of_failures
        for one in rows
    ]
    mean = clustered_mean(np.array(expected, dtype=float), [one.example.group for one in rows], level=0.90)
    assert rate.value == pytest.approx(mean.mid)
    # The t interval also counts the flows' own spread, so it may be wider, never much narrower.
    assert rate.low == pytest.approx(mean.low, abs=0.01)
    assert rate.high == pytest.approx(mean.high, abs=0.01)


def test_a_flow_where_successes_are_edited_more_turns_its_direction() -> None:
    odd = Flow("odd", corrected_share_of_failures=0.0, edited_share_of_successes=0.5)
    all_right = told([row(number, success=True) for number in range(30)], odd)
    all_wrong = told([row(number, success=False) for number in range(30)], odd)
    assert (all_right.value, all_right.high) == pytest.approx((0.5, 0.5))
    assert (all_wrong.value, all_wrong.low) == pytest.approx((0.0, 0.0))
    assert all_wrong.high is not None
    assert all_wrong.high > 0.0


def test_equal_shares_leave_nothing_to_sample() -> None:
    level = Flow("level", corrected_share_of_failures=0.1, edited_share_of_successes=0.1)
    rate = told([row(1, success=True), row(2, success=False)], level)
    assert (rate.low, rate.value, rate.high) == (0.1, 0.1, 0.1)


def test_what_is_not_stated_is_missing_by_its_key() -> None:
    rows = [row(1, success=True, flow="web"), row(2, success=False, flow="app")]
    unknown = gap(rows, replace(WEB, edited_share_of_successes=None), replace(APP, corrected_share_of_failures=None))
    for key in ("flows[web].edited_share_of_successes", "flows[app].corrected_share_of_failures"):
        assert key in unknown.because
        assert key in unknown.remedy
    assert "flows[web].corrected" not in unknown.because
    assert "flows" in gap(rows).remedy


def test_a_gap_in_a_flow_that_has_no_items_does_not_matter() -> None:
    assert told([row(1, success=False, flow="web")], WEB, Flow("app")).value == 0.6


def test_an_item_of_no_flow_among_several_is_missing_and_alone_takes_the_only_one() -> None:
    rows = [row(1, success=False), row(2, success=True, flow="web")]
    assert told(rows, WEB).value == pytest.approx(0.31)
    unclear = gap(rows, WEB, APP)
    assert "item 'i1'" in unclear.because
    assert "web, app" in unclear.remedy


def test_an_item_of_an_undeclared_flow_names_it() -> None:
    assert "flow 'phone' is not declared" in gap([row(1, success=True, flow="phone")], WEB).because
