from __future__ import annotations

from dataclasses import replace

from rung.diagnose.classes import Failed
from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis.classes import named, open_class, open_examples
from rung.report.escape import plain


def test_a_class_opens_to_all_its_items_in_its_order(everything: Diagnosed) -> None:
    one = everything.diagnosis.classes[0]
    found = open_class(one, everything.items, 100)
    assert [item.id for item in found.shown] == list(one.item_ids)
    assert (found.ids, found.rest) == ((), 0)


def test_what_the_limit_leaves_out_is_counted(everything: Diagnosed) -> None:
    found = open_class(everything.diagnosis.classes[0], everything.items, 5)
    assert len(found.shown) == 5
    assert found.rest == 13


def test_an_item_without_its_text_is_named_all_the_same(everything: Diagnosed) -> None:
    one = replace(everything.diagnosis.classes[0], item_ids=("p-0005", "gone"), examples=())
    found = open_class(one, everything.items, 10)
    assert [item.id for item in found.shown] == ["p-0005"]
    assert found.ids == ("gone",)


def test_a_class_without_ids_opens_to_its_examples(everything: Diagnosed) -> None:
    one = replace(everything.diagnosis.classes[0], item_ids=(), examples=(Failed("x", "in", "a", "b"),))
    assert [item.id for item in open_class(one, (), 10).shown] == ["x"]


def test_examples_come_first_and_then_the_ids_of_others(everything: Diagnosed) -> None:
    one = everything.diagnosis.classes[0]
    found = open_examples(one, 5)
    assert [item.id for item in found.shown] == ["p-0005", "p-0006"]
    assert found.ids == ("p-0007", "p-0008", "p-0009")
    assert len(found.shown) + len(found.ids) + found.rest == len(one.item_ids)


def test_a_class_is_found_by_its_name_whatever_the_case_or_by_the_only_name_that_begins_so(
    everything: Diagnosed,
) -> None:
    classes = everything.diagnosis.classes

    def names(asked: str) -> list[str]:
        return [one.name for one in named(classes, asked)]

    assert names("lost ↔ delayed") == ["lost ↔ delayed"]
    assert names("  LOST ↔  Delayed") == ["lost ↔ delayed"]
    assert names("customs") == ["customs, fee, invoice"]
    assert names("c") == []  # channel and customs
    assert names("") == []
    twin = replace(classes[0], kind="slice", name="lost ↔ delayed")
    assert len(named((*classes, twin), "lost ↔ delayed")) == 2


def test_a_class_is_opened_by_its_name_as_it_is_shown(everything: Diagnosed) -> None:
    steering = replace(everything.diagnosis.classes[0], name="\x1b[31mred / \u202elost")
    assert named((steering,), plain(steering.name)) == (steering,)
