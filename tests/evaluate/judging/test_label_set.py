from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evaluate.judging.label_set import LabelSetScorer, overlap
from rung.evaluate.judging.scorer import Judged
from rung.task.example import Example
from rung.task.protocols import Prediction

SETS = st.sets(st.sampled_from("abcd"))


def judged(expected: str, output: str) -> Judged:
    return LabelSetScorer()(Example("1", "t", expected, "g"), Prediction(output))


@pytest.mark.parametrize(
    ("expected", "output", "outcome", "jaccard"),
    [
        ('["a", "b"]', '["b", "a"]', "right", 1),
        ("[]", "[]", "right", 1),
        ('["a", "b"]', '["a"]', "missing_label", 1 / 2),
        ('["a"]', '["a", "b", "c"]', "extra_label", 1 / 3),
        ('["a"]', '["b"]', "wrong_labels", 0),
        ("[]", '["b"]', "extra_label", 0),
        ('["a"]', "", "empty", 0),
        ('["a"]', "a", "not_a_list", 0),
        ('["a"]', '["a", 1]', "not_a_list", 0),
        ('["a"]', '{"a": 1}', "not_a_list", 0),
    ],
)
def test_only_the_exact_set_is_right(expected: str, output: str, outcome: str, jaccard: float) -> None:
    found = judged(expected, output)
    assert (found.outcome, found.success) == (outcome, outcome == "right")
    assert found.scores["jaccard"] == pytest.approx(jaccard)


@given(SETS, SETS)
def test_the_scores_follow_the_definitions(wanted: set[str], given_labels: set[str]) -> None:
    expected, output = (json.dumps(sorted(labels)) for labels in (wanted, given_labels))
    found = judged(expected, output)
    assert found.success == (wanted == given_labels)
    if wanted | given_labels:
        assert found.scores["jaccard"] == pytest.approx(len(wanted & given_labels) / len(wanted | given_labels))
    twice, both = overlap(expected, output)
    assert twice == 2 * len(wanted & given_labels)
    assert both == len(wanted) + len(given_labels)
