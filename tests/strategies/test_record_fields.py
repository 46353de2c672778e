from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from rung.strategies.record_fields import Field, fields_of, found_places, is_required, leaves, node_at
from rung.strategies.words import words_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"$ref": "#/$defs/kind"},
        "who": {
            "type": "object",
            "properties": {"name": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "id": {"type": "integer"}},
            "required": ["name"],
        },
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
    "required": ["kind", "who"],
    "$defs": {"kind": {"enum": ["x", "y"]}},
}


def learned(rows: Sequence[tuple[str, dict[str, Any]]], schema: dict[str, Any] | None = None) -> dict[str, Field]:
    fields = fields_of([record for _, record in rows], [words_of(text) for text, _ in rows], schema or {})
    return {field.name: field for field in fields}


def test_leaves_are_all_that_is_no_object_with_keys() -> None:
    record = {"a": {"b": 1, "c": {}}, "d": [{"e": 1}], "f": None}
    assert dict(leaves(record)) == {("a", "b"): 1, ("a", "c"): {}, ("d",): [{"e": 1}], ("f",): None}


def test_the_schema_tells_a_choice_from_a_text_to_find() -> None:
    rows = [("x for Ann", {"kind": "x", "who": {"name": "Ann"}}), ("y, Bob", {"kind": "y", "who": {"name": "Bob"}})]
    fields = learned(rows, SCHEMA)
    assert {name: field.how for name, field in fields.items()} == {
        "kind": "choice",
        "who": "object",
        "who.name": "span",
    }


def test_a_list_of_a_closed_set_is_a_choice_of_several() -> None:
    assert learned([("t", {"tags": ["a"]}), ("u", {"tags": ["a", "b"]})], SCHEMA)["tags"].how == "choices"


def test_a_list_of_texts_is_found_item_by_item() -> None:
    field = learned([("eggs and milk", {"goods": ["eggs", "milk"]}), ("tea", {"goods": ["tea"]})])["goods"]
    assert (field.how, field.values, field.written) == ("spans", 3, 3)


def test_values_that_recur_but_do_not_stand_in_the_text_are_a_choice() -> None:
    rows = [(f"text {n}", {"team": "north" if n % 2 else "south"}) for n in range(8)]
    assert learned(rows)["team"].how == "choice"


def test_free_text_that_stands_nowhere_is_out_of_reach() -> None:
    rows = [(f"text {n}", {"summary": f"about {n} things"}) for n in range(8)]
    field = learned(rows)["summary"]
    assert (field.how, field.values, field.written, field.always) == ("out_of_reach", 8, 0, True)


def test_a_list_of_objects_is_out_of_reach() -> None:
    assert learned([("eggs", {"goods": [{"name": "eggs"}]})])["goods"].how == "out_of_reach"


@pytest.mark.parametrize(
    ("blank", "text"), [(None, "null"), ([], "[]"), ("", '""')], ids=["null", "no items", "empty text"]
)
def test_what_mostly_stands_where_nothing_is_said_is_remembered(blank: Any, text: str) -> None:
    rows = [("at six", {"hour": "six"}), ("later", {"hour": blank}), ("soon", {"hour": blank}), ("now", {})]
    field = learned(rows)["hour"]
    assert (field.blank, field.always) == (text, False)


def test_a_field_mostly_left_out_is_left_out() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("at six", {"hour": "six"}),
        ("later", {"hour": None}),
        ("a", {}),
        ("b", {}),
    ]
    assert learned(rows)["hour"].blank is None


def test_records_without_the_object_around_say_nothing_about_its_fields() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("Ann 3", {"who": {"name": "Ann", "age": 3}}),
        ("Bob", {"who": {"name": "Bob", "age": None}}),
        *(("nobody", {}) for _ in range(5)),
    ]
    fields = learned(rows)
    assert fields["who.age"].blank == "null"
    assert fields["who"].blank is None


def test_the_way_a_field_writes_numbers_is_learned_from_its_values() -> None:
    rows = [("pay 1.234,50 now", {"sum": 1234.5}), ("pay 2.000,25", {"sum": 2000.25}), ("it is 7", {"sum": 7.0})]
    field = learned(rows)["sum"]
    assert (field.how, field.form, field.habit, field.written) == ("span", "number", "decimal_comma", 3)


def test_the_order_of_day_and_month_is_learned_from_unambiguous_dates() -> None:
    schema = {"properties": {"day": {"type": "string", "format": "date"}}}
    rows = [("on 4/25/2024", {"day": "2024-04-25"}), ("on 3/4/2024", {"day": "2024-03-04"})]
    field = learned(rows, schema)["day"]
    assert (field.form, field.habit, field.written) == ("date", "month_first", 2)


def test_dates_that_stand_as_they_are_wanted_are_taken_as_text() -> None:
    schema = {"properties": {"day": {"type": "string", "format": "date"}}}
    assert learned([("on 2024-04-25", {"day": "2024-04-25"})], schema)["day"].form == "text"


def test_a_value_that_stands_twice_is_taken_where_no_other_field_is() -> None:
    words = words_of("two tickets at two")
    assert found_places("two", words, "text", "as_written") == [((0, 1), "two")]
    assert found_places("two", words, "text", "as_written", [(0, 1)]) == [((3, 4), "two")]
    assert found_places(["two", "two", "two"], words, "text", "as_written") == [((0, 1), "two"), ((3, 4), "two")]


def test_true_is_no_number_to_be_found() -> None:
    assert found_places(True, words_of("1 and 1"), "integer", "decimal_point") == []


def test_references_and_nullable_branches_lead_to_the_part_that_says_something() -> None:
    assert node_at(SCHEMA, ("kind",)) == {"enum": ["x", "y"]}
    assert node_at(SCHEMA, ("who", "name")) == {"type": "string"}
    assert node_at(SCHEMA, ("tags",)) == {"enum": ["a", "b"]}
    assert node_at(SCHEMA, ("nothing", "here")) is None
    assert node_at({"$ref": "#"}, ("a",)) is None


def test_a_field_is_required_only_when_everything_around_it_is() -> None:
    assert is_required(SCHEMA, ("kind",))
    assert is_required(SCHEMA, ("who", "name"))
    assert not is_required(SCHEMA, ("who", "id"))
    assert not is_required({**SCHEMA, "required": ["kind"]}, ("who", "name"))
