from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evaluate.judging.outcomes import OUTCOMES
from rung.evaluate.judging.record import RecordScorer
from rung.evaluate.judging.scorer import Judged
from rung.task.example import Example
from rung.task.protocols import Failure, Prediction

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string"},
        "total": {"type": "number"},
        "currency": {"enum": ["EUR", "USD"]},
        "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"what": {"type": "string"}, "count": {"type": "integer"}}},
        },
        "place": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]},
    },
    "required": ["vendor", "total"],
    "additionalProperties": False,
}
RIGHT: dict[str, Any] = {"vendor": "Café Nord", "total": 12, "currency": "EUR"}


def judged(output: str, expected: dict[str, Any] = RIGHT, failure: Failure | None = None) -> Judged:
    example = Example("1", "text", json.dumps(expected, ensure_ascii=False, sort_keys=True), "g")
    return RecordScorer(SCHEMA)(example, Prediction(output, failure=failure))


TAXONOMY: dict[str, tuple[str, str, float]] = {
    "right": ('{"total": 12.0, "currency": "EUR", "vendor": "Cafe\\u0301  Nord"}', "right", 1),
    "empty": ("  \n", "empty", 0),
    "refusal": ("I'm sorry, but I cannot help with invoices.", "refusal", 0),
    "prose only": ("The vendor is Café Nord.", "bad_json", 0),
    "fenced": ('```json\n{"vendor": "Café Nord", "total": 12, "currency": "EUR"}\n```', "prose_wrapped", 1),
    "prose before": ('Here: {"vendor": "Café Nord", "total": 12, "currency": "EUR"}', "prose_wrapped", 1),
    "cut off": ('{"vendor": "Café Nord", "total": 12, "currency": "EUR"', "truncated", 1),
    "cut off in a text": ('{"vendor": "Café {No', "truncated", 0),
    "single quotes": ("{'vendor': 'Café Nord', 'total': 12, 'currency': 'EUR'}", "bad_json", 1),
    "a key twice": ('{"vendor": "x", "vendor": "Café Nord", "total": 12, "currency": "EUR"}', "bad_json", 1),
    "no number": ('{"vendor": "Café Nord", "total": NaN}', "bad_json", 0),
    "missing": ('{"vendor": "Café Nord"}', "missing_field", 0),
    "type": ('{"vendor": "Café Nord", "total": "12", "currency": "EUR"}', "wrong_type", 0),
    "a list": ("[1]", "wrong_type", 0),
    "enum": ('{"vendor": "Café Nord", "total": 12, "currency": "Euro"}', "not_in_enum", 0),
    "extra": ('{"vendor": "Café Nord", "total": 12, "currency": "EUR", "note": "paid"}', "extra_field", 1),
    "pattern": ('{"vendor": "Café Nord", "total": 12, "date": "May 3"}', "schema_violation", 0),
    "missing before type": ('{"vendor": 1}', "missing_field", 0),
    "wrong": ('{"vendor": "Café Süd", "total": 12, "currency": "EUR"}', "wrong_value", 0),
    "case counts": ('{"vendor": "café nord", "total": 12, "currency": "EUR"}', "wrong_value", 0),
    "a field too few": ('{"vendor": "Café Nord", "total": 12}', "wrong_value", 0),
    "deep": ('{"vendor": ' + "[" * 5000 + "]" * 5000 + "}", "bad_json", 0),
}


@pytest.mark.parametrize("case", TAXONOMY)
def test_every_answer_has_the_first_class_that_fits(case: str) -> None:
    output, outcome, repaired = TAXONOMY[case]
    found = judged(output)
    assert found.outcome == outcome
    assert found.success is (outcome == "right")
    assert found.scores["right_if_repaired"] == repaired
    assert outcome in OUTCOMES


def test_a_failure_of_the_call_comes_before_what_was_written() -> None:
    assert judged("", failure="refusal").outcome == "refusal"
    cut = judged('{"vendor": "Café Nord", "total": 12, "currency": "EUR"', failure="truncated")
    assert (cut.outcome, cut.success, cut.scores["right_if_repaired"]) == ("truncated", False, 1.0)


def test_fields_are_judged_one_by_one_where_they_are_expected_or_answered() -> None:
    found = judged('{"vendor": "Café Süd", "total": 12, "date": "2026-05-03"}')
    assert found.fields == {"vendor": False, "total": True, "currency": False, "date": False}


def test_field_f1_counts_single_values() -> None:
    # Expected: vendor, total, currency. Answered: vendor (wrong), total. One of 3 + 2 on each side is shared.
    assert judged('{"vendor": "x", "total": 12}').scores["field_f1"] == pytest.approx(2 * 1 / 5)
    assert judged("no record").scores["field_f1"] == 0.0


def test_a_broken_contract_still_says_which_fields_are_right() -> None:
    found = judged('{"vendor": "Café Nord", "total": 12, "currency": "Euro"}')
    assert found.fields == {"vendor": True, "total": True, "currency": False}


def test_null_says_the_same_as_no_field_where_the_schema_allows_both() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}}
    scorer = RecordScorer(schema)
    example = Example("1", "t", '{"a": "x"}', "g")
    assert scorer(example, Prediction('{"a": "x", "b": null}')).success
    assert scorer(Example("2", "t", '{"a": "x", "b": null}', "g"), Prediction('{"a": "x"}')).success


LINES = [{"what": "tea", "count": 2}, {"what": "cake", "count": 1}, {"what": "tea", "count": 2}]


def test_a_list_is_a_multiset_unless_positions_mean_something() -> None:
    bill = {"vendor": "v", "total": 1}
    assert judged(json.dumps({**bill, "lines": LINES[::-1]}), {**bill, "lines": LINES}).success
    assert not judged(json.dumps({**bill, "lines": LINES[:2]}), {**bill, "lines": LINES}).success
    assert judged(json.dumps({**bill, "place": [1, 2]}), {**bill, "place": [1, 2.0]}).success
    assert not judged(json.dumps({**bill, "place": [2, 1]}), {**bill, "place": [1, 2]}).success


def test_true_is_not_one() -> None:
    scorer = RecordScorer({"type": "object", "properties": {"a": {}}})
    assert not scorer(Example("1", "t", '{"a": 1}', "g"), Prediction('{"a": true}')).success


RECORDS = st.fixed_dictionaries(
    {"vendor": st.text(max_size=8), "total": st.integers(-99, 99) | st.floats(-9, 9)},
    optional={
        "currency": st.sampled_from(["EUR", "USD"]),
        "lines": st.lists(
            st.fixed_dictionaries({"what": st.text("ab", max_size=2), "count": st.integers(0, 3)}), max_size=4
        ),
    },
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_a_record_is_right_against_itself_in_any_order_of_keys_and_list_items(record: dict[str, Any], rng: Any) -> None:
    keys = list(record)
    rng.shuffle(keys)
    shuffled = {key: rng.sample(record[key], len(record[key])) if key == "lines" else record[key] for key in keys}
    found = judged(json.dumps(shuffled), record)
    assert found.success
    assert found.scores["field_f1"] == 1.0
    assert all(found.fields.values())


@given(st.text(max_size=60) | st.text('{}[]":, abc1', max_size=60))
def test_whatever_is_written_has_a_class(output: str) -> None:
    assert judged(output).outcome in OUTCOMES
