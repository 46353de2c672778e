from __future__ import annotations

from collections.abc import Mapping

import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.evidence.examples import Annotation
from rung.evidence.readiness.agreement import Agreement, agreement, verdict_of
from rung.task.example import Example


def of(said: Mapping[str, str], expected: Mapping[str, str] | None = None) -> Agreement:
    """`said` maps an item to the labels of annotators 1, 2, ..., a letter each; "." is no label."""
    examples = [Example(name, f"text {name}", (expected or {}).get(name, "a"), f"g{name}") for name in said]
    annotations = {
        name: tuple(Annotation(str(n), letter) for n, letter in enumerate(letters) if letter != ".")
        for name, letters in said.items()
    }
    return agreement(examples, annotations, ("a", "b", "c", "d", "e"), seed=0)


def test_alpha_is_krippendorffs_own_example() -> None:
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section C: four observers, nominal, .743.
    units = ["11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", ".3.."]
    letters = str.maketrans("12345", "abcde")
    found = of({f"u{n}": unit.translate(letters) for n, unit in enumerate(units)})
    assert isinstance(found.alpha, Estimate)
    assert found.alpha.value == pytest.approx(0.743, abs=0.001)
    assert found.alpha.provenance is Provenance.MEASURED
    assert (found.items, found.annotators) == (11, 4)


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (0.81, 0.9, 0.95, "reliable"),
        (0.75, 0.9, 0.95, "tentative"),
        (0.6, 0.7, 0.8, "tentative"),
        (0.4, 0.5, 0.66, "unreliable"),
        (None, 1.0, None, "reliable"),
    ],
)
def test_the_verdict_follows_the_whole_interval(
    low: float | None, value: float, high: float | None, verdict: str
) -> None:
    assert verdict_of(Estimate(value, low, high, "alpha", 50, Provenance.MEASURED, "t")) == verdict


def test_the_labels_that_annotators_confuse_are_named_with_their_items() -> None:
    found = of({**{f"i{n}": "aa" for n in range(10)}, **{f"j{n}": "ab" for n in range(4)}, "k": "cb", "l": "bb"})
    assert [(one.first, one.second, one.times) for one in found.disputes] == [("a", "b", 4), ("b", "c", 1)]
    assert found.disputes[0].item_ids == ("j0", "j1", "j2", "j3")


def test_a_majority_against_the_label_is_told_and_a_tie_is_not() -> None:
    found = of({"one": "bb", "two": "aab", "tie": "ab", "single": "b"})
    assert found.against_ids == ("one",)
    assert isinstance(found.against_expected, Estimate)
    assert (found.against_expected.value, found.against_expected.n) == (0.5, 2)


def test_labels_that_the_task_does_not_have_are_told() -> None:
    assert of({"one": "az", "two": "bb"}).unknown_labels == ("z",)


def test_an_annotator_counts_once_an_item() -> None:
    example = Example("x", "text", "a", "g")
    twice = (Annotation("p", "a"), Annotation("p", "b"))
    assert agreement([example], {"x": twice}, ("a", "b"), seed=0).items == 0


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({}, "no item has annotations"),
        ({"one": "ab", "two": "aa"}, "only 2 items have two annotators"),
        ({f"i{n}": "aa" for n in range(12)}, "one label only"),
    ],
)
def test_too_few_annotations_give_no_alpha(said: Mapping[str, str], because: str) -> None:
    found = of(said)
    assert isinstance(found.alpha, Missing)
    assert because in found.alpha.because
    assert found.verdict == "unknown"
