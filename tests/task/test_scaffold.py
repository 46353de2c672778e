from __future__ import annotations

import re
from pathlib import Path

import pytest

from rung.errors import UsageError
from rung.task.file import read_task
from rung.task.scaffold import create_project, templates
from rung.task.schema import TaskFile
from rung.task.task import KINDS


def test_the_classify_template_is_a_valid_project(tmp_path: Path) -> None:
    written = create_project(tmp_path / "new", "classify")
    assert tmp_path / "new" / "rung.yaml" in written
    assert all(path.is_file() for path in written)
    task = read_task(tmp_path / "new" / "rung.yaml")
    assert set(task.labels) == {"account", "billing", "technical"}


def test_built_data_are_written_with_the_template(tmp_path: Path) -> None:
    def build(directory: Path) -> None:
        (directory / "data").mkdir()
        for name in ("examples.jsonl", "corpus.jsonl"):
            (directory / "data" / name).write_text("{}\n")

    create_project(tmp_path, "medical-coding", build)
    task = read_task(tmp_path / "rung.yaml")
    assert len(task.labels) == 24
    assert task.data.corpus == tmp_path.resolve() / "data" / "corpus.jsonl"
    assert task.strategies is not None
    assert len(task.strategies) == 8


def test_nothing_is_overwritten_and_nothing_else_is_written(tmp_path: Path) -> None:
    (tmp_path / "rung.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"already has rung\.yaml; nothing was written"):
        create_project(tmp_path, "classify")
    assert [path.name for path in tmp_path.iterdir()] == ["rung.yaml"]
    assert (tmp_path / "rung.yaml").read_text() == "mine"


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def build(_: Path) -> None:
        raise UsageError("no data")

    with pytest.raises(UsageError, match="no data"):
        create_project(tmp_path / "new", "medical-coding", build)
    assert not (tmp_path / "new").exists()


def test_an_unknown_template_names_the_nearest(tmp_path: Path) -> None:
    assert templates() == ("answer", "classify", "extract", "generate", "medical-coding")
    with pytest.raises(UsageError, match="there is no template 'clasify'; did you mean 'classify'"):
        create_project(tmp_path, "clasify")


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_of_each_kind_shows_every_section(tmp_path: Path, kind: str) -> None:
    create_project(tmp_path, kind)
    assert read_task(tmp_path / "rung.yaml").kind == kind
    shown = re.findall(r"^(?:# )?([a-z]+):", (tmp_path / "rung.yaml").read_text(), flags=re.MULTILINE)
    assert set(TaskFile.model_fields) <= set(shown)
