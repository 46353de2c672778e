"""A judge whose verdicts are planted, and a store in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rung.adapters.store import SqlStore
from rung.evaluate.store import RunStore
from rung.task.protocols import Choice, Prompt, Written

Verdict = Callable[[str], str | None]


class PlantedJudge:
    """Answers by a function of the question; counts what it is asked. None is no verdict, "gone" a dead server."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.prompts: list[Prompt] = []

    @property
    def identity(self) -> str:
        return "planted judge"

    @property
    def hosted(self) -> bool:
        return False

    @property
    def metered(self) -> bool:
        return False

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        self.prompts += prompts
        return [self._choice(prompt.question, labels) for prompt in prompts]

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        raise NotImplementedError

    def _choice(self, question: str, labels: Sequence[str]) -> Choice:
        label = self._verdict(question)
        if label == "gone":
            return Choice(None, None, 1, 0, failure="endpoint_error")
        if label is None:
            return Choice(None, None, 1, 0, raw="perhaps", failure="not_a_label")
        assert label in labels
        return Choice(label, 0.9, 1, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with SqlStore(tmp_path / "rung.db") as opened:
        yield opened


@pytest.fixture
def planted() -> Callable[[Verdict], PlantedJudge]:
    """A judge that gives these verdicts."""
    return PlantedJudge
