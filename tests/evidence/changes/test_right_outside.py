from __future__ import annotations

from dataclasses import replace

import pytest

from rung.errors import InvalidTask
from rung.evidence.changes.right_outside import right_outside
from rung.task.example import Example
from rung.task.task import Kind, Task


def items(*expected: str) -> list[Example]:
    return [Example(str(n), f"text {n}", one, f"g{n}") for n, one in enumerate(expected)]


def test_refusing_is_right_only_where_questions_without_an_answer_are_known(task: Task) -> None:
    answer = replace(task, kind="answer")
    assert right_outside(answer, items("ten", ""), ()) == ""
    assert right_outside(answer, items("ten", "two"), ()) is None


def test_a_label_for_them_is_named_by_the_team_and_never_guessed(task: Task) -> None:
    assert right_outside(task, items("billing", "other"), ("billing", "other")) is None
    assert (
        right_outside(replace(task, out_of_scope="other"), items("billing", "other"), ("billing", "other")) == "other"
    )
    with pytest.raises(InvalidTask, match=r"task.out_of_scope: 'none' is not one of the labels \(billing, other\)"):
        right_outside(replace(task, out_of_scope="none"), items("billing", "other"), ("billing", "other"))


def test_with_several_labels_none_is_right_where_items_have_none(task: Task) -> None:
    several = replace(task, multi_label=True)
    assert right_outside(several, items('["a"]', "[]"), ("a", "b")) == "[]"
    assert right_outside(several, items('["a"]', '["b"]'), ("a", "b")) is None
    assert right_outside(replace(several, out_of_scope="b"), items('["a"]'), ("a", "b")) == '["b"]'


@pytest.mark.parametrize("kind", ["extract", "generate"])
def test_records_and_texts_have_no_answer_for_strangers(task: Task, kind: Kind) -> None:
    assert right_outside(replace(task, kind=kind), items("{}", ""), ()) is None
