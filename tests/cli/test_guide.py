"""docs/guides/first-decision.md, done as it is printed: its files, its commands, its promises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rung.stats.power import items_to_decide

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
GUIDE = (GUIDES / "first-decision.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of the guide in this language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.mark.models
def test_every_command_of_the_guide_works_on_the_files_of_the_guide(desk: Any) -> None:
    rows = [json.loads(line) for line in blocks("jsonl")[0].splitlines()]
    project = desk.project(items=[*rows, *desk.tickets(116)])
    server = f"models: {{generator: {{base_url: '{desk.server.base_url}', model: stub}}}}\n"
    (project / "rung.yaml").write_text(blocks("yaml")[0] + server, encoding="utf-8")
    commands = [line.removeprefix("$ ").split() for block in blocks("console") for line in block.splitlines()]
    assert [" ".join(words) for words in commands] == [
        "rung data split",
        "rung run tfidf-linear",
        "rung decide",
        "rung decide --json",
        "rung report",
        "rung audit",
    ]
    said = {" ".join(words): desk.rung(*words[1:], cwd=project) for words in commands}
    assert {name: one.code for name, one in said.items()} == dict.fromkeys(said, 0)
    assert "Stay with zero-shot" in said["rung decide"].out
    assert "lora was not tried" in said["rung decide"].err
    assert "0 model calls made" in said["rung decide --json"].err
    assert said["rung decide --json"].document["id"][:16] in said["rung report"].out
    assert said["rung audit"].out.count("sealed.opened") == 1


def test_the_numbers_of_items_in_the_guide_are_those_that_the_interval_takes() -> None:
    told = re.search(
        r"reaches \.80 takes (\d+) dev items if it is right on \.95 of them, (\d+) if on \.90, and (\d+)", GUIDE
    )
    assert told is not None
    assert [int(number) for number in told.groups()] == [
        items_to_decide(rate, 0.80, level=0.90) for rate in (0.95, 0.90, 0.85)
    ]


def test_every_page_that_the_guide_points_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", GUIDE)
    assert targets
    assert [target for target in targets if not (GUIDES / target).exists()] == []


def test_a_project_with_the_two_required_keys_reads(desk: Any) -> None:
    project = desk.project()
    (project / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: data/examples.jsonl}\n", encoding="utf-8"
    )
    assert desk.rung("data", "split", cwd=project).code == 0
