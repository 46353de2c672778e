"""What may be wrong with a task of each kind: a sentence with place and remedy, no traceback, and nobody asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SCHEMA = {
    "type": "object",
    "properties": {"size": {"enum": ["s", "m"]}, "count": {"type": "integer"}},
    "required": ["size"],
    "additionalProperties": False,
}
RECORD = {"input": "two of the small ones", "expected": {"size": "s", "count": 2}}
QUESTION = {"input": "when is breakfast?", "expected": "at seven", "passages": ["meals"]}
MEALS = {"id": "meals", "title": "Meals", "text": "Breakfast is at seven."}
TEXT = {"input": "the lift is out"}


def refusal(desk: Any, yaml: str, rows: list[Any], **files: Any) -> str:
    """What `rung run` says of the project, without the project's path; the model server must not have been asked."""
    project: Path = desk.folder / "odd"
    project.mkdir()
    (project / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (project / name.replace("_", ".")).write_text(text, encoding="utf-8")
    server = f"models: {{generator: {{base_url: '{desk.server.base_url}', model: stub}}}}\n"
    (project / "rung.yaml").write_text(f"{yaml}strategies: [zero-shot]\n{server}", encoding="utf-8")
    said = desk.rung("run", "--project", project)
    assert said.code == 1, (said.out, said.err)
    assert said.out == ""
    assert desk.server.asked == []
    last: str = said.err[said.err.index("Error: ") :]
    return last.replace(f"{project}/", "").removeprefix("Error: ").rstrip("\n")


EXTRACT = "task: {name: t, kind: extract, schema: out.json}\ndata: {examples: rows.jsonl}\n"
ANSWER = "task: {name: t, kind: answer}\ndata: {examples: rows.jsonl, corpus: corpus.jsonl}\n"


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{", "not JSON"),
        ([1], "schema"),
        ({"type": "array", "items": {"type": "string"}}, "properties"),
        ({**SCHEMA, "properties": {"size": {"type": "strin"}}}, "strin"),
        ({**SCHEMA, "properties": {"size": {"$ref": "https://example.com/s.json"}}}, "$ref"),
        ({**SCHEMA, "properties": {"size": {"$ref": "#"}}}, "itself"),
    ],
    ids=["broken", "a list", "no object", "unknown type", "elsewhere", "endless"],
)
def test_a_schema_that_cannot_be_used_is_named_with_its_place(desk: Any, schema: Any, told: str) -> None:
    message = refusal(desk, EXTRACT, [RECORD], out_json=schema)
    assert "out.json" in message
    assert told in message


def test_a_schema_that_is_not_there_is_named_with_the_line_that_names_it(desk: Any) -> None:
    message = refusal(desk, EXTRACT, [RECORD])
    assert message.startswith("rung.yaml:1: task.schema: there is no file 'out.json' in the project")


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"size": "xl"}, "expected/size"),
        ({"count": 2}, "'size'"),
        ({"size": "s", "count": "two"}, "expected/count"),
        ({"size": "s", "colour": "red"}, "'colour'"),
        ("small", "expected"),
    ],
    ids=["no such value", "missing", "wrong type", "undeclared", "text"],
)
def test_a_record_that_breaks_its_own_schema_is_named_by_line_and_field(desk: Any, expected: Any, told: str) -> None:
    message = refusal(desk, EXTRACT, [RECORD, {"input": "huge ones", "expected": expected}], out_json=SCHEMA)
    assert message.startswith("rows.jsonl:2: ")
    assert told in message


def test_a_passage_that_the_corpus_does_not_have_is_named_with_the_nearest(desk: Any) -> None:
    rows = [QUESTION, {"input": "and lunch?", "expected": "at noon", "passages": ["meal"]}]
    message = refusal(desk, ANSWER, rows, corpus_jsonl=MEALS)
    assert message == "rows.jsonl:2: passages: the corpus has no entry 'meal'; did you mean 'meals'?"


def test_checks_belong_to_generate(desk: Any) -> None:
    yaml = (
        "task:\n  name: t\n  kind: classify\n  checks: [{name: short, most_words: 5}]\ndata: {examples: rows.jsonl}\n"
    )
    assert refusal(desk, yaml, [TEXT]) == (
        "rung.yaml:4: task.checks: belongs to kind 'generate', and this task is of kind 'classify'; remove the key or "
        "change the kind"
    )


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        ("{question: Is it kind?}", "task.judge.model"),
        ("{model: smollm2-135m}", "task.judge.question"),
        ("{question: Is it kind?, model: {base_url: 'http://127.0.0.1:9/v1'}}", "task.judge.model"),
        ("{question: Is it kind?, model: no-such-model}", "no-such-model"),
    ],
    ids=["no model", "no question", "no name", "unknown model"],
)
def test_a_judge_that_cannot_be_asked_is_refused_with_the_key(desk: Any, judge: str, told: str) -> None:
    yaml = f"task: {{name: t, kind: generate, judge: {judge}}}\ndata: {{examples: rows.jsonl}}\n"
    rows = [{"input": f"the lift in house {n} of street {n * n} is out"} for n in range(30)]
    assert told in refusal(desk, yaml, rows)


def test_a_text_that_nothing_could_call_right_is_refused(desk: Any) -> None:
    yaml = "task: {name: t, kind: generate}\ndata: {examples: rows.jsonl}\n"
    assert "needs task.checks or task.judge" in refusal(desk, yaml, [TEXT])


def test_annotations_about_no_output_are_refused(desk: Any) -> None:
    yaml = "task: {name: t, kind: generate, checks: [{name: short, most_words: 5}]}\ndata: {examples: rows.jsonl}\n"
    row = {**TEXT, "annotations": [{"annotator": "ana", "label": "right"}]}
    assert "annotations and no output" in refusal(desk, yaml, [row])


def test_production_as_the_system_to_beat_needs_a_log(desk: Any) -> None:
    yaml = "task: {name: t}\ndata: {examples: rows.jsonl}\ncurrent: traces\n"
    message = refusal(desk, yaml, [{"input": "a", "expected": "x"}])
    assert message.startswith("rung.yaml:3: current: traces needs the production log")


def test_several_labels_as_one_text_are_refused_by_line(desk: Any) -> None:
    yaml = "task: {name: t, kind: classify, multi_label: true}\ndata: {examples: rows.jsonl}\n"
    message = refusal(desk, yaml, [{"input": "a", "expected": ["x"]}, {"input": "b", "expected": "x, y"}])
    assert message.startswith("rows.jsonl:2: expected must be a list of labels")
