from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rung.task.file import read_task

Refusal = Callable[[str], str]


def yaml(section: str) -> str:
    return f"task:\n  name: t\n{section}data: {{examples: data/e.jsonl}}\n"


def test_the_label_for_requests_from_outside_is_one_of_the_labels(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(yaml("  labels: [billing, other]\n  out_of_scope: other\n"))
    assert read_task(path).out_of_scope == "other"
    path.write_text(yaml("  out_of_scope: other\n"))  # then the examples must have it
    assert read_task(path).out_of_scope == "other"
    path.write_text(yaml(""))
    assert read_task(path).out_of_scope is None


def test_another_word_is_refused_with_the_labels(refusal: Refusal) -> None:
    said = refusal(yaml("  labels: [billing, other]\n  out_of_scope: stranger\n"))
    assert "out_of_scope names 'stranger', which is not one of the labels (billing, other)" in said


def test_it_belongs_to_classifications(refusal: Refusal) -> None:
    assert "rung.yaml:4: task.out_of_scope: belongs to kind 'classify'" in refusal(
        yaml("  kind: answer\n  out_of_scope: other\n")
    )
