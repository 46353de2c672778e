"""Models whose answers can be worked out by hand, and a task small enough to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rung.strategies import Checkpoint, TrainData
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Choice, Embeddings, Prompt, Written
from rung.task.task import DataPaths, Task


class RecordingGenerator:
    """Keeps every prompt; answers what the test laid down, or the first label; writes what it laid down, or "text"."""

    identity = "recording"
    hosted = False
    metered = False

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.labels: list[tuple[str, ...]] = []
        self.answers: list[Choice] = []
        self.texts: list[str | Written] = []
        self.most_tokens: list[int] = []

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        self.prompts.extend(prompts)
        self.labels.append(tuple(labels))
        first = Choice(labels[0], 0.5, input_tokens=7, output_tokens=1)
        return [self.answers.pop(0) if self.answers else first for _ in prompts]

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        self.prompts.extend(prompts)
        self.most_tokens.append(most_tokens)
        texts = [self.texts.pop(0) if self.texts else "text" for _ in prompts]
        return [text if isinstance(text, Written) else Written(text, 7, 2, confidence=0.5) for text in texts]


class LetterEncoder:
    """Counts the letters a to z, scaled to unit length; a text without any points along an axis of its own."""

    identity = "letters"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        rows = np.zeros((len(texts), 27), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                if "a" <= letter <= "z":
                    row[ord(letter) - ord("a")] += 1
            if not row.any():
                row[26] = 1
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture(autouse=True)
def one_blas_thread() -> Iterator[None]:
    """Keep small matrices from competing for cores."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture
def generator() -> RecordingGenerator:
    return RecordingGenerator()


@pytest.fixture
def encoder() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    directory = tmp_path / "fit"
    directory.mkdir()

    def ignore(done: int, total: int, what: str) -> None:
        assert 0 <= done <= total, what

    return Checkpoint(directory, ignore)


MakeTrain = Callable[..., TrainData]


@pytest.fixture
def make_train(tmp_path: Path) -> MakeTrain:
    """Train data from (input, expected) or (input, expected, group) rows and (title, label) corpus rows; what else is
    given goes to the task."""

    def make(
        rows: Sequence[tuple[str, ...]] = (),
        corpus: Sequence[tuple[str, str | None]] = (),
        *,
        labels: Sequence[str] = (),
        instructions: str = "",
        descriptions: dict[str, str] | None = None,
        **of_task: Any,
    ) -> TrainData:
        examples = [
            Example(f"e{number}", row[0], row[1], row[2] if len(row) > 2 else f"g{number}")
            for number, row in enumerate(rows)
        ]
        entries = [CorpusEntry(f"c{number}", title, "", label) for number, (title, label) in enumerate(corpus)]
        known = labels or sorted({example.expected for example in examples} | {e.label for e in entries if e.label})
        kind = of_task.pop("kind", "classify")
        task = Task(
            "small", kind, tmp_path, DataPaths(tmp_path / "x"), instructions, labels=descriptions or {}, **of_task
        )
        return TrainData(task, examples, entries, tuple(known))

    return make
