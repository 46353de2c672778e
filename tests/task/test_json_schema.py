from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.errors import InvalidTask
from rung.task.json_schema import MAX_NODES, read_record_schema, read_schema, violations

Refusal = Callable[[object], str]
RECORD = {
    "type": "object",
    "properties": {"total": {"$ref": "#/$defs/money"}, "tip": {"$ref": "#/$defs/money", "description": "extra"}},
    "$defs": {"money": {"type": "number", "minimum": 0}},
    "required": ["total"],
    "additionalProperties": False,
}


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    def read(schema: object) -> str:
        path = tmp_path / "s.json"
        path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
        with pytest.raises(InvalidTask) as caught:
            read_record_schema(path, where="rung.yaml:4: task.schema")
        return str(caught.value)

    return read


def written(tmp_path: Path, schema: object) -> Path:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(schema))
    return path


def test_references_inside_the_file_are_written_out(tmp_path: Path) -> None:
    schema = read_record_schema(written(tmp_path, RECORD), where="here")
    assert schema["properties"]["total"] == {"type": "number", "minimum": 0}
    assert schema["properties"]["tip"] == {"type": "number", "minimum": 0, "description": "extra"}
    assert "$ref" not in json.dumps(schema)
    assert "$defs" not in schema


def test_a_field_may_be_named_like_a_keyword(tmp_path: Path) -> None:
    fields = {"$ref": {"type": "string"}, "pattern": {"type": "string"}, "enum": {"type": "integer"}}
    schema = {"type": "object", "properties": fields}
    assert read_record_schema(written(tmp_path, schema), where="here") == schema


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["total", "tip", "x"]), inner),
    max_leaves=4,
)


@given(VALUES)
def test_written_out_references_accept_and_refuse_what_the_library_does(value: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        plain = read_record_schema(written(Path(folder), RECORD), where="here")
    assert (not violations(plain, value)) == jsonschema.Draft202012Validator(RECORD).is_valid(value)


def test_a_violation_names_pointer_and_keyword() -> None:
    schema = {"type": "object", "properties": {"a/b": {"type": "array", "items": {"enum": ["x"]}}}}
    (found,) = violations(schema, {"a/b": ["x", "y"]})
    assert (found.pointer, found.keyword) == ("/a~1b/1", "enum")
    assert "'y' is not one of ['x']" in found.problem


def doubling(levels: int) -> dict[str, Any]:
    """A schema of a few lines that names itself into two to the power of `levels` parts."""
    parts: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(levels):
        inner = {"$ref": f"#/$defs/d{level}"}
        parts[f"d{level + 1}"] = {"type": "object", "properties": {"a": inner, "b": inner}}
    return {"type": "object", "properties": {"a": {"$ref": f"#/$defs/d{levels}"}}, "$defs": parts}


BAD: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "s.json:1: not JSON: Expecting property name enclosed in double quotes at column 2"),
    "no object": ([], "s.json must hold a JSON object"),
    "no record": ({"type": "array"}, "a record is an object with declared fields"),
    "no schema": (
        {"type": "object", "properties": {"a": {"type": "strin"}}},
        "s.json: /properties/a/type: 'strin' is not valid under any of the given schemas; write it in JSON Schema",
    ),
    "network": (
        {"type": "object", "properties": {"a": {"$ref": "https://example.com/x.json"}}},
        "s.json: /properties/a/$ref: 'https://example.com/x.json' lies outside the file",
    ),
    "dangling": (
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}},
        "s.json: /properties/a/$ref: '#/$defs/x' names nothing in the file",
    ),
    "recursive": (
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        "'#' contains itself",
    ),
    "bomb": (doubling(40), f"more than {MAX_NODES:,} values once references are written out"),
    "broken pattern": (
        {"type": "object", "properties": {"a": {"pattern": "["}}},
        "s.json: /properties/a/pattern: '[' is not",
    ),
    "other draft": (
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"a": {}}},
        "/$schema: 'http://json-schema.org/draft-07/schema#' is not read",
    ),
    "pattern properties": (
        {"type": "object", "properties": {"a": {}}, "patternProperties": {"^x": {}}},
        "s.json: /patternProperties: is not supported; declare each field under properties",
    ),
    "nested too deeply": ("[" * 100_000, "not JSON that can be read"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_schema_that_cannot_be_used_is_refused_with_file_and_pointer(refusal: Refusal, case: str) -> None:
    schema, message = BAD[case]
    said = refusal(schema)
    assert said.startswith("rung.yaml:4: task.schema: s.json")
    assert message in said


def test_a_pattern_in_the_schema_cannot_stall_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rung.task.pattern.SECONDS", 0.2)
    schema = read_schema(written(tmp_path, {"type": "string", "pattern": "(a|a)*$"}), where="here")
    assert violations(schema, "aaaa") == []
    with pytest.raises(InvalidTask, match="took more than"):
        violations(schema, "a" * 40 + "b")
