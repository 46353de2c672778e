from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rung.estimate import Estimate, Missing
from rung.evidence.prepare import prepare_evidence
from rung.evidence.readiness.finding import Finding, worst_first
from rung.evidence.readiness.readiness import Readiness, check
from rung.task.task import DataPaths, Target, Task

Rows = list[dict[str, Any]]


@pytest.fixture
def clean(planted: Any) -> Rows:
    texts, kinds = planted(300, 3, 21)
    return [
        {"id": f"i{n}", "input": text, "expected": f"label {kind}"}
        for n, (text, kind) in enumerate(zip(texts, kinds, strict=True))
    ]


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Readiness]:
    def run(rows: Rows, *, targets: tuple[Target, ...] = (), **task: Any) -> Readiness:
        path = tmp_path / "examples.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        of = Task(name="t", directory=tmp_path, data=DataPaths(path), targets=targets, **{"kind": "classify", **task})
        return check(prepare_evidence(of), of)

    return run


def named(found: Readiness, name: str) -> Finding:
    return next(one for one in found.findings if one.name == name)


def test_clean_data_have_nothing_that_blocks(checked: Any, clean: Rows) -> None:
    found = checked(clean)
    assert {one.severity for one in found.findings} <= {"fine", "unknown"}
    assert found.summary[1] == "Nothing that was looked at stands in the way of a decision."
    assert len(found.summary) == 3


def test_a_held_out_part_that_copies_train_comes_first(checked: Any, clean: Rows) -> None:
    rows = [{**row, "split": "train"} for row in clean[:200]]
    rows += [{**row, "id": f"copy-{row['id']}", "split": "dev"} for row in clean[:60]]
    rows += [{**row, "split": "sealed"} for row in clean[200:]]
    found = checked(rows)
    assert found.findings[0].name == "copies of train in dev"
    assert found.findings[0].severity == "blocks"
    assert "copy-i0" in found.findings[0].item_ids
    assert "copies of train in dev" in found.summary[1]


def test_one_thing_is_named_and_not_set_above_others(checked: Any, clean: Rows) -> None:
    two_spellings = [{**row, "expected": "label-0"} if row["expected"] == "label 0" else row for row in clean[:150]]
    found = checked([*two_spellings, *clean[150:]])
    assert [one.name for one in found.findings if one.severity == "blocks"] == ["labels in two spellings"]
    assert found.summary[1] == "One thing would mislead a decision: labels in two spellings."


def test_noise_beyond_what_the_target_leaves_room_for_blocks(checked: Any, planted: Any, flipped: Any) -> None:
    texts, kinds = planted(600, 6, 23)
    labels = flipped(kinds, 6, 0.2, 23)
    noisy = [{"input": text, "expected": f"label {label}"} for text, label in zip(texts, labels, strict=True)]
    found = checked(noisy, targets=(Target("task_success", minimum=0.95),))
    assert found.findings[0].name == "label noise"
    assert found.findings[0].severity == "blocks"
    assert "leaves room for 5.0%" in found.findings[0].sentence
    assert named(checked(noisy), "label noise").severity == "warns"


def test_the_labels_of_sealed_items_have_no_say(checked: Any, clean: Rows) -> None:
    parts = ["train"] * 200 + ["dev"] * 50 + ["sealed"] * 50
    annotated = [{"annotator": person, "label": "label 0"} for person in ("a", "b")]
    rows = [{**row, "split": part} for row, part in zip(clean, parts, strict=True)]
    other = [
        {**row, "expected": "label 0", "annotations": annotated} if row["split"] == "sealed" else row for row in rows
    ]
    assert checked(rows) == checked(other)


def test_labels_in_two_spellings_are_found_with_their_items(checked: Any, clean: Rows) -> None:
    for row in clean[:30]:
        row["expected"] = row["expected"].replace("label ", "label-")
    found = named(checked(clean), "labels in two spellings")
    assert found.severity == "blocks"
    assert set(found.item_ids) <= {row["id"] for row in clean[:30]}


def test_disagreeing_annotators_block(checked: Any, clean: Rows) -> None:
    for n, row in enumerate(clean):
        second = row["expected"] if n % 2 else f"label {(int(row['expected'][-1]) + 1) % 3}"
        row["annotations"] = [
            {"annotator": "a", "label": row["expected"]},
            {"annotator": "b", "label": second},
        ]
    found = named(checked(clean), "agreement")
    assert found.severity == "blocks"
    assert "unreliable" in found.sentence


def test_a_kind_without_single_labels_says_what_is_unknown(checked: Any, clean: Rows) -> None:
    rows = [{**row, "expected": f"It is {row['expected']}."} for row in clean[:60]]
    found = checked(rows, kind="answer")
    noise = named(found, "label noise")
    assert noise.severity == "unknown"
    assert isinstance(found.noise.rate, Missing)
    assert "kind answer" in noise.sentence


def test_without_scikit_learn_everything_else_is_told(
    checked: Any, clean: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    found = checked(clean)
    noise = named(found, "label noise")
    assert noise.severity == "unknown"
    assert "pip install 'rung[local]'" in noise.proposal
    assert isinstance(found.balance.evenness, Estimate)


def test_the_order_is_by_severity_and_then_by_how_much_is_touched() -> None:
    def of(name: str, severity: Any, share: float | None) -> Finding:
        from rung.estimate import Provenance, exact

        size = Missing("x") if share is None else exact(share, "share", Provenance.MEASURED, "t")
        return Finding(name, severity, size, "Told.")

    mixed = [of("a", "fine", 0.9), of("b", "warns", 0.1), of("c", "blocks", 0.2), of("d", "warns", 0.3)]
    mixed += [of("e", "unknown", None), of("f", "blocks", 0.4)]
    assert [one.name for one in worst_first(mixed)] == ["f", "c", "d", "b", "e", "a"]
