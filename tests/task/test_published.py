from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from rung.task.scaffold import create_project
from rung.task.task import KINDS
from rung.task.yaml import read_yaml

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "rung.schema.json").read_text())
HEAD = "task: {name: t}\ndata: {examples: e.jsonl}\n"


def problems(path: Path) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(read_yaml(path).content)]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", [*KINDS, "medical-coding"])
def test_every_template_meets_the_schema(tmp_path: Path, kind: str) -> None:
    create_project(tmp_path / "new", kind, lambda directory: (directory / "data").mkdir(exist_ok=True))
    assert problems(tmp_path / "new" / "rung.yaml") == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "flows: [{name: web, value_usd: 1.2}]\ntargets: {task_success: {segments: {edge: {min: 0.6}}}}\n",
        HEAD,
        HEAD + "team:\nmoat: {exclusive: }\n",
        HEAD.replace("{name: t}", "{name: t, labels: [a, b]}"),
        HEAD.replace("{name: t}", "{name: t, labels: {a: , b: second}}"),
        HEAD + "drivers: {volume_factor: 2, peak_factor: {low: 1, mode: 2, high: 3}}\n",
        HEAD + "current: {strategy: zero-shot}\nstrategies: [a, b]\n",
    ],
)
def test_what_is_read_meets_the_schema(tmp_path: Path, text: str) -> None:
    (tmp_path / "rung.yaml").write_text(text)
    assert problems(tmp_path / "rung.yaml") == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "colour: red\n",
        HEAD + "team: {ml_engineer: 2}\n",
        HEAD + "team: {ml_engineers: two}\n",
        HEAD + "targets: {task_success: {min: -1}}\n",
        HEAD + "targets: {accuracy: {min: 0.8}}\n",
        HEAD + "constraints: {deployment: cloud}\n",
        HEAD + "economics: {months: 0}\n",
        "data: {examples: e.jsonl}\n",
    ],
)
def test_what_is_refused_breaks_the_schema(tmp_path: Path, text: str) -> None:
    (tmp_path / "rung.yaml").write_text(text)
    assert problems(tmp_path / "rung.yaml")


def test_keys_are_described_as_the_reference_describes_them() -> None:
    described = SCHEMA["$defs"]["ConstraintsSection"]["properties"]["budget_usd"]
    assert "twelve months" in described["description"]
