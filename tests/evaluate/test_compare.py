from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from rung.errors import InvalidData
from rung.estimate import Estimate, Figure, Provenance
from rung.evaluate.compare import compare
from rung.evaluate.run import Row, Run
from rung.stats import connor_items, holm, mcnemar_mid_p, tango
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Segment


def run(
    strategy: str,
    outcomes: str,
    *,
    segments: dict[int, Segment] | None = None,
    groups: dict[int, str] | None = None,
    start: int = 0,
) -> Run:
    """A run whose row k succeeded where character k is "1"; item numbers count from `start`."""
    rows = []
    for number, outcome in enumerate(outcomes, start):
        group = (groups or {}).get(number, f"g{number}")
        example = Example(f"i{number}", f"text {number}", "yes", group, segment=(segments or {}).get(number))
        rows.append(Row(example, Prediction("yes" if outcome == "1" else "no"), outcome == "1"))
    return Run(strategy[:1] * 40, strategy, "dev", tuple(rows), None, None, len(rows))


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def test_difference_and_test_are_those_of_tango_and_mcnemar() -> None:
    """The published example: 1 item only the challenger gets, 7 only the baseline, of 21."""
    result = compare(run("challenger", "1" + "0" * 7 + "1" * 13), run("baseline", "0" + "1" * 7 + "1" * 13), level=0.95)
    difference = estimate(result.difference)
    assert (difference.value, difference.low, difference.high) == pytest.approx((-0.2857, -0.5172, -0.0260), abs=5e-5)
    assert result.p_value == pytest.approx(0.0390625)
    assert (result.wins, result.losses) == (1, 7)
    assert (result.challenger, result.baseline) == ("challenger", "baseline")
    assert (difference.unit, difference.n, difference.provenance) == ("share", 21, Provenance.MEASURED)
    assert difference.source == "run cccccccccccc minus run bbbbbbbbbbbb, dev"


def test_only_items_of_both_runs_count() -> None:
    result = compare(run("challenger", "1111"), run("baseline", "0011", start=2))
    assert estimate(result.difference).n == 2
    assert (result.wins, result.losses) == (2, 0)


def test_runs_without_a_common_item_cannot_be_compared() -> None:
    with pytest.raises(InvalidData, match="share no item"):
        compare(run("challenger", "11"), run("baseline", "11", start=2))


def test_one_id_with_two_contents_is_refused() -> None:
    baseline = run("baseline", "1")
    changed = replace(baseline.rows[0], example=replace(baseline.rows[0].example, input="another text"))
    with pytest.raises(InvalidData, match="item 'i0' differs"):
        compare(run("challenger", "1"), replace(baseline, rows=(changed,)))


def test_swapping_the_two_turns_every_sign() -> None:
    rng = np.random.default_rng(3)
    first, second = ("".join(rng.choice(["0", "1"], 50)) for _ in range(2))
    groups = {number: f"g{number // 3}" for number in range(50)}
    ahead = compare(run("challenger", first, groups=groups), run("baseline", second, groups=groups))
    behind = compare(run("baseline", second, groups=groups), run("challenger", first, groups=groups))
    here, there = estimate(ahead.difference), estimate(behind.difference)
    assert (here.value, here.low) == pytest.approx((-there.value, -(there.high or 0)), abs=1e-9)
    assert ahead.p_value == pytest.approx(behind.p_value)
    assert (ahead.wins, ahead.losses) == (behind.losses, behind.wins)


def test_items_needed_is_connors_number_while_the_interval_contains_zero() -> None:
    result = compare(run("challenger", "1" * 6 + "0" * 3 + "1" * 91), run("baseline", "0" * 6 + "1" * 3 + "1" * 91))
    assert result.items_needed == connor_items(0.06, 0.03, alpha=0.10, power=0.80)
    assert result.items_needed is not None
    assert result.items_needed > 100


def test_no_items_are_asked_for_once_it_is_decided_or_when_nothing_differs() -> None:
    decided = compare(run("challenger", "1" * 30 + "1" * 20), run("baseline", "0" * 30 + "1" * 20))
    low = estimate(decided.difference).low
    assert low is not None
    assert low > 0
    assert decided.items_needed is None
    tied = compare(run("challenger", "1010"), run("baseline", "0110"))
    assert tied.items_needed is None
    assert tied.p_value == 1.0


def test_repeated_items_widen_the_interval_and_raise_the_number_needed() -> None:
    """25 items against the same 25 items four times: no more is known, and more items are needed for as much."""
    wins, losses = "1" * 4 + "0" * 2 + "1" * 19, "0" * 4 + "1" * 2 + "1" * 19
    once = compare(run("challenger", wins), run("baseline", losses))
    groups = {number: f"g{number % 25}" for number in range(100)}
    copied = compare(run("challenger", wins * 4, groups=groups), run("baseline", losses * 4, groups=groups))
    assert copied.p_value == pytest.approx(once.p_value)
    assert estimate(copied.difference).low == pytest.approx(estimate(once.difference).low, abs=0.05)
    assert "100 items in 25 groups" in estimate(copied.difference).note
    assert once.items_needed is not None
    assert copied.items_needed is not None
    assert copied.items_needed > 3 * once.items_needed


def test_segments_are_told_apart_and_adjusted_together() -> None:
    segments: dict[int, Segment] = {}
    for number in range(60):
        segments[number] = "routine" if number < 20 else "edge" if number < 40 else "adversarial"
    challenger = "1" * 9 + "1" * 11 + "0" * 5 + "1" * 15 + "1" * 20
    baseline = "0" * 9 + "1" * 11 + "1" * 5 + "1" * 15 + "1" * 20
    result = compare(run("challenger", challenger, segments=segments), run("baseline", baseline, segments=segments))
    assert list(result.by_segment) == ["routine", "edge", "adversarial"]
    routine = tango(9, 0, 20, level=0.90)
    assert (estimate(result.by_segment["routine"]).low, estimate(result.by_segment["routine"]).high) == pytest.approx(
        (routine.low, routine.high)
    )
    raw = [mcnemar_mid_p(9, 0), mcnemar_mid_p(0, 5), 1.0]
    assert list(result.p_holm.values()) == pytest.approx(holm(raw))
    assert result.p_holm["edge"] == pytest.approx(2 * raw[1])


def test_items_without_a_segment_belong_to_none() -> None:
    result = compare(run("challenger", "110"), run("baseline", "011"))
    assert result.by_segment == {}
    assert result.p_holm == {}


def test_a_large_comparison_agrees_with_the_textbook_test() -> None:
    rng = np.random.default_rng(10)
    first = rng.random(800) < 0.75
    second = np.where(rng.random(800) < 0.2, rng.random(800) < 0.5, first)
    result = compare(
        run("challenger", "".join("01"[int(x)] for x in first)), run("baseline", "".join("01"[int(x)] for x in second))
    )
    table = [[0, result.wins], [result.losses, 0]]
    assert result.p_value is not None
    assert result.p_value <= mcnemar(table, exact=True).pvalue
    assert result.p_value == pytest.approx(mcnemar(table, exact=False, correction=False).pvalue, abs=0.01)
