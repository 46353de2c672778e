from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from rung.stats.sequential import log_normal_mixture, mixture_precision, normal_mixture_bound


def test_bounds_and_mixtures_have_the_published_values() -> None:
    """The reference tests of Howard et al.'s own package (from an R implementation of theirs)."""
    assert normal_mixture_bound(100, alpha=0.05, tuned_at=100) == pytest.approx(30.35209, abs=1e-5)
    assert normal_mixture_bound(100, alpha=0.05, tuned_at=100, one_sided=True) == pytest.approx(27.66071, abs=1e-5)
    both = mixture_precision(100, alpha=0.05)
    assert both == pytest.approx(12.60056, abs=1e-5)
    assert log_normal_mixture(10, 100, precision=both) == pytest.approx(-0.6510052, abs=1e-6)
    one = mixture_precision(100, alpha=0.05, one_sided=True)
    assert log_normal_mixture(10, 100, precision=one, one_sided=True) == pytest.approx(-0.06502391, abs=1e-6)


@given(st.floats(-20, 20), st.floats(0.5, 200), st.floats(0.5, 50))
def test_the_mixtures_are_the_integrals_they_stand_for(total: float, variance: float, precision: float) -> None:
    density = stats.norm(scale=precision**-0.5)
    peak = total / (variance + precision)
    width = 12 * (variance + precision) ** -0.5

    def weighed(rate: float) -> float:
        return float(np.exp(total * rate - variance * rate**2 / 2 + density.logpdf(rate)))

    both = integrate.quad(weighed, peak - width, peak + width)[0]
    above = 2 * integrate.quad(weighed, max(0.0, peak - width), max(0.0, peak) + width)[0]
    assert log_normal_mixture(total, variance, precision=precision) == pytest.approx(np.log(both), abs=1e-6)
    one_sided = log_normal_mixture(total, variance, precision=precision, one_sided=True)
    assert np.exp(one_sided) == pytest.approx(above, rel=1e-5, abs=1e-9)


@given(st.floats(1, 1e4), st.floats(0.001, 0.2), st.booleans())
def test_the_bound_is_where_the_evidence_reaches_one_over_alpha(variance: float, alpha: float, one_sided: bool) -> None:
    bound = float(normal_mixture_bound(variance, alpha=alpha, tuned_at=100, one_sided=one_sided))
    precision = mixture_precision(100, alpha=alpha, one_sided=one_sided)
    evidence = log_normal_mixture(bound, variance, precision=precision, one_sided=one_sided)
    assert evidence == pytest.approx(-np.log(alpha), abs=1e-6)


def test_a_random_walk_crosses_no_more_often_than_alpha_and_a_fixed_bound_does() -> None:
    rng = np.random.default_rng(4)
    walks = rng.normal(size=(500, 2000)).cumsum(axis=1)
    times = np.arange(1, 2001)
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 500)
    both = normal_mixture_bound(times, alpha=0.05, tuned_at=300)
    one = normal_mixture_bound(times, alpha=0.05, tuned_at=300, one_sided=True)
    assert (np.abs(walks) >= both).any(axis=1).mean() <= allowed
    assert (walks >= one).any(axis=1).mean() <= allowed
    assert (np.abs(walks) >= 1.96 * np.sqrt(times)).any(axis=1).mean() > 0.3


@pytest.mark.parametrize("alpha", [0.0, 1.0, 5.0])
def test_an_alpha_that_is_no_error_rate_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        normal_mixture_bound(1.0, alpha=alpha, tuned_at=1)
    with pytest.raises(ValueError, match="variance"):
        normal_mixture_bound(-1.0, alpha=0.05, tuned_at=1)
    with pytest.raises(ValueError, match="tuned_at"):
        mixture_precision(0.0, alpha=0.05)
