"""docs/guides/labelled-data.md: every project in it is read as it is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rung.evaluate.judging import OUTCOMES
from rung.evidence.labelled_formats import _FORMATS
from rung.evidence.prepare import prepare_evidence
from rung.task.file import read_task
from rung.task.task import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guides" / "labelled-data.md").read_text(encoding="utf-8")
FILES = {
    "yaml": "rung.yaml",
    "jsonl": "data/examples.jsonl",
    "json": "data/booking.schema.json",
    "corpus": "data/corpus.jsonl",
}
SECTIONS = [part for part in GUIDE.split("\n## ") if "```yaml" in part]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.splitlines()[0])
def test_every_project_of_the_guide_reads_and_splits(section: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for language, text in re.findall(r"```(\w+)\n(.*?)```", section, flags=re.DOTALL):
        (tmp_path / FILES[language]).write_text(text, encoding="utf-8")
    task = read_task(tmp_path / "rung.yaml")
    found = prepare_evidence(task)
    originals = [one for part in (found.split.train, found.split.dev, found.split.sealed) for one in part]
    assert sum(one.derived_from is None for one in originals) == 4
    assert len(found.human) == (2 if task.kind == "generate" else 0)


def test_the_guide_has_every_kind() -> None:
    kinds = {kind for section in SECTIONS for kind in re.findall(r"  kind: (\w+)", section)}
    assert kinds == set(KINDS)


def test_every_word_for_an_outcome_is_known() -> None:
    page = (DOCS / "concepts" / "evaluation.md").read_text(encoding="utf-8")
    table = page.split("| kind | right |")[1].split("\n\n")[0]
    told = {word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", "|".join(row.split("|")[2:4]))}
    assert told <= set(OUTCOMES)
    assert set(OUTCOMES) - told <= {"right", "endpoint_error", "not_a_label"}


def test_every_format_that_is_read_is_told() -> None:
    table = GUIDE.split("| tool | keys |")[1].split("\n\n")[0]
    assert all(f"`{key}`" in table for key in _FORMATS)
