from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.learning.fingerprint import training_fingerprint
from rung.task.example import CorpusEntry, Example

BASIS: dict[str, Any] = {
    "settings": {"rank": 8, "rate": 1e-3},
    "base": "model@1",
    "seed": 1,
    "examples": [Example("1", "text", "A", "g"), Example("2", "other", "B", "h")],
    "entries": [CorpusEntry("c", "title", "text", "A")],
    "labels": ("A", "B"),
}


def test_the_same_work_has_the_same_fingerprint_whatever_the_order_of_settings() -> None:
    turned = {**BASIS, "settings": {"rate": 1e-3, "rank": 8}}
    assert training_fingerprint(**BASIS) == training_fingerprint(**turned)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"rank": 4, "rate": 1e-3}},
        {"base": "model@2"},
        {"seed": 2},
        {"examples": [replace(BASIS["examples"][0], expected="B"), BASIS["examples"][1]]},
        {"examples": [replace(BASIS["examples"][0], group="z"), BASIS["examples"][1]]},
        {"examples": [replace(BASIS["examples"][0], passages=("c",)), BASIS["examples"][1]]},
        {"entries": []},
        {"labels": ("A", "B", "C")},
    ],
)
def test_anything_that_training_depends_on_changes_it(change: dict[str, Any]) -> None:
    assert training_fingerprint(**{**BASIS, **change}) != training_fingerprint(**BASIS)
