from __future__ import annotations

import json
from pathlib import Path

import pytest

from rung.errors import InvalidData
from rung.evidence.corpus import read_corpus
from rung.task.example import CorpusEntry


def corpus(directory: Path, *rows: dict[str, object]) -> tuple[CorpusEntry, ...]:
    path = directory / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_corpus(path, ("a", "b"))


def test_entries_keep_the_order_of_the_file_and_their_label(tmp_path: Path) -> None:
    entries = corpus(tmp_path, {"id": "z", "title": "T", "text": "x", "label": "b"}, {"id": 1, "title": "U"})
    assert entries == (CorpusEntry("z", "T", "x", "b"), CorpusEntry("1", "U", "", None))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a", "text": "x"}, {"id": "a", "text": "y"}],
         "corpus.jsonl:2: the id 'a' also stands in line 1; keep one of them"),
        ([{"id": "a"}], "corpus.jsonl:1: has neither title nor text; fill one of them"),
        ([{"text": "x"}], "corpus.jsonl:1: has no id; give every entry one"),
        ([{"id": "a", "text": "x", "label": "A"}],
         "corpus.jsonl:1: the label 'A' differs from the declared 'a' only by case or spaces; write 'a'"),
        ([{"id": "a", "body": "x"}], "corpus.jsonl:1: unknown key 'body'; a corpus row has id, title, text and label"),
        ([{"id": "a", "text": ["x"]}], "corpus.jsonl:1: text must be text; put it in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_its_line(tmp_path: Path, rows: list[dict[str, object]], message: str) -> None:
    with pytest.raises(InvalidData) as caught:
        corpus(tmp_path, *rows)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message
