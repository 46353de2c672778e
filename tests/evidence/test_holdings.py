from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rung.evidence.holdings import holdings
from rung.evidence.prepare import prepare_evidence
from rung.task.file import read_task
from rung.task.task import Task


def project(folder: Path, rows: list[dict[str, Any]], **files: str) -> Task:
    (folder / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return read_task(folder / "rung.yaml")


def test_fields_are_counted_over_the_originals_of_train_and_dev_alone(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    # Only the sealed items have an age: nothing of it may show.
    rows = [
        {
            "input": f"a letter {n} from person{n} far away",
            "expected": {"name": f"person{n}", **({"age": 7} if part == "sealed" else {})},
            "split": part,
        }
        for n, part in enumerate(["train"] * 20 + ["dev"] * 8 + ["sealed"] * 8)
    ]
    task = project(
        tmp_path,
        rows,
        s_json=json.dumps(schema),
        rung_yaml="task: {name: t, kind: extract, schema: s.json}\ndata: {examples: examples.jsonl}\n",
    )
    evidence = prepare_evidence(task)
    found = holdings(evidence, task)
    assert len(evidence.split.dev) > 8  # variants were derived, and are not counted
    assert (found.items, found.strata) == (28, {"name": 28})


def test_questions_are_counted_with_and_without_an_answer_and_by_named_passages(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"input": f"what is number {n} of list {n * n}?", "expected": f"word{n}", "passages": ["p"] if n % 2 else []}
        for n in range(20)
    ]
    rows += [{"input": f"who ever saw thing {n} at place {n * 7}?", "expected": None} for n in range(10)]
    for number, row in enumerate(rows):
        row["split"] = ("train", "dev", "sealed")[number % 3]
    task = project(
        tmp_path,
        rows,
        corpus_jsonl=json.dumps({"id": "p", "title": "Passage", "text": "Some words."}) + "\n",
        rung_yaml="task: {name: t, kind: answer}\ndata: {examples: examples.jsonl, corpus: corpus.jsonl}\n",
    )
    used = [row for row in rows if row["split"] != "sealed"]
    found = holdings(prepare_evidence(task), task)
    assert found.strata == {
        "answerable": sum(row["expected"] is not None for row in used),
        "unanswerable": sum(row["expected"] is None for row in used),
    }
    assert found.with_passages == sum(bool(row.get("passages")) for row in used)
