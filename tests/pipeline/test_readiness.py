from __future__ import annotations

import json
from pathlib import Path

import pytest

import rung.pipeline.readiness as stage
from rung.evidence.prepare import Evidence, prepare_evidence
from rung.evidence.readiness.noise import LabelNoise
from rung.evidence.readiness.readiness import noise_of as real
from rung.pipeline.readiness import check_data, label_noise_of
from rung.task.example import Example
from rung.task.file import read_task
from rung.task.task import Task

WORDS = {"billing": ("invoice", "refund", "payment"), "login": ("password", "username", "passcode")}


@pytest.fixture
def task(tmp_path: Path) -> Task:
    rows = [
        {"id": f"{label}{n}", "input": f"The {words[n % 3]} {n * 37} is wrong again", "expected": label}
        for label, words in WORDS.items()
        for n in range(80)
    ]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\n", encoding="utf-8"
    )
    return read_task(tmp_path / "rung.yaml")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the noise is estimated."""
    calls: list[int] = []

    def noise_of(originals: list[Example], task: Task) -> LabelNoise:
        calls.append(1)
        return real(originals, task)

    monkeypatch.setattr(stage, "noise_of", noise_of)
    return calls


def kept(task: Task) -> Path:
    return task.directory / ".rung" / "readiness" / "label-noise.json"


def test_the_noise_of_the_same_data_is_estimated_once(task: Task, counted: list[int]) -> None:
    evidence = prepare_evidence(task)
    first = label_noise_of(task.directory, evidence, task)
    assert label_noise_of(task.directory, evidence, task) == first
    assert len(counted) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": "other", "choice": {}}', "\x00", "[" * 100_000])
def test_a_damaged_file_is_replaced(task: Task, counted: list[int], content: str) -> None:
    evidence = prepare_evidence(task)
    first = label_noise_of(task.directory, evidence, task)
    kept(task).write_text(content, encoding="utf-8")
    assert label_noise_of(task.directory, evidence, task) == first
    assert label_noise_of(task.directory, evidence, task) == first
    assert len(counted) == 2


def test_a_record_of_another_shape_is_replaced(task: Task, counted: list[int]) -> None:
    evidence = prepare_evidence(task)
    first = label_noise_of(task.directory, evidence, task)
    record = json.loads(kept(task).read_text(encoding="utf-8"))
    kept(task).write_text(json.dumps({**record, "choice": {"rate": {"value": "high"}}}), encoding="utf-8")
    assert label_noise_of(task.directory, evidence, task) == first
    assert len(counted) == 2


def test_other_data_are_estimated_anew(task: Task, counted: list[int]) -> None:
    label_noise_of(task.directory, prepare_evidence(task), task)
    path = task.directory / "examples.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("The", "This"), encoding="utf-8")
    label_noise_of(task.directory, prepare_evidence(task), task)
    assert len(counted) == 2


def test_a_place_that_cannot_be_written_does_not_stop_it(task: Task) -> None:
    evidence: Evidence = prepare_evidence(task)
    (task.directory / ".rung").write_text("a file in the way", encoding="utf-8")
    assert label_noise_of(task.directory, evidence, task) == label_noise_of(task.directory, evidence, task)


def test_the_check_needs_no_store(task: Task) -> None:
    found = check_data(task.directory / "rung.yaml")
    assert found.items["train"] > 0
    assert not (task.directory / ".rung").exists()
