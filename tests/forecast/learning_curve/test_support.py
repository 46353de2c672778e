from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rung.forecast.learning_curve import WHOLE, Observed, Refusal, points_refusal
from rung.forecast.learning_curve.support import rising_refusal

Plant = Callable[..., Observed]


def falling(labels: float) -> float:
    return float(0.1 + 2 * labels**-0.5)


def reason(refused: Refusal | None) -> str:
    assert refused is not None
    assert refused.because
    assert refused.remedy
    return refused.reason


def test_enough_points_are_not_refused(plant: Plant) -> None:
    assert points_refusal(plant(falling)) is None


@pytest.mark.parametrize(
    ("wanted", "options"),
    [
        ("few_sizes", {"sizes": (60, 250, 1000)}),
        ("one_repeat", {"repeats": 1}),
        ("narrow_span", {"sizes": (300, 500, 800, 1000)}),
        ("few_items", {"items": 25}),
        ("few_items", {"items": 200, "groups": 8}),
    ],
)
def test_points_that_support_no_curve_are_refused_with_what_to_do(
    plant: Plant, wanted: str, options: dict[str, object]
) -> None:
    assert reason(points_refusal(plant(falling, **options))) == wanted


def test_an_error_that_is_never_or_always_made_is_refused(plant: Plant) -> None:
    assert reason(points_refusal(plant(lambda _: 0.0))) == "perfect"
    assert reason(points_refusal(plant(lambda _: 1.0))) == "hopeless"


def test_an_error_that_rises_or_stands_still_is_refused() -> None:
    assert reason(rising_refusal(0.02)) == "rising"
    assert reason(rising_refusal(0.0)) == "rising"
    assert rising_refusal(-0.001) is None


def test_rows_that_do_not_belong_together_are_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="same fits"):
        Observed(np.array([0]), np.array([5.0]), np.array([WHOLE]), np.zeros((2, 3)), np.arange(3))
    with pytest.raises(ValueError, match="0 and 1"):
        Observed(np.array([0]), np.array([5.0]), np.array([WHOLE]), np.full((1, 3), 0.5), np.arange(3))
