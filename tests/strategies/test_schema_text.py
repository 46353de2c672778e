from __future__ import annotations

from typing import Any

import pytest

from rung.strategies.schema_text import count_values, schema_lines

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": " the number\n on the slip "},
        "state": {"enum": ["open", "closed", None]},
        "paid": {"type": ["boolean", "null"]},
        "due": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "to": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/address"}]},
        "tags": {"type": "array", "items": {"enum": ["new", "old"]}},
        "version": {"const": 2},
        "anything": {},
    },
    "required": ["id", "lines"],
    "$defs": {
        "line": {
            "type": "object",
            "properties": {"item": {"type": "string"}, "count": {"type": "integer", "description": "how many"}},
            "required": ["item"],
        },
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def test_every_field_is_a_line_with_its_type_and_what_is_said_of_it() -> None:
    assert schema_lines(ORDER) == [
        "- id (text, required): the number on the slip",
        '- state (one of "open", "closed", null)',
        "- paid (true or false or null)",
        "- due (text, as date)",
        "- lines (list of object, required)",
        "  - item (text, required)",
        "  - count (whole number): how many",
        "- to (text or object)",
        '- tags (list of one of "new", "old")',
        "- version (always 2)",
        "- anything (any value)",
    ]


def test_values_are_counted_with_two_for_a_list() -> None:
    # id, state, paid, due, to, version, anything: 7; lines: 2 fields twice; tags: one value twice.
    assert count_values(ORDER) == 7 + 4 + 2
    assert count_values({}) == 1


@pytest.mark.parametrize(
    "field",
    [
        {"$ref": "#"},
        {"$ref": "#/properties/again"},
        {"$ref": "https://example.com/other.json"},
        {"$ref": "#/$defs/nowhere"},
        {"type": "array", "items": {"$ref": "#"}},
        {"anyOf": [{"$ref": "#/properties/again"}, {"type": "null"}]},
        {"type": "array", "items": {"$ref": "#/properties/again"}},
        True,
    ],
)
def test_a_reference_in_a_circle_or_out_of_the_schema_ends(field: Any) -> None:
    schema = {"type": "object", "properties": {"again": field}}
    lines = schema_lines(schema)
    assert lines[0].startswith("- again (")
    assert len(lines) <= 4
    assert count_values(schema) >= 1
