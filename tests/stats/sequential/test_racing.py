from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rung.estimate import LEVEL
from rung.stats.sequential import Race, log_beta_binomial, race, start_race, tuned_beta
from rung.stats.sequential.betting import betting_fractions

REPLICATIONS = 200
ALLOWED = 0.05 + 3 * np.sqrt(0.05 * 0.95 / REPLICATIONS)


def run_race(state: Race, scores: NDArray[np.float64], groups: NDArray[np.intp], *, per_batch: int) -> Race:
    """Races whole groups in the order of their numbers, `per_batch` at a time, until settled or out of groups."""
    for first in range(0, int(groups.max()) + 1, per_batch):
        chosen = (groups >= first) & (groups < first + per_batch)
        state = race(state, scores[chosen], groups[chosen].astype(str).tolist())
        if state.settled:
            break
    return state


def test_a_clear_winner_and_a_clear_loser_are_settled_early() -> None:
    rng = np.random.default_rng(1)
    items = np.arange(1000)
    for share, expected in ((0.95, "meets"), (0.6, "misses")):
        state = start_race([1] * 1000, level=LEVEL, minimum=0.8)
        found = run_race(state, (rng.random(1000) < share).astype(float), items, per_batch=10)
        assert found.settled == expected
        assert found.items_used < 200


def test_a_maximum_is_a_minimum_on_the_failures() -> None:
    rng = np.random.default_rng(2)
    scores = (rng.random(200) < 0.25).astype(float)
    names = [str(i) for i in range(200)]
    most = race(start_race([1] * 200, level=LEVEL, maximum=0.4), scores, names)
    least = race(start_race([1] * 200, level=LEVEL, minimum=0.6), 1 - scores, names)
    assert most.settled == least.settled == "meets"
    assert (most.low, most.high) == pytest.approx((1 - least.high, 1 - least.low), abs=1e-9)


def test_it_settles_single_items_as_the_one_sided_beta_binomial_does() -> None:
    """Tuned at a third of the items; the batch at which either reaches 20 to 1 differs by no more than two in 100."""
    rng = np.random.default_rng(3)
    prior = tuned_beta(0.8, tuned_at=200, alpha=0.05, one_sided=True)
    for _ in range(10):
        scores = (rng.random(600) < 0.92).astype(float)
        found = run_race(start_race([1] * 600, level=LEVEL, minimum=0.8), scores, np.arange(600), per_batch=1)
        totals = scores.cumsum()
        exact = [log_beta_binomial(k, n + 1 - k, 0.8, prior, one_sided=True) for n, k in enumerate(totals)]
        assert found.settled == "meets"
        assert found.items_used == pytest.approx(int(np.argmax(np.array(exact) >= np.log(20))) + 1, rel=0.02, abs=2)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8)), min_size=1, max_size=40))
def test_the_interval_holds_the_mean_of_the_items_and_a_stored_state_goes_on(items: list[tuple[float, int]]) -> None:
    scores, groups = np.array([score for score, _ in items]), np.array([group for _, group in items])
    sizes = np.unique(groups, return_counts=True)[1].tolist()
    start = start_race(sizes, level=LEVEL, minimum=0.5)
    whole = race(start, scores, groups.astype(str).tolist())
    assert whole.low <= scores.mean() + 1e-9
    assert whole.high >= scores.mean() - 1e-9
    state = start
    for group in np.unique(groups):
        state = race(state, scores[groups == group], [str(group)] * int((groups == group).sum()))
    assert state.items_used == whole.items_used == scores.size
    assert np.array(state.seen) == pytest.approx(np.array(whole.seen))
    assert state.low >= whole.low - 1e-9
    assert state.high <= whole.high + 1e-9


@pytest.mark.parametrize("minimum", [0.8, 0.5])
@pytest.mark.parametrize("gap", [0.0, 0.04])
def test_early_verdicts_on_single_items_are_opposite_in_at_most_one_of_twenty(minimum: float, gap: float) -> None:
    """Planted at the target itself (meets) and at 4 points below; a batch of 40 of 400 items at a time."""
    rng = np.random.default_rng(41)
    opposite = 0
    for _ in range(REPLICATIONS):
        scores = (rng.random(400) < minimum - gap).astype(float)
        found = run_race(start_race([1] * 400, level=LEVEL, minimum=minimum), scores, np.arange(400), per_batch=40)
        opposite += found.settled == ("meets" if gap else "misses")
    assert opposite / REPLICATIONS <= ALLOWED


def test_groups_that_agree_are_not_taken_for_many_items_and_counting_items_is() -> None:
    """60 groups of 1 to 9 items that all succeed or all fail, at exactly the target. Racing the same items as if
    each were its own group gives opposite verdicts far more often, so the simulation can tell."""
    rng = np.random.default_rng(42)
    opposite = naive = 0
    for _ in range(REPLICATIONS):
        sizes = rng.integers(1, 10, 60)
        groups = np.repeat(np.arange(60), sizes)
        scores = (rng.random(60) < 0.7)[groups].astype(float)
        grouped = start_race(sizes.tolist(), level=LEVEL, minimum=0.7)
        opposite += run_race(grouped, scores, groups, per_batch=6).settled == "misses"
        single = start_race([1] * groups.size, level=LEVEL, minimum=0.7)
        naive += run_race(single, scores, np.arange(groups.size), per_batch=30).settled == "misses"
    assert opposite / REPLICATIONS <= ALLOWED
    assert naive / REPLICATIONS > 2 * ALLOWED


def test_larger_groups_that_fail_more_do_not_mislead_the_mean_over_items() -> None:
    """Groups of one succeed with .9, groups of five with .6: over items the mean is (.9 + 5 x .6) / 6 = .65, which
    misses .70 although the mean over groups is .75. It is never settled as meeting it more than 1 in 20 times."""
    rng = np.random.default_rng(43)
    meets = misses = 0
    for _ in range(REPLICATIONS):
        sizes = rng.choice([1, 5], 200)
        groups = np.repeat(np.arange(200), sizes)
        scores = (rng.random(groups.size) < np.where(sizes == 1, 0.9, 0.6)[groups]).astype(float)
        found = run_race(start_race(sizes.tolist(), level=LEVEL, minimum=0.7), scores, groups, per_batch=20)
        meets += found.settled == "meets"
        misses += found.settled == "misses"
    assert meets / REPLICATIONS <= 0.05
    assert misses > meets


def test_the_low_end_is_where_the_product_of_bets_on_whole_groups_reaches_twenty() -> None:
    """The product itself, group by group, for groups of one to four items with scores between 0 and 1."""
    rng = np.random.default_rng(44)
    sizes = rng.integers(1, 5, 120)
    groups = np.repeat(np.arange(120), sizes)
    scores = rng.beta(4, 1, groups.size)
    start = start_race(sizes.tolist(), level=LEVEL, minimum=0.6)
    found = race(start, scores, groups.astype(str).tolist())
    wealths = np.ones(48)
    for group in range(120):
        odds = (scores[groups == group].sum() / found.low - sizes[group]) / 4
        wealths *= 1 + betting_fractions(0.6, tuned_at=start.tuned_at) * odds
    assert wealths.mean() == pytest.approx(20.0, rel=1e-6)


def test_what_a_look_has_excluded_stays_excluded() -> None:
    start = start_race([1] * 2000, level=LEVEL, minimum=0.97)
    good = race(start, np.ones(60), [f"a{i}" for i in range(60)])
    worse = race(good, np.zeros(60), [f"b{i}" for i in range(60)])
    assert good.low > 0.6
    assert worse.low == good.low


def test_evidence_that_contradicts_itself_settles_nothing() -> None:
    """First only failures of one kind, then only successes: no order drawn at random looks like that."""
    start = start_race([1] * 2000, level=LEVEL, minimum=0.001)
    early = race(start, np.zeros(300), [f"a{i}" for i in range(300)])
    assert early.settled is None
    late = race(early, np.ones(1500), [f"b{i}" for i in range(1500)])
    assert late.empty
    assert late.settled is None


def test_a_settled_race_stays_settled() -> None:
    start = start_race([1] * 400, level=LEVEL, minimum=0.5)
    won = race(start, np.ones(50), [f"a{i}" for i in range(50)])
    assert won.settled == "meets"
    assert race(won, np.zeros(200), [f"b{i}" for i in range(200)]).settled == "meets"


def test_half_a_group_and_one_larger_than_announced_are_refused() -> None:
    start = start_race([2, 1], level=LEVEL, minimum=0.5)
    with pytest.raises(ValueError, match="largest was to have 2"):
        race(start, [1, 1, 1], ["a", "a", "a"])
    with pytest.raises(ValueError, match="'a' came before"):
        race(race(start, [1], ["a"]), [1], ["a"])
    with pytest.raises(ValueError, match="scores"):
        race(start, [1.5], ["a"])


@pytest.mark.parametrize(
    ("minimum", "maximum", "message"),
    [(None, None, "exactly one"), (0.5, 0.5, "exactly one"), (1.0, None, "between 0 and 1")],
)
def test_a_race_needs_one_target_inside_the_range(minimum: float | None, maximum: float | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        start_race([1], level=LEVEL, minimum=minimum, maximum=maximum)
    with pytest.raises(ValueError, match="sizes"):
        start_race([], level=LEVEL, minimum=0.5)
    with pytest.raises(ValueError, match="minimum or a maximum"):
        _ = replace(start_race([1], level=LEVEL, minimum=0.5), minimum=None).target
