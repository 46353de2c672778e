from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from rung.diagnose.arms import NO_ARMS, WORDING, Arms
from rung.diagnose.wordings import OWN, Wordings, wordings
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.stats import paired_difference
from rung.task.example import Example
from rung.task.protocols import Prediction


def run_of(successes: Sequence[bool], groups: Sequence[str] | None = None) -> Run:
    rows = tuple(
        Row(
            Example(f"i{number}", f"text {number}", "a", f"g{number}" if groups is None else groups[number]),
            Prediction("a"),
            success=bool(success),
        )
        for number, success in enumerate(successes)
    )
    return Run("0123456789abcdef", "planted", "dev", rows, None, None, 0)


def asked(own: Run, others: Mapping[str, Run], target: float | None = 0.9) -> Wordings:
    found = wordings(own, Arms({WORDING + name: run for name, run in others.items()}), target=target, source="dev")
    assert found is not None
    return found


def estimate(figure: object) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def right(count: int, of: int = 60) -> list[bool]:
    return [number < count for number in range(of)]


def test_a_planted_drop_is_the_spread() -> None:
    found = asked(run_of(right(45)), {"reversed": run_of(right(45)), "capitals": run_of(right(30))})
    assert list(found.success) == [OWN, "reversed", "capitals"]
    assert estimate(found.spread).value == pytest.approx(0.25)
    assert estimate(found.best_gain).value == 0.0
    assert estimate(found.best_gain).low == 0.0
    assert found.items == 60
    # Nested outcomes: the spread's pair has 15 items of 60 against 0; its upper end is Tango's at a one-sided 95 %.
    pair = paired_difference(right(45), right(30), [f"g{n}" for n in range(60)], level=0.9)
    assert estimate(found.spread).high == pytest.approx(pair.high)
    low = estimate(found.spread).low
    assert low is not None
    assert pair.low is not None
    assert 0 < low < pair.low


def test_the_gap_decides_whether_the_prompt_is_exhausted() -> None:
    own, other = run_of(right(45)), {"reversed": run_of(right(36))}
    small = asked(own, other, target=0.85)
    assert small.exhausted is False
    low = estimate(small.spread).low
    assert low is not None
    assert low > 0
    assert estimate(small.gap).value == pytest.approx(0.10)
    assert "the gap to the target is 10 points: another wording may close it" in small.because
    large = asked(run_of(right(20, 400)), {"reversed": run_of(right(18, 400))}, target=0.9)
    assert large.exhausted is True
    between = asked(own, {"reversed": run_of(right(42))}, target=0.85)
    assert between.exhausted is None
    assert "ask about more" in between.because


def test_a_spread_that_chance_may_have_made_does_not_say_that_the_prompt_is_not_exhausted() -> None:
    """Two wordings that are right on different items: 12 points apart, and nothing shown."""
    own = run_of([number % 2 == 0 for number in range(60)])
    other = run_of([number % 2 == 1 or number < 14 for number in range(60)])
    found = asked(own, {"reversed": other}, target=0.55)
    assert estimate(found.spread).value == pytest.approx(7 / 60)
    assert estimate(found.spread).low == 0.0
    assert found.exhausted is None
    assert "chance alone would show" in found.because


def test_without_a_gap_nothing_is_exhausted_or_not() -> None:
    own, other = run_of(right(45)), {"reversed": run_of(right(36))}
    unset = asked(own, other, target=None)
    assert unset.exhausted is None
    assert isinstance(unset.gap, Missing)
    reached = asked(own, other, target=0.7)
    assert reached.exhausted is None
    assert "reached" in reached.because


def test_nothing_is_told_where_no_other_wording_was_asked() -> None:
    assert wordings(run_of(right(3)), NO_ARMS, target=0.9, source="dev") is None


def test_one_group_cannot_bound_the_spread() -> None:
    groups = ["g"] * 60
    found = asked(run_of(right(45), groups), {"reversed": run_of(right(44), groups)}, target=0.9)
    assert (estimate(found.spread).low, estimate(found.spread).high) == (None, None)
    assert found.exhausted is None


def test_the_interval_of_the_spread_holds_although_best_and_worst_are_picked() -> None:
    """Four wordings over 60 items in groups of two, alike or 15 points apart; each end may miss in 5 % of samples."""
    rng = np.random.default_rng(3)
    groups = [f"g{number // 2}" for number in range(60)]
    trials = 30
    for rates in ([0.6] * 4, [0.75, 0.6, 0.68, 0.65]):
        true, above, below = max(rates) - min(rates), 0, 0
        for _ in range(trials):
            # Items differ in how hard they are, so wordings agree on most of them.
            hard = np.repeat(rng.random(30), 2)
            shared = np.where(rng.random((4, 60)) < 0.7, hard, rng.random((4, 60)))
            runs = [run_of(list(row < rate), groups) for row, rate in zip(shared, rates, strict=True)]
            spread = estimate(asked(runs[0], {f"w{n}": run for n, run in enumerate(runs[1:])}).spread)
            assert spread.low is not None
            assert spread.high is not None
            above += spread.high < true
            below += spread.low > true
        # Binomial(30, .05) is at most 5 with probability .997.
        assert max(above, below) <= 5


def test_the_note_says_what_chance_alone_would_spread() -> None:
    rng = np.random.default_rng(8)
    found = asked(run_of(list(rng.random(60) < 0.5)), {f"w{n}": run_of(list(rng.random(60) < 0.5)) for n in range(4)})
    said = float(estimate(found.spread).note.split("a spread of ")[1].split()[0])
    # The range of five independent normal means has mean 2.326 standard errors, here sqrt(.25 / 60) = .0645: about .15.
    assert said == pytest.approx(2.326 * 0.0645, abs=0.02)
