from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rung.diagnose import diagnose
from rung.estimate import Estimate, Figure
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction

RunMaker = Callable[..., Run]


def row(
    number: int,
    outcome: str,
    *,
    expected: str = "x",
    text: str | None = None,
    passages: tuple[str, ...] = (),
    retrieved: tuple[str, ...] = (),
    fields: Mapping[str, bool] | None = None,
) -> Row:
    example = Example(f"i{number}", text or f"text number {number}", expected, f"g{number}", passages=passages)
    success = outcome in {"right", "right_refusal"}
    return Row(example, Prediction("o", retrieved=retrieved), success, outcome=outcome, fields=fields or {})


def share(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.value


def test_errors_of_form_stand_first_and_belong_to_orchestration(make_run: RunMaker) -> None:
    rows = [row(1, "wrong_value"), row(2, "wrong_value"), row(3, "bad_json"), row(4, "prose_wrapped"), row(5, "right")]
    found = diagnose(make_run(rows), corpus=[], labels=[], flows=[], train=[], kind="extract")
    assert [(one.outcome, one.count) for one in found.error_classes] == [
        ("prose_wrapped", 1),
        ("bad_json", 1),
        ("wrong_value", 2),
    ]
    assert found.error_classes[0].item_ids == ("i4",)
    assert share(found.error_classes[2].share) == 0.5
    assert (share(found.owed["orchestration"]), share(found.owed["model"])) == (0.5, 0.5)
    assert found.confusions == ()


def test_the_worst_field_is_named(make_run: RunMaker) -> None:
    rows = [
        row(1, "wrong_value", fields={"city": True, "day": False}),
        row(2, "wrong_value", fields={"city": False}),
        row(3, "right", fields={"city": True}),
        row(4, "wrong_value", fields={"city": True, "day": False}),
    ]
    found = diagnose(make_run(rows), corpus=[], labels=[], flows=[], train=[], kind="extract")
    fields = {part.value: (part.failures, part.items) for part in found.slices if part.dimension == "field"}
    assert fields == {"day": (2, 2), "city": (1, 4)}
    assert "the field most often wrong is day (2 of 2)" in found.sentences[0]
    assert not any(part.dimension == "label" for part in found.slices)


def test_retrieval_owns_what_was_never_shown(make_run: RunMaker) -> None:
    rows = [
        row(1, "not_retrieved", passages=("p1",), retrieved=("p2",)),
        row(2, "wrong_answer", passages=("p1",), retrieved=("p2",)),
        row(3, "wrong_answer", passages=("p1",), retrieved=("p1",)),
        row(4, "answered_unanswerable", expected="", retrieved=("p1",)),
        row(5, "right", passages=("p3",), retrieved=("p3", "p4")),
    ]
    found = diagnose(make_run(rows), corpus=[], labels=[], flows=[], train=[], kind="answer")
    assert share(found.owed["retrieval"]) == 0.5
    assert share(found.owed["model"]) == 0.5
    assert share(found.retrieval_recall) == pytest.approx(2 / 4)
    questions = {part.value: (part.failures, part.items) for part in found.slices if part.dimension == "question"}
    assert questions == {"answerable": (3, 4), "unanswerable": (1, 1)}


def test_a_closed_book_is_not_held_to_what_it_did_not_look_up(make_run: RunMaker) -> None:
    rows = [row(1, "wrong_answer", passages=("p1",)), row(2, "right", passages=("p2",))]
    found = diagnose(make_run(rows), corpus=[], labels=[], flows=[], train=[], kind="answer")
    assert share(found.owed["model"]) == 1.0


@pytest.mark.parametrize(("kind", "owner"), [("extract", "data_hygiene"), ("answer", "model"), ("generate", "model")])
def test_texts_conflict_only_where_one_outcome_can_be_right(make_run: RunMaker, kind: Any, owner: Any) -> None:
    wrong = {"extract": "wrong_value", "answer": "wrong_answer", "generate": "judged_wrong"}[kind]
    rows = [row(1, wrong, text="same", expected="{}"), row(2, "right", text="Same!", expected='{"a": 1}')]
    found = diagnose(make_run(rows), corpus=[], labels=[], flows=[], train=[], kind=kind)
    assert share(found.owed[owner]) == 1.0


def test_several_labels_are_slices_each(make_run: RunMaker) -> None:
    rows = [
        row(1, "wrong_labels", expected='["a", "b"]'),
        row(2, "right", expected='["a"]'),
        row(3, "right", expected="[]"),
    ]
    found = diagnose(make_run(rows), corpus=[], labels=["a", "b"], flows=[], train=[], multi_label=True)
    labels = {part.value: (part.failures, part.items) for part in found.slices if part.dimension == "label"}
    assert labels == {"a": (1, 2), "b": (1, 1)}
    assert share(found.owed["model"]) == 1.0
