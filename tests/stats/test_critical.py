from __future__ import annotations

import pytest
from scipy import stats

from rung.stats.critical import normal_critical, student_critical


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.999])
def test_quantiles_are_those_of_scipy(level: float) -> None:
    assert normal_critical(level) == pytest.approx(stats.norm.ppf((1 + level) / 2), rel=1e-12)
    for degrees in (1, 4, 30, 1000):
        assert student_critical(level, degrees) == pytest.approx(stats.t.ppf((1 + level) / 2, degrees), rel=1e-9)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.1, float("nan")])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        normal_critical(level)
