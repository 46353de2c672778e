from __future__ import annotations

import pytest

from rung.cli.driver_option import stated_drivers
from rung.errors import UsageError
from rung.task.task import DriverChoice


def test_one_number_is_fixed_and_three_are_a_range() -> None:
    assert stated_drivers(("wage_usd_per_hour=32.5", "fit_hours[lora]=1:2:4.5")) == (
        DriverChoice("wage_usd_per_hour", 32.5, 32.5, 32.5),
        DriverChoice("fit_hours[lora]", 1.0, 2.0, 4.5),
    )


def test_a_name_may_hold_the_sign_that_separates_it_from_its_value() -> None:
    assert stated_drivers(("value_usd.a=b=3",))[0].name == "value_usd.a=b"


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("wage", "must be NAME=VALUE or NAME=LOW:MODE:HIGH"),
        ("=3", "must be NAME=VALUE"),
        ("wage=", "'' is not a number"),
        ("wage=cheap", "'cheap' is not a number"),
        ("wage=1:2", "one number or three, LOW:MODE:HIGH, found 2"),
        ("wage=3:1:2", "not in order; write wage=1:2:3"),
        ("wage=nan", "nan is not a finite number"),
        ("wage=1e999", "not a finite number"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage_and_says_what_to_write(setting: str, problem: str) -> None:
    with pytest.raises(UsageError, match="--set") as caught:
        stated_drivers((setting,))
    assert problem in str(caught.value)


def test_a_driver_is_set_once() -> None:
    with pytest.raises(UsageError, match="wage stands there twice"):
        stated_drivers(("wage=1", "wage=2"))
