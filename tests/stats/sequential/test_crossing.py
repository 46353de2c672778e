from __future__ import annotations

from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from rung.stats.sequential.crossing import crossing


@given(st.floats(0.001, 0.999), st.floats(0.1, 50), st.booleans())
def test_it_finds_what_brents_method_finds_and_never_the_rejected_side(
    root: float, steepness: float, rising: bool
) -> None:
    """Log-odds with and without a bend: steep near both ends, as evidence is."""

    def function(x: float) -> float:
        value = steepness * (log(x / (1 - x)) - log(root / (1 - root))) + (exp(x) - exp(root))
        return value if rising else -value

    positive, negative = (1.0, 0.0) if rising else (0.0, 1.0)
    found = crossing(function, positive, negative)
    assert found == pytest.approx(optimize.brentq(function, 1e-9, 1 - 1e-9, xtol=1e-14), abs=1e-10)
    assert function(found) >= 0.0


def test_a_step_with_endless_values_is_found_by_halving() -> None:
    assert crossing(lambda x: inf if x < 0.3 else -inf, 0.0, 1.0) == pytest.approx(0.3, abs=1e-11)


def test_smooth_evidence_takes_few_calls() -> None:
    """Each call weighs all values against all stakes, so their number is the price of an interval."""
    calls = []

    def function(x: float) -> float:
        calls.append(x)
        return 700 * log(0.7 / x) + 300 * log(0.3 / (1 - x)) - 3.0

    crossing(function, 0.0, 0.7)
    assert len(calls) <= 20
