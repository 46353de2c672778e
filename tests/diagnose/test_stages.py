from __future__ import annotations

from collections.abc import Sequence

import pytest

from rung.diagnose.arms import NO_ARMS, ORACLE_CONTEXT, Arms
from rung.diagnose.contract import Contract
from rung.diagnose.stages import Stage, stages
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction

NO_NOISE = Missing("not estimated")


def run_of(successes: Sequence[int], *, retrieved: Sequence[str] = ("p",)) -> Run:
    rows = tuple(
        Row(
            Example(f"i{number}", f"text {number}", "yes", f"g{number}", passages=("p",)),
            Prediction("yes", retrieved=tuple(retrieved)),
            success=bool(success),
        )
        for number, success in enumerate(successes)
    )
    return Run("0123456789abcdef", "planted", "dev", rows, None, None, 0)


def measured(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "share", 10, Provenance.MEASURED, "planted")


def contract_of(won: Sequence[str], share: float) -> Contract:
    figure = measured(share, 0.0, 1.0)
    return Contract(figure, figure, figure, figure, won_ids=tuple(won))


def by_name(found: Sequence[Stage]) -> dict[str, Figure]:
    return {stage.name: stage.recovered for stage in found}


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.value


def test_each_stage_recovers_what_its_gold_output_turns_right() -> None:
    # Ten items, six fail: four are right with the right passages, one once it is read charitably, one never.
    own = run_of([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    oracle = run_of([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    found = stages(own, Arms({ORACLE_CONTEXT: oracle}), contract_of(["i8"], 0.1), noise=NO_NOISE, source="dev")
    recovered = by_name(found)
    assert value(recovered["retrieval"]) == pytest.approx(0.4)
    assert value(recovered["parsing"]) == pytest.approx(0.1)
    assert value(recovered["generation"]) == pytest.approx(0.1)
    assert recovered["labels"] == NO_NOISE
    assert found[0].name == "retrieval"
    assert found[-1].name == "labels"


def test_without_the_right_passages_generation_has_all_that_no_other_stage_wins_back() -> None:
    found = stages(run_of([1, 0, 0, 0], retrieved=()), NO_ARMS, contract_of(["i1"], 0.25), noise=NO_NOISE, source="dev")
    recovered = by_name(found)
    assert value(recovered["generation"]) == 0.5
    assert recovered["retrieval"] == Missing("planted retrieves nothing")
    assert found[0].name == "generation"


def test_wrong_labels_are_taken_off_what_is_left_for_generation() -> None:
    own = run_of([1] * 6 + [0] * 4, retrieved=())
    found = stages(own, NO_ARMS, None, noise=measured(0.3, 0.2, 0.5), source="dev")
    recovered = by_name(found)
    assert value(recovered["labels"]) == 0.3
    assert value(recovered["generation"]) == pytest.approx(0.1)
    assert found[0].name == "labels"
    generation = recovered["generation"]
    assert isinstance(generation, Estimate)
    # Wilson's 90 % interval of 4 in 10 is .190 to .655; labels are at most the failures, .2 to .4.
    assert generation.low == 0.0
    assert generation.high == pytest.approx(0.655 - 0.2, abs=0.01)


def test_wrong_labels_recover_no_more_than_the_failures() -> None:
    own = run_of([1] * 9 + [0], retrieved=())
    found = by_name(stages(own, NO_ARMS, None, noise=measured(0.3, 0.2, 0.5), source="dev"))
    labels = found["labels"]
    assert isinstance(labels, Estimate)
    assert (labels.value, labels.low, labels.high) == (0.1, 0.1, 0.1)
    assert value(found["generation"]) == 0.0


def test_no_stage_owns_an_error_where_there_is_none() -> None:
    assert stages(run_of([1, 1]), NO_ARMS, None, noise=measured(0.3, 0.2, 0.5), source="dev") == ()


def test_every_item_failing_is_told_like_any_other_share() -> None:
    found = stages(run_of([0, 0, 0], retrieved=()), NO_ARMS, None, noise=NO_NOISE, source="dev")
    assert (found[0].name, value(found[0].recovered)) == ("generation", 1.0)


def test_generation_is_not_blamed_for_what_may_be_owed_to_retrieval() -> None:
    arms = Arms({}, {ORACLE_CONTEXT: "right by construction"})
    found = by_name(stages(run_of([1, 0, 0]), arms, contract_of(["i1"], 1 / 3), noise=NO_NOISE, source="dev"))
    assert isinstance(found["generation"], Missing)
    assert "right by construction" in found["generation"].because
    assert found["retrieval"] == Missing("right by construction")
    assert value(found["parsing"]) == pytest.approx(1 / 3)
