"""Figures over many orders of magnitude."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.estimate import Estimate, Missing, Provenance
from rung.report.magnitudes import magnitude, show_magnitude


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.0412, "0.041"),
        (3.21, "3.2"),
        (99.6, "100"),
        (87_123, "87,000"),
        (999_900, "1 million"),
        (1.44e9, "1.4 billion"),
        (2.5e13, "25 trillion"),
        (3.21e19, "3.2 × 10¹⁹"),
        (9.99e19, "1.0 × 10²⁰"),
        (2e-7, "2.0 × 10⁻⁷"),
        (1e300, "1.0 × 10³⁰⁰"),
    ],
)
def test_two_digits_and_a_word_for_the_size(value: float, words: str) -> None:
    assert magnitude(value) == words


@given(st.floats(1e-30, 1e300))
def test_what_is_read_back_is_within_a_twentieth(value: float) -> None:
    words = magnitude(value).replace(",", "")
    number, _, rest = words.partition(" ")
    scale = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}.get(rest)
    if scale is None:
        power = rest.removeprefix("× 10").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        scale = 10.0 ** int(power)
    assert float(number) * scale == pytest.approx(value, rel=0.051)


def test_an_interval_over_decades_keeps_digits_in_its_middle() -> None:
    figure = Estimate(3.2e4, 1.1e2, 9.9e7, "USD", 20, Provenance.DIRECTIONAL, "s")
    assert show_magnitude(figure) == "USD 32,000 (110 to 99 million) ◇ directional, n = 20"


def test_an_open_end_is_said_and_what_is_missing_stays_missing() -> None:
    figure = Estimate(3.2e4, 1.1e2, None, "weeks", None, Provenance.MODELLED, "s", "why")
    assert show_magnitude(figure) == "32,000 weeks (from 110, no upper bound) ◐ modelled"
    assert show_magnitude(Missing("nobody knows", "ask")) == "unknown: nobody knows; ask"
