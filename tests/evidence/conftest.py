"""Small tasks and files to read evidence from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rung.errors import InvalidData
from rung.evidence.examples import read_examples
from rung.task.task import DataPaths, Flow, Task


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task(name="t", kind="classify", directory=tmp_path, data=DataPaths(tmp_path / "e.jsonl"))


@pytest.fixture
def declared(task: Task) -> Task:
    """A task that declares two labels and two flows."""
    return replace(task, labels={"billing": "", "technical": ""}, flows=(Flow("web"), Flow("mail")))


@pytest.fixture
def refusal(tmp_path: Path, declared: Task) -> Callable[..., str]:
    """What read_examples says about a file of this content, with the directory left out."""

    def read(content: str | bytes, *, name: str = "e.jsonl", task: Task = declared) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InvalidData) as caught:
            read_examples(path, task)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return read
