from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import Interval
from rung.stats.sequential import (
    Block,
    Conditions,
    Guardrail,
    Harm,
    Progress,
    look,
    start_sample_ratio,
)

CONDITIONS = Conditions(alpha=0.05, minimum_units=500, soak_seconds=3600, stale_seconds=600, budget_units=5000)
READY = Progress(units=1000, step_seconds=4000, age_seconds=10, split_is_off=False)
SAFE = Guardrail("failures", 0.0, Interval(0.0, -0.01, 0.01), 0.02)
OPEN = replace(SAFE, worsening=Interval(0.01, -0.02, 0.04))
HARMFUL = replace(SAFE, log_harm=log(1000))
EMPTY = replace(SAFE, worsening=Interval(0.0, 0.03, 0.01))


def test_it_promotes_when_every_margin_is_cleared_and_the_step_has_served_and_soaked() -> None:
    assert look([SAFE, replace(SAFE, name="cost")], CONDITIONS, READY).verdict == "promote"


@pytest.mark.parametrize(
    ("guardrails", "progress", "reason"),
    [
        ([SAFE, OPEN], READY, "may be worse by 0.04"),
        ([SAFE, replace(OPEN, worsening=None)], READY, "cannot be told yet"),
        ([SAFE, replace(OPEN, worsening=Interval(0.0, 0.0, None))], READY, "cannot be told yet"),
        ([SAFE], replace(READY, units=499), "499 units, 500 needed"),
        ([SAFE], replace(READY, step_seconds=3000), "soak for 600 s more"),
        ([SAFE], replace(READY, units=9000, step_seconds=3000), "soak for 600 s more"),
    ],
)
def test_it_goes_on_while_proof_or_time_is_missing(
    guardrails: list[Guardrail], progress: Progress, reason: str
) -> None:
    found = look(guardrails, CONDITIONS, progress)
    assert found.verdict == "continue"
    assert any(reason in because for because in found.because)


def test_a_budget_spent_without_proof_is_inconclusive_and_promotes_nothing() -> None:
    found = look([SAFE, OPEN], CONDITIONS, replace(READY, units=5000))
    assert found.verdict == "inconclusive"
    assert "budget of 5000" in found.because[0]
    assert look([SAFE], CONDITIONS, replace(READY, units=5000)).verdict == "promote"


@pytest.mark.parametrize(
    ("guardrails", "progress", "reason"),
    [
        ([HARMFUL], replace(READY, split_is_off=True), "split"),
        ([HARMFUL], replace(READY, age_seconds=601), "601 s old"),
        ([HARMFUL, EMPTY], READY, "no difference fits all looks"),
        ([EMPTY], replace(READY, units=9000), "no difference fits all looks"),
    ],
)
def test_data_that_cannot_be_trusted_are_invalid_and_never_harm(
    guardrails: list[Guardrail], progress: Progress, reason: str
) -> None:
    found = look(guardrails, CONDITIONS, progress)
    assert found.verdict == "invalid"
    assert any(reason in because for because in found.because)


def test_guardrails_that_can_roll_back_share_alpha_and_the_others_do_not_count() -> None:
    """Evidence of 30 to 1 is enough for one guardrail at 5 % (20 to 1) and not for two (40 to 1)."""
    thirty = replace(SAFE, log_harm=log(30))
    cannot = replace(SAFE, name="judge", log_harm=None)
    assert look([thirty], CONDITIONS, READY).verdict == "rollback"
    assert look([thirty, cannot], CONDITIONS, READY).verdict == "rollback"
    assert look([thirty, SAFE], CONDITIONS, READY).verdict == "promote"
    alone = look([replace(thirty, log_harm=log(41)), SAFE], CONDITIONS, READY)
    assert alone.verdict == "rollback"
    assert alone.because == ("failures is worse: evidence 41 to 1, 40 needed",)


ENDS = st.none() | st.floats(-1, 1)
GUARDRAILS = st.lists(
    st.builds(
        Guardrail,
        st.just("failures"),
        st.none() | st.floats(-50, 1e4),
        st.none() | st.builds(Interval, st.just(0.0), ENDS, ENDS),
        st.floats(0, 0.5),
    ),
    min_size=1,
    max_size=4,
)


@given(
    GUARDRAILS,
    st.builds(Progress, st.integers(0, 10_000), st.floats(0, 1e5), st.floats(0, 1e4), st.booleans()),
)
def test_every_look_has_one_verdict_with_reasons_and_promotes_only_on_proof(
    guardrails: list[Guardrail], progress: Progress
) -> None:
    found = look(guardrails, CONDITIONS, progress)
    assert found.because
    if found.verdict == "promote":
        assert not progress.split_is_off
        assert progress.units >= CONDITIONS.minimum_units
        assert all(
            one.worsening is not None and one.worsening.high is not None and one.worsening.high <= one.margin
            for one in guardrails
        )
    if found.verdict == "rollback":
        assert any(one.log_harm is not None and one.log_harm >= log(20) for one in guardrails)
        assert not progress.split_is_off


def test_healthy_rollouts_with_two_guardrails_are_rolled_back_no_more_often_than_alpha(
    ramp_and_drift: Callable[[np.random.Generator, int], Iterator[Block]],
) -> None:
    rng = np.random.default_rng(17)
    rolled_back = invalid = 0
    for _ in range(200):
        harms, split = [Harm(), Harm()], start_sample_ratio((0.5, 0.5))
        verdicts = set()
        for blocks in zip(ramp_and_drift(rng, 150), ramp_and_drift(rng, 150), strict=True):
            harms = [harm.update(block) for harm, block in zip(harms, blocks, strict=True)]
            arrivals = int(rng.binomial(100, 0.5))
            split = split.update((arrivals, 100 - arrivals))
            guardrails = [Guardrail(f"measure {i}", harm.peak, None, 0.02) for i, harm in enumerate(harms)]
            progress = replace(READY, split_is_off=split.is_off(0.01))
            verdicts.add(look(guardrails, CONDITIONS, progress).verdict)
        rolled_back += "rollback" in verdicts
        invalid += "invalid" in verdicts
    assert rolled_back / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert invalid / 200 <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / 200)


def test_a_look_at_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one guardrail"):
        look([], CONDITIONS, READY)
    with pytest.raises(ValueError, match="alpha"):
        replace(CONDITIONS, alpha=0.0)
