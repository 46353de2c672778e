from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rung.evidence.examples import read_examples
from rung.task.example import Example
from rung.task.task import Flow, Task

GOOD = '{"input": "a", "expected": "billing"}\n{"input": "b", "expected": "technical"}\n'


def write(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_every_key_of_a_row_arrives(tmp_path: Path, declared: Task) -> None:
    path = write(
        tmp_path / "e.jsonl",
        {
            "id": 7, "input": "I was charged twice", "expected": "billing", "segment": "edge", "flow": "mail",
            "group": "customer-1", "metadata": {"source": "chat", "turns": 3},
            "annotations": [{"annotator": "x", "label": "billing"}],
        },
        {"id": "b", "input": "Error 500", "expected": "technical"},
    )  # fmt: skip
    read = read_examples(path, declared)
    assert read.examples == (
        Example("7", "I was charged twice", "billing", "customer-1", "edge", "mail",
                metadata={"source": "chat", "turns": "3"}),
        Example("b", "Error 500", "technical", ""),
    )  # fmt: skip
    assert read.labels == ("billing", "technical")
    assert [(one.annotator, one.label) for one in read.annotations["7"]] == [("x", "billing")]


def test_csv_and_jsonl_of_the_same_items_are_the_same_evidence(tmp_path: Path, declared: Task) -> None:
    rows = [
        {
            "input": 'He said "no", twice\nand left',
            "expected": "billing",
            "flow": "web",
            "metadata": {"region": "north"},
        },
        {"input": "Größe, naïve", "expected": "technical", "flow": "mail", "metadata": {"region": "south"}},
    ]
    jsonl = write(tmp_path / "e.jsonl", *rows)
    with (tmp_path / "e.csv").open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow(["region", "expected", "input", "flow", "segment"])
        writer.writerows(
            [["north", "billing", rows[0]["input"], "web", ""], ["south", "technical", rows[1]["input"], "mail", ""]]
        )
    from_csv, from_jsonl = read_examples(tmp_path / "e.csv", declared), read_examples(jsonl, declared)
    assert from_csv == from_jsonl


def test_order_blank_lines_and_a_byte_order_mark_change_nothing(tmp_path: Path, task: Task) -> None:
    (tmp_path / "a.jsonl").write_text(GOOD)
    reversed_lines = "\n\n".join(reversed(GOOD.splitlines())) + "\r\n"
    (tmp_path / "b.jsonl").write_bytes(b"\xef\xbb\xbf" + reversed_lines.encode())
    assert read_examples(tmp_path / "a.jsonl", task) == read_examples(tmp_path / "b.jsonl", task)


def test_any_change_of_content_changes_the_hash(tmp_path: Path, task: Task) -> None:
    first = {"id": "1", "input": "a", "expected": "x", "group": "g"}
    other = {"id": "2", "input": "b", "expected": "y"}
    variants = [first, {**first, "input": "A"}, {**first, "expected": "z"}, {**first, "group": "h"},
                {**first, "segment": "edge"}, {**first, "id": "3"}]  # fmt: skip
    hashes = {read_examples(write(tmp_path / "e.jsonl", row, other), task).content_hash for row in variants}
    assert len(hashes) == len(variants)


def test_an_exact_repetition_counts_once_and_is_noted(tmp_path: Path, task: Task) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(GOOD + GOOD)
    read = read_examples(path, task)
    assert len(read.examples) == 2
    assert read.notes == ("2 rows were exact repetitions and count once.",)


def test_one_text_with_two_labels_stays_as_two_items(tmp_path: Path, task: Task) -> None:
    path = write(tmp_path / "e.jsonl", {"input": "a", "expected": "x"}, {"input": "a", "expected": "y"})
    assert len(read_examples(path, task).examples) == 2


def test_the_only_flow_is_the_flow_of_every_item(tmp_path: Path, task: Task) -> None:
    (tmp_path / "e.jsonl").write_text(GOOD)
    read = read_examples(tmp_path / "e.jsonl", replace(task, flows=(Flow("web"),)))
    assert {example.flow for example in read.examples} == {"web"}


def test_a_declared_label_without_items_stays_in_the_set_and_is_noted(tmp_path: Path, task: Task) -> None:
    (tmp_path / "e.jsonl").write_text(GOOD)
    read = read_examples(tmp_path / "e.jsonl", replace(task, labels={"technical": "", "legal": "", "billing": ""}))
    assert read.labels == ("billing", "legal", "technical")
    assert read.notes == ("No item has the declared label legal: nothing is known about it.",)


def test_markup_and_terminal_escapes_in_an_input_are_data(tmp_path: Path, task: Task) -> None:
    text = "</script><b>\u001b[31mred \u2028 line"
    path = write(tmp_path / "e.jsonl", {"input": text, "expected": "x"}, {"input": "b", "expected": "y"})
    assert text in {example.input for example in read_examples(path, task).examples}


def test_a_split_made_by_the_team_is_read(tmp_path: Path, task: Task) -> None:
    rows = [{"id": part, "input": part, "expected": "xyx"[n], "split": part} for n, part in
            enumerate(("train", "dev", "sealed"))]  # fmt: skip
    assert read_examples(write(tmp_path / "e.jsonl", *rows), task).parts == {
        "train": "train", "dev": "dev", "sealed": "sealed"
    }  # fmt: skip


def row(**values: object) -> str:
    return json.dumps({"input": "a", "expected": "billing", **values}) + "\n"


BAD = {
    "bad JSON": (GOOD + "{'input': 1}\n", "e.jsonl:3: not JSON: Expecting property name enclosed in double quotes at "
                 "column 2; write one JSON object per line"),
    "not an object": ("[1]\n", "e.jsonl:1: must be a JSON object with input and expected, found a list"),
    "NaN": ('{"input": "a", "expected": NaN}\n',
            "e.jsonl:1: NaN is not JSON; give a finite number or leave the key out"),
    "key twice": ('{"input": "a", "input": "b", "expected": "billing"}\n',
                  "e.jsonl:1: the key 'input' stands in the object twice; keep it once"),
    "half a surrogate pair": ('{"input": "\\ud800", "expected": "billing"}\n',
                              "e.jsonl:1: holds half of a surrogate pair (such as \\ud800), which is not text; "
                              "remove it"),
    "nested too deeply": ("[" * 100_000,
                          "e.jsonl:1: not JSON that can be read: nested too deeply, or a number too long"),
    "empty input": (row(input=" \n "), "e.jsonl:1: input is empty; fill it or remove the row"),
    "null input": (row(input=None), "e.jsonl:1: input must be text, found null"),
    "object input": (row(input={"file": "x.png", "media_type": "image/png"}),
                     "e.jsonl:1: input is an object; inputs from files are not read yet, so give the text itself"),
    "over-long input": (row(input="x" * 32_001),
                        "e.jsonl:1: input has 32,001 characters, more than the 32,000 allowed; shorten it"),
    "missing keys": ('{"text": "a", "label": "b"}\n',
                     "e.jsonl:1: has no input and no expected; found 'text', 'label'. Rename or fill them"),
    "unknown key": (row(segmnt="edge"), "e.jsonl:1: unknown key 'segmnt'; did you mean 'segment'?"),
    "unknown key far from any": (row(colour="red"),
                                 "e.jsonl:1: unknown key 'colour'; put it under metadata, or remove it"),
    "label as number": (row(expected=3), "e.jsonl:1: expected must be a label as text, found 3; put it in quotes"),
    "empty label": (row(expected=""), "e.jsonl:1: expected is empty; label the row or remove it"),
    "label with spaces around": (row(expected="billing "),
                                 "e.jsonl:1: the label 'billing ' has spaces or line breaks around it; remove them"),
    "label outside the set": (row(expected="biling"),
                              "e.jsonl:1: the label 'biling' is not declared in task.labels; the nearest is 'billing'. "
                              "Correct the row or declare the label"),
    "label far from the set": (row(expected="zzz"),
                               "e.jsonl:1: the label 'zzz' is not declared in task.labels (billing, technical); "
                               "correct the row or declare the label"),
    "label in other case": (row(expected="Billing"),
                            "e.jsonl:1: the label 'Billing' differs from the declared 'billing' only by case or "
                            "spaces; write 'billing'"),
    "unknown segment": (row(segment="hard"),
                        "e.jsonl:1: unknown segment 'hard'; write routine, edge, adversarial, or leave it out"),
    "unknown flow": (row(flow="phone"), "e.jsonl:1: unknown flow 'phone'; declared in rung.yaml: web, mail"),
    "unknown split": (row(split="test"), "e.jsonl:1: unknown split 'test'; write train, dev, sealed"),
    "one id, two contents": (row(id="a") + row(id="a", input="b"),
                             "e.jsonl:2: the id 'a' also stands in line 1 with other content; give each item "
                             "its own id"),
    "one class": (row() + row(input="b"),
                  "e.jsonl: every item has the label 'billing'; give items of at least two labels, or nothing can be "
                  "told apart"),
    "metadata as list": (row(metadata=[1]), "e.jsonl:1: metadata must be an object, found [1]"),
    "odd annotations": (row(annotations=[{"who": "x"}]),
                        'e.jsonl:1: annotations must be a list of {"annotator": ..., "label": ...}'),
    "split of some rows": (row(split="train") + row(input="b"),
                           "e.jsonl:2: has no split while other rows have one; give every row a split, or none\n"
                           "e.jsonl:1: the split leaves dev and sealed empty; fill each part, or leave split out"),
    "group on both sides": (row(id="p", split="train", group="g") + row(id="q", input="b", split="dev", group="g")
                            + row(id="r", input="c", split="sealed"),
                            "e.jsonl:2: the group 'g' stands in both train (id 'p', line 1) and dev (id 'q'); "
                            "move one of them"),
    "not UTF-8": (b'{"input": "ok", "expected": "billing"}\n{"input": "caf\xe9"}',
                  "e.jsonl:2: byte 53 is not UTF-8; save the file as UTF-8"),
    "empty file": (b"\xef\xbb\xbf\n", "e.jsonl: the file is empty; write one labelled item per line"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_wrong_data_are_refused_with_place_and_remedy(refusal: Callable[..., str], case: str) -> None:
    content, message = BAD[case]
    assert refusal(content) == message


BAD_CSV = {
    "semicolons": ("input;expected\na;billing\n",
                   "e.csv:1: the columns are not separated by commas; save the file with commas"),
    "column twice": ("input,input,expected\n", "e.csv:1: the column 'input' stands in the header twice; keep it once"),
    "nameless column": ("input,expected,\n", "e.csv:1: column 3 has no name; name it or remove it"),
    "too many cells": ('input,expected\n"a\nb",billing\nHello, world,billing\n',
                       "e.csv:4: has 3 cells where the header has 2; quote cells with commas"),
    "header in other case": ("Input,expected\na,billing\n",
                             "e.csv:2: unknown key 'Input'; did you mean 'input'?\n"
                             "e.csv:2: has no input; found 'Input', 'expected'. Rename or fill them"),
    "empty cell": ("input,expected\n,billing\n", "e.csv:2: has no input; found 'expected'. Rename or fill them"),
    "broken quote": ('input,expected\n"a"b,billing\n',
                     "e.csv:2: not CSV: ',' expected after '\"'; quote cells that hold commas, quotes or line breaks"),
    "header only": ("input,expected\n", "e.csv: holds no item; write one labelled item per line"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_CSV)
def test_wrong_csv_is_refused_with_place_and_remedy(refusal: Callable[..., str], case: str) -> None:
    content, message = BAD_CSV[case]
    assert refusal(content, name="e.csv") == message


def test_labels_that_look_alike_are_named_when_none_is_declared(refusal: Callable[..., str], task: Task) -> None:
    content = row(expected="Bug report") + row(input="b", expected="bug  report") + row(input="c", expected="other")
    assert refusal(content, task=task) == (
        "e.jsonl:2: the labels 'bug  report' and 'Bug report' (line 1) differ only by case or spaces; write them alike"
    )


def test_five_problems_are_shown_and_the_others_counted(refusal: Callable[..., str]) -> None:
    lines = refusal("".join(row(input="") for _ in range(9))).splitlines()
    assert [line.split(":")[1] for line in lines[:5]] == ["1", "2", "3", "4", "5"]
    assert lines[5:] == ["and 4 more problems in e.jsonl"]


def test_another_suffix_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("x", name="e.xlsx") == (
        "e.xlsx: the suffix '.xlsx' is not read; give .jsonl (one object a line) or .csv"
    )
