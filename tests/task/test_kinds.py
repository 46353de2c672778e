from __future__ import annotations

import json
from pathlib import Path

import pytest

from rung.task.file import read_task
from rung.task.targets import targets_hash
from rung.task.task import AnswerRule, Check, EndpointChoice, JudgeChoice, Task

SCHEMA = {"type": "object", "properties": {"due": {"type": "string"}}}


def task_of(project: Path, section: str, rest: str = "data: {examples: data/e.jsonl}\n") -> Task:
    (project / "s.json").write_text(json.dumps(SCHEMA))
    path = project / "rung.yaml"
    path.write_text(f"task:\n  name: t\n{section}{rest}")
    return read_task(path)


def test_several_labels_are_declared_with_one_key(project: Path) -> None:
    assert task_of(project, "  labels: [a, b]\n  multi_label: true\n").multi_label
    assert not task_of(project, "  labels: [a, b]\n").multi_label


def test_a_record_has_its_schema(project: Path) -> None:
    assert task_of(project, "  kind: extract\n  schema: s.json\n").output_schema == SCHEMA


def test_an_answer_has_its_rule_or_the_default(project: Path) -> None:
    rule = "  kind: answer\n  answer: {right_when: token_f1, min: 0.7, most_words: 12}\n"
    assert task_of(project, rule).answer == AnswerRule("token_f1", 0.7, 12)
    assert task_of(project, "  kind: answer\n").answer == AnswerRule("contains", None, 60)


def test_a_text_has_checks_and_a_judge(project: Path) -> None:
    task = task_of(
        project,
        "  kind: generate\n  checks:\n    - {name: short, most_words: 9}\n    - {name: form, schema: s.json}\n"
        "  judge: {question: Is it polite?, model: {base_url: 'http://127.0.0.1:1/v1', model: m, weights: open}}\n",
    )
    assert task.checks == (Check("short", most_words=9), Check("form", json_schema=SCHEMA))
    server = EndpointChoice("http://127.0.0.1:1/v1", "m", weights="open")
    assert task.judge == JudgeChoice("Is it polite?", server)


def test_what_a_team_knows_of_its_server_arrives(project: Path) -> None:
    task = task_of(
        project,
        "",
        "data: {examples: data/e.jsonl}\nmodels: {generator: {base_url: 'http://10.0.0.7/v1', model: m, weights: open, "
        "hosted: false, usd_per_million_input_tokens: 0, usd_per_million_output_tokens: 1.5}}\n",
    )
    assert task.models.generator == EndpointChoice("http://10.0.0.7/v1", "m", None, "open", False, 0, 1.5)


def test_a_log_alone_is_a_task_and_may_be_what_runs_today(project: Path) -> None:
    task = task_of(project, "", "data: {traces: 't/*.parquet'}\ncurrent: traces\nevaluation: {stop_early: true}\n")
    assert task.data.examples is None
    assert (task.data.traces, task.current, task.current_traces, task.stop_early) == ("t/*.parquet", None, True, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  kind: answer\n", "  kind: answer\n  answer: {most_words: 5}\n"),
        ("  labels: [a, b]\n", "  labels: [a, b]\n  multi_label: true\n"),
        (
            "  kind: generate\n  checks: [{name: x, most_words: 5}]\n",
            "  kind: generate\n  checks: [{name: x, most_words: 6}]\n",
        ),
    ],
)
def test_other_rules_of_what_is_right_are_other_targets(project: Path, before: str, after: str) -> None:
    assert targets_hash(task_of(project, before)) == targets_hash(task_of(project, before))
    assert targets_hash(task_of(project, before)) != targets_hash(task_of(project, after))
