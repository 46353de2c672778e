from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rung.estimate import Estimate, Missing
from rung.forecast.learning_curve import Observed
from rung.forecast.learning_curve.held_out import held_out
from rung.forecast.learning_curve.resamples import resample


def test_a_steep_curve_beats_the_last_point(plant: Callable[..., Observed]) -> None:
    found = held_out(
        observed := plant(lambda labels: 0.02 + 4 * labels**-0.5, items=3000, repeats=4),
        resample(observed, draws=300, rng=np.random.default_rng(0)),
        source="points",
    )
    assert found.verdict == "beats"
    assert isinstance(found.curve_miss, Estimate)
    assert isinstance(found.last_point_miss, Estimate)
    assert found.curve_miss.value < found.last_point_miss.value
    # Up to the fourth size the fifth and the sixth are forecast, up to the fifth the sixth.
    assert found.sizes == (500, 1000, 1000)


def test_a_curve_that_has_stopped_falling_does_not_beat_the_last_point(plant: Callable[..., Observed]) -> None:
    """It falls over four sizes and then stands: the extrapolation promises what does not come."""
    observed = plant(lambda labels: max(0.9 - 0.1 * np.log2(labels / 31), 0.6), items=3000, repeats=4)
    found = held_out(observed, resample(observed, draws=300, rng=np.random.default_rng(0)), source="points")
    assert found.verdict == "does not beat"
    assert "do not plan on" in found.because


def test_with_four_sizes_there_is_nothing_to_hold_out(plant: Callable[..., Observed]) -> None:
    observed = plant(lambda labels: 0.1 + 2 * labels**-0.5, sizes=(60, 120, 500, 1000))
    found = held_out(observed, resample(observed, draws=50, rng=np.random.default_rng(0)), source="points")
    assert found.verdict == "not tried"
    assert isinstance(found.advantage, Missing)
