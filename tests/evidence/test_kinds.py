from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rung.errors import InvalidData, InvalidTask
from rung.evidence.examples import ExampleSet, read_examples
from rung.evidence.prepare import prepare_evidence
from rung.task.task import Check, DataPaths, Task

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "day": {"type": "string"}, "guests": {"type": "integer"}},
    "required": ["city"],
    "additionalProperties": False,
}
Read = Callable[..., ExampleSet]
Refused = Callable[..., str]


@pytest.fixture
def kinds(task: Task) -> dict[str, Task]:
    return {
        "labels": replace(task, multi_label=True),
        "extract": replace(task, kind="extract", output_schema=SCHEMA),
        "answer": replace(task, kind="answer"),
        "generate": replace(task, kind="generate", checks=(Check("short", most_words=9),)),
    }


@pytest.fixture
def read(tmp_path: Path, kinds: dict[str, Task]) -> Read:
    def reader(kind: str, *rows: object, name: str = "e.jsonl") -> ExampleSet:
        path = tmp_path / name
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
        return read_examples(path, kinds[kind])

    return reader


@pytest.fixture
def refused(read: Read, tmp_path: Path) -> Refused:
    def reader(kind: str, *rows: object, name: str = "e.jsonl") -> str:
        with pytest.raises(InvalidData) as caught:
            read(kind, *rows, name=name)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return reader


def test_a_list_of_labels_is_kept_as_sorted_json(read: Read) -> None:
    found = read("labels", {"id": 1, "input": "x", "expected": ["b", "ä"]}, {"id": 2, "input": "y", "expected": []})
    assert [one.expected for one in found.examples] == ['["b", "ä"]', "[]"]
    assert found.labels == ("b", "ä")


def test_a_cell_holds_one_label_or_a_list_of_them(read: Read) -> None:
    found = read("labels", "id,input,expected", "1,x,b", '2,y,"[""b"", ""a""]"', name="e.csv")
    assert [one.expected for one in found.examples] == ['["b"]', '["a", "b"]']


def test_a_record_is_kept_as_canonical_json(read: Read) -> None:
    rows = [
        {"id": 1, "input": "x", "expected": {"day": "5.", "city": "Köln"}},
        {"id": 2, "input": "y", "expected": '{"city": "B"}'},
    ]
    assert [one.expected for one in read("extract", *rows).examples] == [
        '{"city": "Köln", "day": "5."}',
        '{"city": "B"}',
    ]


def test_an_answer_may_have_others_and_passages_or_be_none(read: Read) -> None:
    found = read(
        "answer",
        {"id": 1, "input": "x", "expected": "yes", "references": ["yes", "sure", "sure"], "passages": ["p1", 2]},
        {"id": 2, "input": "y", "expected": None},
        {"id": 3, "input": "z", "expected": {"answer": "a", "references": ["b"]}},
    ).examples
    assert [(one.expected, one.references) for one in found] == [("yes", ("yes", "sure")), ("", ()), ("a", ("b",))]
    assert found[0].passages == ("p1", "2")


def test_a_text_may_have_no_reference_and_carry_a_judged_output(read: Read) -> None:
    votes = [{"annotator": name, "label": label} for name, label in (("a", "right"), ("b", "right"), ("c", "wrong"))]
    found = read(
        "generate",
        {"id": 1, "input": "x"},
        {"id": 2, "input": "y", "expected": "ref", "output": "o", "annotations": votes},
        {"id": 3, "input": "z", "output": "o", "annotations": votes[1:]},
    )
    assert [one.expected for one in found.examples] == ["", "ref", ""]
    # One vote each way is no majority.
    assert [(label.example.id, label.output, label.right, label.annotators) for label in found.human] == [
        ("2", "o", True, 3)
    ]


GOOD = {"input": "g", "expected": "yes"}
BAD: dict[str, tuple[str, list[object], str]] = {
    "label for labels": (
        "labels",
        [{"input": "x", "expected": "a"}],
        'e.jsonl:1: expected must be a list of labels such as ["a", "b"], found "a"',
    ),
    "label twice": (
        "labels",
        [{"input": "x", "expected": ["a", "a"]}],
        "e.jsonl:1: the label 'a' stands in expected twice; keep it once",
    ),
    "schema": (
        "extract",
        [{"input": "x", "expected": {"city": "B"}}, {"input": "y", "expected": {"city": "B", "guests": "two"}}],
        "e.jsonl:2: expected/guests: 'two' is not of type 'integer'; correct the row or the schema in task.schema",
    ),
    "required": (
        "extract",
        [{"input": "x", "expected": {}}],
        "e.jsonl:1: expected: 'city' is a required property; correct",
    ),
    "no object": (
        "extract",
        [{"input": "x", "expected": [1]}],
        "e.jsonl:1: expected must be the record, an object, found [1]",
    ),
    "empty answer": (
        "answer",
        [{"input": "x", "expected": " "}],
        "e.jsonl:1: expected is empty; fill it, or write null where there is none",
    ),
    "no key": ("answer", [{"input": "x"}], "e.jsonl:1: has no expected; found 'input'"),
    "references alone": (
        "answer",
        [{"input": "x", "expected": None, "references": ["a"]}],
        "has references and no expected answer",
    ),
    "all unanswerable": ("answer", [{"input": "x", "expected": None}], "e.jsonl: no question has an answer"),
    "references for records": (
        "extract",
        [{"input": "x", "expected": {"city": "B"}, "references": []}],
        "references belongs to tasks of kind answer; remove it",
    ),
    "odd verdict": (
        "generate",
        [{"input": "x", "output": "o", "annotations": [{"annotator": "a", "label": "fine"}]}],
        "annotations say 'fine'; on an output write right or wrong",
    ),
    "verdict on nothing": (
        "generate",
        [{"input": "x", "annotations": [{"annotator": "a", "label": "right"}]}],
        "has annotations and no output that they are about; add output",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_row_that_breaks_its_kind_is_refused_with_line_and_remedy(refused: Refused, case: str) -> None:
    kind, rows, message = BAD[case]
    assert message in refused(kind, *rows)


def corpus(tmp_path: Path, *ids: str) -> Path:
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(json.dumps({"id": one, "text": f"Passage {one}."}) for one in ids))
    return path


def test_passages_must_stand_in_the_corpus(tmp_path: Path, kinds: dict[str, Task]) -> None:
    rows = [{"input": f"q{n}", "expected": "a", "passages": ["rooms-1" if n < 5 else "room-1"]} for n in range(6)]
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, rows)))
    task = replace(kinds["answer"], data=DataPaths(tmp_path / "e.jsonl", corpus(tmp_path, "rooms-1", "rooms-2")))
    with pytest.raises(InvalidData, match=r"e.jsonl:6: passages: .* no entry 'room-1'; did you mean 'rooms-1'"):
        prepare_evidence(task)


def test_a_log_without_examples_is_not_enough_to_try_a_strategy(task: Task) -> None:
    with pytest.raises(InvalidTask, match=r"names no data.examples"):
        prepare_evidence(replace(task, data=DataPaths(None, traces="log.jsonl")))


CITIES = ("Aachen", "Bremen", "Celle", "Dortmund")
WORDS = ("breakfast", "parking", "evening", "terrace", "holiday", "garden", "window", "morning", "supper", "balcony")


def sentence(number: int) -> str:
    """Texts unlike each other, each with its city and a day."""
    rest = " ".join(WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7))
    return f"Please, a room in {CITIES[number % 4]} on May {number} with {rest} {number * number}"


def test_records_are_spread_by_field_and_variants_keep_every_value(tmp_path: Path, kinds: dict[str, Task]) -> None:
    rows = [
        {
            "id": f"i{number:03}",
            "input": sentence(number),
            "group": f"g{number}",
            "expected": {"city": CITIES[number % 4], **({"day": f"May {number}"} if number % 12 == 0 else {})},
        }
        for number in range(120)
    ]
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = prepare_evidence(replace(kinds["extract"], data=DataPaths(tmp_path / "e.jsonl")))
    for part in (found.split.train, found.split.dev, found.split.sealed):
        assert sum("day" in json.loads(one.expected) for one in part if one.derived_from is None) >= 2
    variants = [one for one in (*found.split.dev, *found.split.sealed) if one.derived_from is not None]
    assert len(variants) >= 10
    for variant in variants:
        assert all(str(value) in variant.input for value in json.loads(variant.expected).values())
    assert found.labels == ()
    assert (found.profile.train_per_label, found.profile.fewest_per_label) == ({}, None)
    assert found.profile.conflict_share == 0.0


def test_unanswerable_questions_stand_in_every_part(tmp_path: Path, kinds: dict[str, Task]) -> None:
    rows = [
        {"id": f"i{number:03}", "input": sentence(number), "expected": None if number % 7 == 0 else f"answer {number}"}
        for number in range(80)
    ]
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = prepare_evidence(replace(kinds["answer"], data=DataPaths(tmp_path / "e.jsonl")))
    for part in (found.split.train, found.split.dev, found.split.sealed):
        assert any(not one.expected for one in part)
    assert found.profile.conflict_share is None
    assert found.profile.conflicts == ()
