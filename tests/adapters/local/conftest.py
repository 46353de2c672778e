"""One thread for every model, and a cache of its own for tests that write to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Keep tests from competing for cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model cache in force for one test."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("RUNG_CACHE", str(directory))
    return directory
