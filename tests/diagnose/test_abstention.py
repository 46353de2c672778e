from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rung.diagnose.abstention import Abstention, abstention
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.stats import best_area, tempered
from rung.task.example import Example
from rung.task.protocols import Prediction

RunMaker = Callable[..., Run]
Pair = tuple[float | None, bool]


def rows_of(pairs: Sequence[Pair], *, per_group: int = 1) -> list[Row]:
    return [
        Row(
            Example(f"i{number}", f"text {number}", "A", f"g{number // per_group}"),
            Prediction("A" if right else "B", confidence=confidence),
            success=right,
        )
        for number, (confidence, right) in enumerate(pairs)
    ]


def told(run: Run, target: float | None = None) -> Abstention:
    found = abstention(run, target, source="run 0123, dev", seed=run.id)
    assert found is not None
    return found


def figure(found: object) -> Estimate:
    assert isinstance(found, Estimate), found
    return found


def missing(found: object) -> Missing:
    assert isinstance(found, Missing), found
    return found


def honest(n: int, seed: int) -> list[Pair]:
    rng = np.random.default_rng(seed)
    sure = rng.beta(4, 1.5, n)
    return [(float(one), bool(rng.random() < one)) for one in sure]


def test_the_curve_and_its_area_are_those_by_hand(make_run: RunMaker) -> None:
    found = told(make_run(rows_of([(0.6, False), (0.9, True), (0.8, False), (0.7, True)])))
    assert found.coverage == (0.25, 0.5, 0.75, 1.0)
    assert found.risk == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert figure(found.area).value == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert figure(found.area_if_perfect).value == pytest.approx((1 / 3 + 2 / 4) / 4)


def test_answers_without_confidence_are_the_first_to_be_left_to_people(make_run: RunMaker) -> None:
    found = told(make_run(rows_of([(None, False), (0.1, True), (None, False), (0.2, True)])))
    assert found.risk == pytest.approx((0, 0, 1 / 3, 1 / 2))
    assert figure(found.area).value == pytest.approx(figure(found.area_if_perfect).value)
    assert "2 of 4 items have no confidence" in figure(found.area).note


def test_a_confidence_that_is_none_counts_as_none(make_run: RunMaker) -> None:
    found = told(make_run(rows_of([(float("nan"), False), (1.5, False), (0.2, True)])))
    assert found.risk[0] == 0
    assert "2 of 3 items have no confidence" in figure(found.area).note


def test_without_any_confidence_nothing_is_said(make_run: RunMaker) -> None:
    assert abstention(make_run(rows_of([(None, True), (None, False)])), 0.8, source="s", seed="x") is None
    assert abstention(make_run([]), 0.8, source="s", seed="x") is None


def test_the_curve_has_at_most_101_points_and_ends_at_the_error_rate(make_run: RunMaker) -> None:
    pairs = honest(3_000, 1)
    found = told(make_run(rows_of(pairs, per_group=4)))
    assert len(found.coverage) == len(found.risk) == 101
    assert found.coverage[-1] == 1.0
    errors = sum(not right for _, right in pairs)
    assert found.risk[-1] == pytest.approx(errors / 3_000)
    assert figure(found.area_if_perfect).value == pytest.approx(best_area(errors, 3_000))
    assert figure(found.area).low is not None
    assert "750 groups" in figure(found.area).note


def test_the_order_of_the_rows_changes_no_curve_and_no_area(make_run: RunMaker) -> None:
    rows = rows_of([(round(sure or 0, 1), right) for sure, right in honest(200, 2)])
    one, other = told(make_run(rows)), told(make_run(rows[::-1]))
    assert one.risk == pytest.approx(other.risk)
    assert figure(one.area).value == pytest.approx(figure(other.area).value)
    assert figure(one.calibration_error).value == pytest.approx(figure(other.calibration_error).value)


def test_the_same_seed_gives_the_same_figures(make_run: RunMaker) -> None:
    run = make_run(rows_of(honest(300, 3)))
    assert told(run, 0.9) == told(run, 0.9)


def test_the_coverage_at_a_target_keeps_it_on_the_other_half(make_run: RunMaker) -> None:
    # Six in ten are sure, and of these 58 in 60 are right; of the others one half.
    pairs = [
        (0.9, number % 100 not in {3, 41}) if number % 10 < 6 else (0.4, number % 20 < 10) for number in range(2_000)
    ]
    found = figure(told(make_run(rows_of(pairs)), 0.9).coverage_at_target)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.6 < found.high
    assert found.n == 1_000
    assert "answered from a confidence of 0.9: success 9" in found.note


def test_where_all_answers_keep_the_target_all_may_be_given(make_run: RunMaker) -> None:
    pairs: list[Pair] = [(None if number % 7 == 0 else 0.5 + number / 1_000, number % 10 > 0) for number in range(400)]
    found = figure(told(make_run(rows_of(pairs)), 0.8).coverage_at_target)
    assert found.value == 1.0
    assert "every answer given" in found.note


def test_a_confidence_that_says_nothing_keeps_no_target(make_run: RunMaker) -> None:
    rng = np.random.default_rng(4)
    pairs = [(float(rng.random()), bool(rng.random() < 0.5)) for _ in range(1_000)]
    found = missing(told(make_run(rows_of(pairs)), 0.8).coverage_at_target)
    assert "however sure, is shown to keep 80%" in found.because


def test_the_coverage_is_missing_without_a_target_and_with_too_few_items(make_run: RunMaker) -> None:
    few: list[Pair] = [(0.9, True)] * 12
    assert missing(told(make_run(rows_of(few))).coverage_at_target).remedy == "targets.task_success"
    too_few = missing(told(make_run(rows_of(few)), 0.9).coverage_at_target)
    assert "6 items in one half are too few to show 90%" in too_few.because
    one_group = missing(told(make_run(rows_of(few, per_group=12)), 0.9).coverage_at_target)
    assert "one group" in one_group.because


def test_honest_confidences_show_no_error_beyond_chance_and_a_temperature_of_1(make_run: RunMaker) -> None:
    found = told(make_run(rows_of(honest(4_000, 5))))
    error, temperature = figure(found.calibration_error), figure(found.temperature)
    assert error.value < 0.03
    assert error.low == 0.0
    assert "15 of at most 15 bins of equal mass" in error.source
    assert temperature.value == pytest.approx(1.0, abs=0.1)
    assert figure(found.calibrated_error).value < 0.03


def test_confidences_sharpened_by_a_factor_are_mended_by_it(make_run: RunMaker) -> None:
    pairs = honest(4_000, 6)
    sharp = tempered([sure or 0.0 for sure, _ in pairs], 1 / 3)
    rows = rows_of([(float(one), right) for one, (_, right) in zip(sharp, pairs, strict=True)], per_group=2)
    found = told(make_run(rows))
    temperature, before = figure(found.temperature), figure(found.calibration_error)
    assert temperature.low is not None
    assert temperature.high is not None
    assert temperature.low < 3.0 < temperature.high
    assert before.low is not None
    assert before.low > 0.1
    assert figure(found.calibrated_error).value < 0.03
    assert "2000 groups" in temperature.note


def test_a_temperature_is_never_measured_on_the_groups_it_was_fitted_on(make_run: RunMaker) -> None:
    """Two groups, each right where the other is wrong: fitted on the other one, no temperature mends either."""
    pairs: list[Pair] = [(0.9, number % 10 > 0) for number in range(100)]
    pairs += [(0.9, number % 10 == 0) for number in range(100)]
    found = told(make_run(rows_of(pairs, per_group=100)))
    assert missing(found.temperature)
    mild: list[Pair] = [(0.9, number % 10 > 0) for number in range(100)]
    mild += [(0.9, number % 10 > 3) for number in range(100)]
    scaled = figure(told(make_run(rows_of(mild, per_group=100))).calibrated_error)
    # 0.6 is said of those right 0.9 of the time, and 0.9 of those right 0.6 of the time.
    assert scaled.value == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("right", [True, False])
def test_answers_all_alike_leave_the_temperature_unknown(right: bool, make_run: RunMaker) -> None:
    found = told(make_run(rows_of([(0.5 + number / 100, right) for number in range(40)])), 0.5)
    word = "right" if right else "wrong"
    assert f"all 40 answers with a confidence are {word}" in missing(found.temperature).because
    assert figure(found.area).value == (0.0 if right else 1.0)
    assert (figure(found.area).low, figure(found.area).high) == (None, None)
    assert set(found.risk) == {0.0 if right else 1.0}


def test_one_item_gives_a_curve_of_one_point_and_no_honesty(make_run: RunMaker) -> None:
    found = told(make_run(rows_of([(1.0, False)])), 0.8)
    assert (found.coverage, found.risk) == ((1.0,), (1.0,))
    assert "20 are needed" in missing(found.calibration_error).because
    assert missing(found.coverage_at_target)


def test_equal_confidences_and_those_of_0_and_1_are_told_honestly(make_run: RunMaker) -> None:
    equal = told(make_run(rows_of([(0.75, number % 4 > 0) for number in range(200)])), 0.9)
    assert set(equal.risk) == {0.25}
    assert figure(equal.calibration_error).value == pytest.approx(0.0)
    assert figure(equal.temperature).value == pytest.approx(1.0)
    extreme = told(make_run(rows_of([(float(number % 2), number % 4 > 1) for number in range(200)])), 0.9)
    assert figure(extreme.calibration_error).value == pytest.approx(0.5)
    assert missing(extreme.temperature)
