from __future__ import annotations

from math import log

import pytest

from rung.estimate import Estimate, Missing
from rung.evidence.readiness.balance import balance
from rung.evidence.strata import NOTHING, ONE_LABEL
from rung.task.example import Example


def labelled(labels: str) -> list[Example]:
    return [Example(f"{n}{label}", "t", label, f"g{n}") for n, label in enumerate(labels)]


def test_equal_counts_are_as_varied_as_there_are_labels() -> None:
    found = balance({"train": labelled("aabbcc"), "dev": []}, ("a", "b", "c"), ONE_LABEL)
    assert isinstance(found.effective, Estimate)
    assert isinstance(found.evenness, Estimate)
    assert found.effective.value == pytest.approx(3.0)
    assert found.evenness.value == pytest.approx(1.0)


def test_uneven_counts_are_worth_fewer_labels() -> None:
    found = balance({"train": labelled("aaab"), "dev": []}, ("a", "b"), ONE_LABEL)
    entropy = -(0.75 * log(0.75) + 0.25 * log(0.25))
    assert isinstance(found.evenness, Estimate)
    assert found.evenness.value == pytest.approx(entropy / log(2))
    assert (found.commonest, found.rarest) == (("a", 3), ("b", 1))


def test_labels_that_a_part_lacks_are_named() -> None:
    found = balance({"train": labelled("aab"), "dev": labelled("c")}, ("a", "b", "c", "d"), ONE_LABEL)
    assert found.absent == {"train": ("c", "d"), "dev": ("a", "b", "d")}
    assert list(found.counts.items()) == [("a", 2), ("b", 1), ("c", 1), ("d", 0)]


def test_a_task_without_labels_has_nothing_to_balance() -> None:
    found = balance({"train": labelled("ab"), "dev": []}, (), NOTHING)
    assert found.counts == {}
    assert isinstance(found.evenness, Missing)
    assert found.rarest is None
