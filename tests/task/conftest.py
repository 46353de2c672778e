"""A project directory to write a rung.yaml into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rung.errors import InvalidTask
from rung.task.file import read_task

HEAD = "task: {name: t, kind: classify}\ndata: {examples: data/e.jsonl}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "e.jsonl").write_text("{}\n")
    return tmp_path


@pytest.fixture
def refusal(project: Path) -> Callable[[str | bytes], str]:
    """What read_task says about a file of this content, with the project's directory left out."""

    def read(content: str | bytes) -> str:
        path = project / "rung.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InvalidTask) as caught:
            read_task(path)
        return str(caught.value).replace(f"{project}/", "")

    return read
