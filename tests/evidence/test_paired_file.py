from __future__ import annotations

from pathlib import Path

import pytest

from rung.errors import InvalidData
from rung.evidence.paired_file import PairedFile, read_paired


def read(path: Path, text: str, **options: object) -> PairedFile:
    path.write_text(text, encoding="utf-8")
    named = {"item": "id", "segments": ("topic",), "group": None, **options}
    return read_paired(path, "new", "old", **named)  # type: ignore[arg-type]


def test_columns_are_read_by_name_and_words_count_as_outcomes(tmp_path: Path) -> None:
    found = read(tmp_path / "s.csv", "id,topic,new,old\na,tax,1,0\nb,law,TRUE,no\nc,,0.25,1.0\n")
    assert found.first == (1.0, 1.0, 0.25)
    assert found.second == (0.0, 0.0, 1.0)
    assert found.parts == {"topic": ("tax", "law", "")}
    assert found.groups == ("a", "b", "c")


def test_json_lines_are_read_alike(tmp_path: Path) -> None:
    text = '{"id": 1, "topic": "tax", "new": true, "old": 0, "customer": "c1"}\n'
    found = read(tmp_path / "s.jsonl", text, group="customer")
    assert (found.first, found.second, found.groups) == ((1.0,), (0.0,), ("c1",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,topic,new,old\na,x,2,0\n", "s.csv:2: new must lie between 0 and 1, found '2'"),
        ("id,topic,new,old\na,x,good,0\n", "s.csv:2: new must be a score"),
        ("id,topic,new,old\na,x,nan,0\n", "s.csv:2: new must lie between 0 and 1"),
        ("id,topic,new,old\na,x,1,0\na,x,1,1\n", "s.csv:3: the id 'a' also stands in line 2"),
        ("id,topic,new,older\na,x,1,0\n", "has no column 'old'; it has id, new, older, topic"),
        ("id,topic,new,old\n", "holds no item"),
    ],
)
def test_what_cannot_be_compared_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidData) as caught:
        read(tmp_path / "s.csv", text)
    assert said in str(caught.value)
