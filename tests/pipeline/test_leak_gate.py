"""A vendor that leaks across the split, from the file of examples to the decision that it locks."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from rung.evidence.prepare import prepare_evidence
from rung.pipeline import decide
from rung.pipeline.readiness import check_data, leaks_of
from rung.task.file import read_task

pytest.importorskip("sklearn")
LABELS = ("billing", "delivery", "login", "travel")


@pytest.fixture(scope="module")
def task_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every vendor writes with words of its own and nearly always about one label; the channel says nothing."""
    rng = random.Random(4)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = {vendor: ["".join(rng.choices(letters, k=8)) for _ in range(3)] for vendor in range(32)}
    rows = []
    for number in range(384):
        vendor = number % 32
        label = LABELS[vendor % 4] if rng.random() < 0.9 else rng.choice(LABELS)
        common = ["".join(rng.choices(letters, k=5)) for _ in range(4)]
        rows.append(
            {
                "id": f"i{number}",
                "input": " ".join([*common, *words[vendor]]),
                "expected": label,
                "metadata": {"vendor": f"V{vendor}", "channel": rng.choice(["web", "mail", "phone"])},
            }
        )
    directory = tmp_path_factory.mktemp("vendors")
    (directory / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (directory / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\n"
        "targets: {task_success: {min: 0.6}}\nstrategies: [tfidf-linear]\n",
        encoding="utf-8",
    )
    return directory / "rung.yaml"


def test_the_check_names_the_leak_before_everything_else(task_file: Path) -> None:
    first = check_data(task_file).findings[0]
    assert first.severity == "blocks"
    assert "vendor" in first.sentence
    assert "group: vendor" in first.proposal


def test_what_leaks_is_kept_for_the_next_decision(task_file: Path) -> None:
    task = read_task(task_file)
    evidence = prepare_evidence(task)
    found = leaks_of(task.directory, evidence, task)
    assert found[0].name == "vendor"
    assert (task.directory / ".rung" / "readiness" / "group-leaks.json").exists()
    assert leaks_of(task.directory, evidence, task) == found


def test_a_decision_locks_what_learns_from_labels_while_a_field_leaks(task_file: Path) -> None:
    decision = decide(task_file).decision
    # No prompt was analysed here, so that gate is locked as well; this one speaks for itself.
    gate = next(gate for gate in decision.gates if gate.name == "group_leak")
    assert gate.locked
    assert gate.because.startswith("answers leak across the split through vendor")
    guardrail = next(one for one in decision.guardrails if one.name == "root_cause_first")
    assert guardrail.fired
    assert "leak across the split through vendor" in guardrail.because
    assert "tfidf-linear" in guardrail.strategies
