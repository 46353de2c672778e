from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose.capacity import Capacity
from rung.diagnose.causes import Cause, ranked_causes
from rung.diagnose.owner import Owner
from rung.diagnose.wordings import Wordings
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row

RowMaker = Callable[..., Row]
UNKNOWN = Missing("planted")


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "share", 100, Provenance.MEASURED, "planted")


def causes(
    make_row: RowMaker,
    owned: dict[Owner, int],
    *,
    right: int = 60,
    noise: Figure = UNKNOWN,
    wordings: Wordings | None = None,
    capacity: Capacity | None = None,
    retrieved: tuple[str, ...] = ("p",),
) -> tuple[Cause, ...]:
    """Causes of a run in which each owner has that many failures."""
    owners: list[Owner | None] = [owner for owner, count in owned.items() for _ in range(count)]
    owners += [None] * right
    rows = [make_row("A", "B" if owner else "A", retrieved=retrieved) for owner in owners]
    return ranked_causes(
        rows,
        owners,
        kind="classify",
        noise=noise,
        wordings=wordings,
        capacity=capacity,
        asked_again=False,
        source="planted",
    )


def share(cause: Cause) -> float:
    assert isinstance(cause.share, Estimate)
    return cause.share.value


def test_owners_become_causes_by_their_share_of_all_items(make_row: RowMaker) -> None:
    found = causes(make_row, {"retrieval": 25, "orchestration": 10, "model": 5})
    assert [(cause.name, round(share(cause), 3), cause.remedy) for cause in found] == [
        ("retrieval", 0.25, "improve_retrieval"),
        ("output_contract", 0.10, "constrain"),
        ("model", 0.05, "in_order"),
    ]
    assert [len(cause.item_ids) for cause in found] == [25, 10, 5]


def test_a_strategy_that_retrieves_nothing_lacks_knowledge_and_should_retrieve(make_row: RowMaker) -> None:
    [first, *_] = causes(make_row, {"retrieval": 25, "model": 5}, retrieved=())
    assert (first.name, first.remedy) == ("missing_knowledge", "retrieve")


def test_label_noise_comes_off_the_part_of_the_model(make_row: RowMaker) -> None:
    found = causes(make_row, {"model": 30}, right=70, noise=estimate(0.2, 0.15, 0.26))
    assert [cause.name for cause in found] == ["label_noise", "model"]
    model = found[1].share
    assert isinstance(model, Estimate)
    assert model.value == pytest.approx(0.1)
    assert model.low is not None
    assert model.high is not None
    # Everything that noise may be is taken into account: the widest of the differences, and never below 0.
    assert 0.0 <= model.low <= 0.1 <= model.high
    assert "less the estimated label noise" in model.source


def test_noise_that_is_not_shown_to_be_there_does_not_lead(make_row: RowMaker) -> None:
    found = causes(make_row, {"model": 10, "orchestration": 15}, noise=estimate(0.3, 0.0, 0.5))
    assert [cause.name for cause in found] == ["output_contract", "model", "label_noise"]
    # What is not shown is not taken off anybody either.
    assert share(found[1]) == pytest.approx(10 / 85)


def test_conflicting_texts_stand_where_they_are_more_than_the_estimate(make_row: RowMaker) -> None:
    found = causes(make_row, {"data_hygiene": 30, "model": 10}, noise=estimate(0.1, 0.05, 0.2))
    assert found[0].name == "label_noise"
    assert share(found[0]) == pytest.approx(0.3)
    assert share(found[1]) == pytest.approx(0.1)


def test_conflicts_that_are_known_come_off_the_noise_once(make_row: RowMaker) -> None:
    """10 of 100 items conflict and 20 more fail; of an estimated 16 wrong labels only 6 can be among those 20."""
    owned: dict[Owner, int] = {"data_hygiene": 10, "model": 20}
    found = causes(make_row, owned, right=70, noise=estimate(0.16, 0.1, 0.2))
    assert [cause.name for cause in found] == ["label_noise", "model"]
    assert share(found[1]) == pytest.approx(0.20 - 0.06)


def test_no_failures_have_no_cause_whatever_the_noise(make_row: RowMaker) -> None:
    assert causes(make_row, {}, noise=estimate(0.2, 0.1, 0.3)) == ()


def wording(best_gain: Figure, *, exhausted: bool | None) -> Wordings:
    return Wordings({}, UNKNOWN, best_gain, UNKNOWN, exhausted, "planted", 60)


def test_what_other_wordings_and_a_larger_model_showed_decides_the_remedy(make_row: RowMaker) -> None:
    shown, not_shown = estimate(0.2, 0.1, 0.3), estimate(0.02, -0.05, 0.09)
    larger = Capacity(UNKNOWN, shown, UNKNOWN, UNKNOWN, "planted", ("i1",))

    def remedies(wordings: Wordings | None, capacity: Capacity | None) -> dict[str, str]:
        found = causes(make_row, {"model": 30}, wordings=wordings, capacity=capacity)
        return {cause.name: cause.remedy for cause in found}

    assert remedies(None, None) == {"model": "in_order"}
    assert remedies(wording(shown, exhausted=False), None) == {"model": "reword", "wording": "reword"}
    assert remedies(wording(not_shown, exhausted=True), None) == {"model": "tune"}
    assert remedies(wording(not_shown, exhausted=True), larger) == {
        "model": "larger_model",
        "model_size": "larger_model",
    }
