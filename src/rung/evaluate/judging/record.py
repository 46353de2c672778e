"""A record under a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rung.evaluate.judging.outcomes import RIGHT
from rung.evaluate.judging.record_text import lenient_record, strict_record
from rung.evaluate.judging.record_values import leaf_f1, same
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example, content_hash
from rung.task.json_schema import Violation, violations
from rung.task.protocols import Prediction

_BY_KEYWORD = {
    "required": "missing_field",
    "dependentRequired": "missing_field",
    "type": "wrong_type",
    "enum": "not_in_enum",
    "const": "not_in_enum",
    "additionalProperties": "extra_field",
    "unevaluatedProperties": "extra_field",
}
_ORDER = ("missing_field", "wrong_type", "not_in_enum", "extra_field", "schema_violation")
_DEEPEST = 200
"""Levels of a record that are compared; a text that opens thousands of brackets is no record."""


class RecordScorer(Scorer):
    """Right is a record that can be read as it stands, keeps the schema, and has every value right.

    The outcome is the first of: a failure of the call, empty, refusal, truncated, prose_wrapped, bad_json,
    missing_field, wrong_type, not_in_enum, extra_field, schema_violation, wrong_value. `fields` holds the declared
    fields that are expected or were answered. Scores: "field_f1" over single values, and "right_if_repaired", 1 when
    the record would be right once wrapping, syntax and undeclared fields were mended: what constraining wins back.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    @property
    def identity(self) -> str:
        return f"record {content_hash(json.dumps(self._schema, sort_keys=True))}"

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        expected = json.loads(example.expected)
        record, unreadable = strict_record(prediction.output)
        if unreadable == "" and _depth(record) > _DEEPEST:
            record, unreadable = None, "bad_json"
        answered = record if isinstance(record, dict) else {}
        outcome = prediction.failure or unreadable or self._outcome(record, expected)
        right = outcome == RIGHT
        scores = {
            "field_f1": leaf_f1(expected, answered, self._schema),
            "right_if_repaired": float(right or self._right_if_repaired(prediction.output, outcome, expected)),
        }
        return Judged(right, outcome, scores, self._fields(expected, answered))

    def _outcome(self, record: Any, expected: Any) -> str:
        broken = {_kind(violation) for violation in violations(self._schema, record)}
        for kind in _ORDER:
            if kind in broken:
                return kind
        return RIGHT if same(expected, record, self._schema) else "wrong_value"

    def _right_if_repaired(self, text: str, outcome: str, expected: Any) -> bool:
        if outcome in {"empty", "refusal", "endpoint_error", "wrong_value"}:
            return False
        record = lenient_record(text)
        if record is None or _depth(record) > _DEEPEST:
            return False
        declared = {key: value for key, value in record.items() if key in self._schema["properties"]}
        return self._outcome(declared, expected) == RIGHT

    def _fields(self, expected: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, bool]:
        return {
            name: same(expected.get(name), answered.get(name), schema if isinstance(schema, Mapping) else {})
            for name, schema in self._schema["properties"].items()
            if expected.get(name) is not None or answered.get(name) is not None
        }


def _kind(violation: Violation) -> str:
    return _BY_KEYWORD.get(violation.keyword, "schema_violation")


def _depth(value: Any) -> int:
    """Levels of nesting, 0 for a single value; counted without recursion."""
    depth, level = 0, [value]
    while level := [part for one in level for part in _parts(one)]:
        depth += 1
    return depth


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
