"""The words that say what kind of answer came back, each with one plain sentence."""

from __future__ import annotations

RIGHT = "right"

CONTRACT: tuple[str, ...] = (
    "endpoint_error",
    "empty",
    "refusal",
    "truncated",
    "prose_wrapped",
    "bad_json",
    "not_a_list",
    "not_a_label",
    "missing_field",
    "wrong_type",
    "not_in_enum",
    "extra_field",
    "schema_violation",
    "check_failed",
    "too_long",
)
"""Errors of form, in the order in which they are looked for: the answer cannot be used, whatever it says."""

OUTCOMES: dict[str, str] = {
    RIGHT: "The answer is right.",
    "right_refusal": "There is no answer, and the strategy said so.",
    "endpoint_error": "The model server gave no answer.",
    "empty": "Nothing came back.",
    "refusal": "The model declined to answer.",
    "truncated": "The answer was cut off before its end.",
    "prose_wrapped": "The record came with other text around it.",
    "bad_json": "What came back cannot be read as JSON.",
    "not_a_list": "What came back is not a JSON array of labels.",
    "not_a_label": "What came back is not one of the labels.",
    "missing_field": "A required field is missing.",
    "wrong_type": "A value is of another type than the schema asks for.",
    "not_in_enum": "A value is not one of those that the schema lists.",
    "extra_field": "A field came back that the schema does not allow.",
    "schema_violation": "The record breaks another rule of the schema.",
    "check_failed": "A declared check was not kept.",
    "too_long": "The answer has more words than the task allows.",
    "wrong_label": "A valid label came back, and it is the wrong one.",
    "missing_label": "A label that belongs to the item is missing, and no other is wrong.",
    "extra_label": "All labels of the item came back, and others with them.",
    "wrong_labels": "Labels are missing and others came instead.",
    "wrong_value": "The record has the right form, and a value is wrong.",
    "wrong_refusal": "There is an answer, and the strategy said that it has none.",
    "answered_unanswerable": "There is no answer, and one was given.",
    "not_retrieved": "The passages retrieved do not hold the answer.",
    "not_in_passages": "The answer was at hand, and what came back is not in the passages.",
    "wrong_answer": "An answer came back, and it is the wrong one.",
    "judged_wrong": "The judge answered no.",
}
"""Every word that `Row.outcome` may hold."""
