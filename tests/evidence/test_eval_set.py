from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rung.errors import InvalidData, RungError
from rung.evidence.eval_set import FILES, derivations, edges, eval_rows, write_eval_set
from rung.evidence.examples import PARTS, read_examples
from rung.evidence.prepare import prepare_evidence
from rung.task.example import Example
from rung.task.file import read_task
from rung.task.task import DataPaths, Flow, Task

NOUNS = ("invoice", "receipt", "printer", "laptop", "contract", "garden", "window", "radiator", "bicycle", "curtain")
VERBS = ("is late again", "does not arrive", "was damaged on Monday", "cannot be opened", "has to be replaced soon")
SCHEMA = {"type": "object", "properties": {"thing": {"type": "string"}, "number": {"type": "integer"}}}


def text(number: int) -> str:
    """English sentences unlike each other, each with its number."""
    noun, verb = NOUNS[number % 10], VERBS[number % 5]
    place = (number * 7919) % 10007
    return f"I think that the {noun} {place} {verb}; {NOUNS[(number * 3 + 1) % 10]} and {NOUNS[number % 7]} {number**2}"


def rows(kind: str) -> list[dict[str, Any]]:
    made = []
    for number in range(120):
        row: dict[str, Any] = {"input": text(number), "metadata": {"source": "a form"} if number % 3 == 0 else {}}
        if number % 5 == 0:
            row["group"] = f"customer {number // 10}"
        if kind == "classify":
            row["expected"] = ("billing", "repairs", "garden")[number % 3]
        elif kind == "several":
            row["expected"] = [["billing"], ["billing", "repairs"], [], ["garden"]][number % 4]
        elif kind == "extract":
            row["expected"] = {"thing": NOUNS[number % 10], **({"number": number**2} if number % 4 == 0 else {})}
        elif kind == "answer":
            row["expected"] = None if number % 6 == 0 else f"answer {number}"
            row["references"] = [] if number % 6 == 0 else ["another"]
            row["passages"] = [] if number % 6 == 0 else [f"p{number % 4}"]
        elif number % 4 == 0:
            row["output"] = f"A notice about {NOUNS[number % 10]}"
            labels = ("right", "right") if number % 8 else ("right", "wrong")
            row["annotations"] = [{"annotator": who, "label": label} for who, label in zip("ab", labels, strict=True)]
        made.append(row)
    return made


def task_of(kind: str, directory: Path, name: str = "e.jsonl") -> Task:
    corpus = None
    if kind == "answer":
        corpus = directory / "c.jsonl"
        titles = ("Lost property", "Groups", "Weather", "Faults")
        corpus.write_text(
            "".join(json.dumps({"id": f"p{n}", "title": one, "text": one}) + "\n" for n, one in enumerate(titles)),
            encoding="utf-8",
        )
    more = {
        "several": {"kind": "classify", "multi_label": True},
        "extract": {"kind": "extract", "output_schema": SCHEMA},
        "classify": {"kind": "classify", "out_of_scope": "garden"},
    }.get(kind, {"kind": kind})
    return Task(name="t", directory=directory, data=DataPaths(directory / name, corpus), flows=(Flow("web"),), **more)  # type: ignore[arg-type]


KINDS = ("classify", "several", "extract", "answer", "generate")


@pytest.mark.parametrize("kind", KINDS)
def test_the_written_set_read_as_examples_gives_the_same_split(kind: str, tmp_path: Path) -> None:
    task = task_of(kind, tmp_path)
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(kind)), encoding="utf-8")
    first = prepare_evidence(task)
    read = read_examples(tmp_path / "e.jsonl", task)
    paths = write_eval_set(tmp_path / "eval", eval_rows(first.split, read, task))
    assert {name: str(path.relative_to(tmp_path / "eval")) for name, path in paths.items()} == FILES
    whole = "".join(path.read_text(encoding="utf-8") for path in paths.values())
    (tmp_path / "again.jsonl").write_text(whole, encoding="utf-8")
    again_task = task_of(kind, tmp_path, "again.jsonl")
    again = prepare_evidence(again_task)
    for part in PARTS:
        assert again.split.part(part) == first.split.part(part)
    assert (again.split.hashes, again.split.split_hash) == (first.split.hashes, first.split.split_hash)
    assert again.profile.segments == first.profile.segments
    assert (derivations(again.split), edges(again.split)) == (derivations(first.split), edges(first.split))
    reread = read_examples(tmp_path / "again.jsonl", again_task)
    assert (reread.annotations, reread.outputs) == (read.annotations, read.outputs)
    assert [(one.output, one.right) for one in reread.human] == [(one.output, one.right) for one in read.human]
    derived = [one for part in ("dev", "sealed") for one in first.split.part(part) if one.derivation is not None]
    assert derived
    assert all(one.derivation is None for one in first.split.train)


@pytest.mark.parametrize("kind", ["classify", "several", "answer"])
def test_requests_from_outside_have_the_answer_that_the_task_has_for_them(kind: str, tmp_path: Path) -> None:
    task = task_of(kind, tmp_path)
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(kind)), encoding="utf-8")
    split = prepare_evidence(task).split
    outside = {part: [one for one in split.part(part) if one.derivation == "out of scope"] for part in PARTS}
    assert outside["train"] == []
    for part in ("dev", "sealed"):
        originals = sum(one.derivation is None for one in split.part(part))
        assert len(outside[part]) == max(1, originals // 20)
        assert {one.expected for one in outside[part]} == {{"classify": "garden", "several": "[]", "answer": ""}[kind]}
        assert {one.flow for one in outside[part]} == {"web"}
    assert not {one.input for one in outside["dev"]} & {one.input for one in outside["sealed"]}


@pytest.mark.parametrize("kind", ["extract", "generate"])
def test_kinds_without_an_answer_for_strangers_get_none(kind: str, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(kind)), encoding="utf-8")
    split = prepare_evidence(task_of(kind, tmp_path)).split
    assert all(one.derivation != "out of scope" for part in PARTS for one in split.part(part))


ROW = {"id": "1", "input": "a", "expected": "x", "segment": "routine", "group": "g", "split": "dev"}
FOUR: Any = dict.fromkeys(PARTS, (ROW,))


@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_is_there_is_not_overwritten_and_none_is_written_beside_it(part: str, tmp_path: Path) -> None:
    there = tmp_path / FILES[part]  # type: ignore[index]
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(RungError, match=r"is there already and is not overwritten; name another directory"):
        write_eval_set(tmp_path, FOUR)
    assert there.read_text(encoding="utf-8") == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [there]


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    blocked = tmp_path / "eval"
    blocked.mkdir()
    (blocked / "sealed").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(RungError, match=r"eval/sealed.*: the eval set could not be written \(.*; free space there"):
        write_eval_set(blocked, FOUR)
    assert [path.name for path in blocked.iterdir()] == ["sealed"]
    with pytest.raises(RungError, match="could not be written"):
        write_eval_set(blocked / "sealed", FOUR)
    with pytest.raises(RungError, match="could not be written"):
        write_eval_set(tmp_path / ("n" * 300), FOUR)


def test_the_sealed_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    paths = write_eval_set(tmp_path / "eval", FOUR)
    modes = {part: stat.S_IMODE(path.stat().st_mode) for part, path in paths.items()}
    assert modes == {"train": 0o644, "dev": 0o644, "sealed": 0o600}
    assert [json.loads(line) for line in paths["sealed"].read_text(encoding="utf-8").splitlines()] == [ROW]


def refused(tmp_path: Path, task: Task, *items: dict[str, Any]) -> str:
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        read_examples(tmp_path / "e.jsonl", task)
    return str(caught.value)


def test_a_derived_item_names_an_original_of_its_own_side(tmp_path: Path, task: Task) -> None:
    a = {"id": "a", "input": "one", "expected": "x", "split": "train"}
    b = {"id": "b", "input": "two", "expected": "y", "split": "dev"}
    c = {"id": "c", "input": "six", "expected": "y", "split": "sealed"}
    made = {"id": "v", "input": "oen", "expected": "x", "split": "train", "derived_from": "a", "derivation": "typo"}
    assert "no id of this file" in refused(tmp_path, task, a, b, c, {**made, "derived_from": "z"})
    assert "which was derived itself" in refused(
        tmp_path, task, a, b, c, made, {**made, "id": "w", "derived_from": "v"}
    )
    assert "stands in dev and its original 'a' (line 1) in train" in refused(
        tmp_path, task, a, b, c, {**made, "split": "dev"}
    )
    assert "has derived_from and no derivation" in refused(
        tmp_path, task, a, b, c, {key: value for key, value in made.items() if key != "derivation"}
    )


def test_a_derived_item_joins_the_group_of_its_original_and_of_nobody_else(tmp_path: Path, task: Task) -> None:
    words = ("apple", "bridge", "candle", "dragon", "engine", "forest")
    items: list[dict[str, Any]] = [
        {"id": word, "input": f"the {word} of a king", "expected": "xy"[n % 2]} for n, word in enumerate(words)
    ]
    same = "this sentence was put into every text and makes strangers alike"
    items += [
        {
            "id": f"{word}2",
            "input": f"{word} {same}",
            "expected": "xy"[n % 2],
            "derived_from": word,
            "derivation": "more words",
        }
        for n, word in enumerate(words)
    ]
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    split = prepare_evidence(task).split
    found: dict[str, Example] = {one.id: one for part in PARTS for one in split.part(part)}
    assert all(found[f"{word}2"].group == found[word].group for word in words)
    assert len({found[word].group for word in words}) == len(words)


def test_one_giant_group_is_named_with_a_remedy(tmp_path: Path, task: Task) -> None:
    items = [{"input": text(n), "expected": "xy"[n % 2], "group": "all" if n < 40 else f"g{n}"} for n in range(60)]
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    notes = prepare_evidence(task).split.notes
    assert any("The group 'all' holds 40 of 60 items (67%)" in note and "Give items of" in note for note in notes)
    two = [{**item, "group": "all" if n < 40 else "rest"} for n, item in enumerate(items)]
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(item) + "\n" for item in two), encoding="utf-8")
    with pytest.raises(InvalidData, match=r"form 2 groups: 'all' \(40 items\) and 'rest' \(20 items\); .*leave it out"):
        prepare_evidence(task)


@pytest.mark.parametrize("template", ["classify", "extract", "answer", "generate"])
def test_the_templates_are_split_with_variants_that_keep_what_is_expected(template: str) -> None:
    path = Path(__file__).parents[2] / "src" / "rung" / "templates" / template / "rung.yaml"
    split = prepare_evidence(read_task(path)).split
    by_id = {one.id: one for part in PARTS for one in split.part(part)}
    variants = [one for one in by_id.values() if one.derived_from]
    assert variants
    for one in variants:
        original = by_id[str(one.derived_from)]
        assert replace(original, id=one.id, input=one.input, segment="adversarial", segment_because="") == replace(
            one, derived_from=None, derivation=None
        )
