from __future__ import annotations

from rung.estimate import Estimate, Provenance
from rung.report.cost.amounts import ranged, roughly


def figure(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "requests/month", None, Provenance.MODELLED, "test")


def test_an_end_far_below_the_other_keeps_its_digits() -> None:
    assert ranged(figure(12_437, 1_986, 86_445)) == "12,000 (2,000 to 86,000) ◐"


def test_an_interval_within_a_factor_of_ten_is_rounded_as_everywhere() -> None:
    assert ranged(figure(12_437, 9_986, 16_445)) == "12,400 (9,900 to 16,500) ◐"


def test_a_worth_from_draws_has_two_digits() -> None:
    assert roughly(figure(2_158, 2_158, 2_158)) == "2,200 ◐"
