from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.diagnose.concentration import concentration, gini, lorenz, worst_share
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row
from rung.task.task import Flow

RowMaker = Callable[..., Row]
losses = st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(lambda values: sum(values) > 0)


def gini_by_its_definition(values: list[int]) -> float:
    """Half the mean absolute difference of all pairs, relative to the mean (Gini 1912)."""
    array = np.asarray(values, dtype=float)
    return float(np.abs(array[:, None] - array[None, :]).mean() / (2 * array.mean()))


@given(losses)
def test_the_gini_index_is_half_the_relative_mean_difference(values: list[int]) -> None:
    assert gini(values) == pytest.approx(gini_by_its_definition(values), abs=1e-9)


def test_equal_losses_have_no_concentration_and_a_single_loser_has_all_of_it() -> None:
    assert gini([3, 3, 3, 3]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 8]) == pytest.approx(3 / 4)
    assert lorenz([1, 3]).tolist() == [0.0, 0.25, 1.0]


@given(losses)
def test_the_lorenz_curve_rises_ever_more_steeply_from_nothing_to_everything(values: list[int]) -> None:
    curve = lorenz(values)
    assert curve[0] == 0.0
    assert curve[-1] == pytest.approx(1.0)
    assert (np.diff(curve, 2) >= -1e-12).all()


@given(losses, st.integers(1, 30))
def test_the_worst_slices_hold_at_least_their_number_s_share(values: list[int], count: int) -> None:
    count = min(count, len(values))
    assert count / len(values) - 1e-12 <= worst_share(values, count) <= 1.0 + 1e-12
    assert worst_share(values, count) == pytest.approx(1.0 - lorenz(values)[len(values) - count])


@pytest.mark.parametrize("values", [[], [0, 0], [1, -1], [float("nan")], [[1.0]]])
def test_there_is_no_concentration_of_nothing(values: list[float]) -> None:
    with pytest.raises(ValueError, match="losses"):
        gini(values)


def measured(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= figure.value <= figure.high
    return figure


def of(rows: list[Row], *, seed: str = "s", flows: tuple[Flow, ...] = ()) -> Figure:
    return concentration(rows, flows, seed=seed, source="run r, dev")


def chance_of(figure: Estimate) -> float:
    return float(figure.note.split("chance alone would put ")[1].split("%")[0]) / 100


def test_planted_failures_in_two_of_ten_labels_are_found_to_be_concentrated(make_row: RowMaker) -> None:
    rows = [make_row(f"L{label}", "x" if label < 2 else f"L{label}") for label in range(10) for _ in range(10)]
    figure = measured(of(rows))
    assert figure.value == 1.0
    assert figure.provenance is Provenance.MEASURED
    assert figure.n == 20
    assert figure.note.startswith("worst: L0, L1; ")
    assert chance_of(figure) < 0.5
    assert "worst 2" in figure.source


def test_many_failures_in_one_place_bound_their_share_from_below_and_one_failure_does_not(make_row: RowMaker) -> None:
    many = measured(of([make_row(f"L{n % 10}", "x" if n % 10 < 2 else f"L{n % 10}") for n in range(400)]))
    # About 40 of the 80 failures fall into the half that measures, all in the two labels: 40 / (40 + 1.645^2) = .94.
    assert many.low == pytest.approx(0.94, abs=0.03)
    one = measured(of([make_row(f"L{n % 10}", "x" if n == 0 else f"L{n % 10}") for n in range(400)]))
    assert (one.value, one.low, one.high) == (1.0, 0.2, 1.0)


def test_few_failures_spread_evenly_are_seldom_shown_to_be_concentrated(make_row: RowMaker) -> None:
    """Three failures over 25 labels always lie in the worst five, which truly lose a fifth."""
    rng = np.random.default_rng(5)
    too_high = 0
    for repetition in range(30):
        failed = set(rng.choice(100, 3, replace=False).tolist())
        rows = [make_row(f"L{n % 25}", "x" if n in failed else f"L{n % 25}") for n in range(100)]
        figure = measured(of(rows, seed=str(repetition)))
        assert figure.value == 1.0
        assert figure.low is not None
        too_high += figure.low > 0.2
    # One end, 5 % wanted: Binomial(30, .05) exceeds 5 in 3 of a thousand cases.
    assert too_high <= 5


def test_a_single_group_cannot_bound_how_concentrated_its_failures_are(make_row: RowMaker) -> None:
    figure = of([make_row(f"L{n % 5}", "x" if n < 3 else f"L{n % 5}", group="one") for n in range(20)])
    assert isinstance(figure, Estimate)
    assert (figure.low, figure.high) == (None, None)
    assert "all items belong to one group" in figure.note


def test_failures_spread_by_chance_are_what_chance_is_said_to_give(make_row: RowMaker) -> None:
    """Ten labels, failures drawn at random: the figure lies near its own yardstick, not near a fifth."""
    rng = np.random.default_rng(7)
    gaps = []
    for _ in range(20):
        rows = [make_row(f"L{n % 10}", "x" if rng.random() < 0.3 else f"L{n % 10}") for n in range(100)]
        figure = measured(of(rows))
        gaps.append(figure.value - chance_of(figure))
    assert abs(float(np.mean(gaps))) < 0.03


def test_the_interval_is_the_same_every_time_and_follows_the_seed(make_row: RowMaker) -> None:
    rows = [make_row(f"L{n % 7}", "x" if n % 5 < 2 else f"L{n % 7}") for n in range(60)]
    assert of(rows) == of(rows)
    assert of(rows) != of(rows, seed="another")


def test_the_lower_end_seldom_lies_above_the_true_share_of_an_uneven_spread(make_row: RowMaker) -> None:
    """Simulated: failure rates of 24 labels are known, so the true share of the worst fifth is. One end, 5 % wanted."""
    rates = np.random.default_rng(3).beta(1, 2, 24)
    truth = np.sort(rates)[-5:].sum() / rates.sum()
    rng = np.random.default_rng(11)
    too_high = too_low = 0
    for repetition in range(60):
        rows = [make_row(f"L{n % 24}", "x" if rng.random() < rates[n % 24] else f"L{n % 24}") for n in range(150)]
        figure = measured(of(rows, seed=str(repetition)))
        assert figure.low is not None
        assert figure.high is not None
        too_high += figure.low > truth
        too_low += figure.high < truth
    assert too_high <= 6
    assert too_low <= 6


def test_few_groups_make_a_wider_interval_than_many(make_row: RowMaker) -> None:
    def width(groups: int) -> float:
        rows = [make_row(f"L{n % 10}", "x" if n % 3 == 0 else f"L{n % 10}", group=f"g{n % groups}") for n in range(200)]
        figure = measured(of(rows))
        assert figure.low is not None
        assert figure.high is not None
        return figure.high - figure.low

    assert width(10) > width(200)


def test_without_a_value_for_every_flow_each_failure_weighs_the_same(make_row: RowMaker) -> None:
    flows = (Flow("web", requests_per_month=1000, value_usd=2.0), Flow("app", requests_per_month=1000))
    rows = [make_row("A", "x", flow="web"), make_row("A", "x", flow="app"), make_row("B", "B", flow="app")]
    figure = measured(of(rows, flows=flows))
    assert figure.provenance is Provenance.MEASURED
    assert figure.value == 0.5


def test_failures_in_flows_that_are_worth_nothing_lose_nothing(make_row: RowMaker) -> None:
    flows = (Flow("web", requests_per_month=0, value_usd=2.0),)
    assert isinstance(of([make_row("A", "x"), make_row("B", "B")], flows=flows), Missing)


def test_one_slice_cannot_be_concentrated(make_row: RowMaker) -> None:
    assert isinstance(of([make_row("A", "x"), make_row("A", "A")]), Missing)
