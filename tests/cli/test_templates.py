"""Every project that `rung init` writes reads, splits, and can be measured as it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rung.task.scaffold import templates

KINDS = ("classify", "extract", "answer", "generate")


def made(desk: Any, template: str) -> Path:
    project: Path = desk.folder / template
    said = desk.rung("init", project, "--template", template)
    assert said.code == 0, said.err
    assert f"rung decide --project {project}" in said.out
    return project


def test_help_lists_every_template(desk: Any) -> None:
    said = desk.rung("init", "--help").out
    for name in templates():
        assert f"  {name} " in said


def test_an_unknown_template_is_wrong_usage(desk: Any) -> None:
    said = desk.rung("init", desk.folder / "x", "--template", "summarise")
    assert said.code == 2
    assert "generate" in said.err
    assert not (desk.folder / "x").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_reads_and_splits_as_it_stands(desk: Any, kind: str) -> None:
    said = desk.rung("data", "split", "--json", "--project", made(desk, kind))
    assert said.code == 0, said.err
    assert said.document["kind"] == kind
    assert all(said.document["items"].values())
    assert said.document["items"]["train"] >= 12


def test_the_template_of_questions_has_some_without_an_answer_and_passages_that_hold_the_others(desk: Any) -> None:
    project = made(desk, "answer")
    rows = [json.loads(line) for line in (project / "data" / "examples.jsonl").read_text().splitlines()]
    corpus = [json.loads(line) for line in (project / "data" / "corpus.jsonl").read_text().splitlines()]
    texts = {entry["id"]: entry["text"].casefold() for entry in corpus}
    answered = [row for row in rows if row["expected"]]
    assert len(rows) - len(answered) >= 5
    for row in answered:
        assert any(row["expected"].casefold() in texts[passage] for passage in row["passages"]), row


def test_the_template_of_records_writes_every_value_as_its_message_has_it(desk: Any) -> None:
    for line in (made(desk, "extract") / "data" / "examples.jsonl").read_text().splitlines():
        row = json.loads(line)
        for field, value in row["expected"].items():
            assert field == "trade" or str(value) in row["input"], row


def test_a_light_strategy_runs_on_the_template_of_records(desk: Any) -> None:
    said = desk.rung("run", "tfidf-linear", "--project", made(desk, "extract"))
    assert said.code == 0, said.err
    assert "How often each field or check is right:" in said.out
    assert "no-phone-number  0%" in said.out


@pytest.mark.models
def test_retrieval_alone_answers_most_questions_of_its_template(desk: Any) -> None:
    said = desk.rung("run", "retrieval", "--json", "--project", made(desk, "answer"))
    assert said.code == 0, said.err
    [one] = said.document
    # Chance would be one passage of fifteen.
    assert one["graded_scores"]["retrieval_recall"]["value"] > 0.5
    assert one["metrics"]["task_success"]["value"] > 0.4


def test_texts_of_the_template_are_written_and_judged_by_servers(desk: Any) -> None:
    project = made(desk, "generate")
    judge = desk.other_server()
    judge.label_of = lambda _: "yes"
    desk.server.label_of = lambda text: f"Dear customers, this happened and is being mended: {text}"
    yaml = (project / "rung.yaml").read_text(encoding="utf-8")
    lines = [line for line in yaml.splitlines() if "smollm2-135m" not in line]
    at = lines.index("    question: Does the notice say which service was affected?")
    lines.insert(at + 1, f"    model: {{base_url: '{judge.base_url}', model: judge}}")
    at = lines.index("models:")
    lines.insert(at + 1, f"  generator: {{base_url: '{desk.server.base_url}', model: stub}}")
    (project / "rung.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = desk.rung("run", "zero-shot", "--json", "--project", project)
    assert said.code == 0, said.err
    [one] = said.document
    # The judge says yes to everything, so it is wrong on what people called wrong and the checks let through.
    rows = [json.loads(line) for line in (project / "data" / "examples.jsonl").read_text().splitlines()]
    verdicts = {row["output"]: {one["label"] for one in row["annotations"]} for row in rows if "output" in row}
    settled = {output: labels == {"right"} for output, labels in verdicts.items() if len(labels) == 1}
    missed = [output for output, right in settled.items() if not right and len(output.split()) >= 8]
    assert missed
    note = one["metrics"]["task_success"]["note"]
    assert "100% right" in note
    assert f"agrees with people on {len(settled) - len(missed)} of {len(settled)} outputs" in note
    assert one["metrics"]["task_success"]["value"] < 1.0
    assert set(one["fields"]) == {"short", "says-something", "no-promise"}
