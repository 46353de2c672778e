from __future__ import annotations

import io
import json
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces import documents
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.reading import Rejected

_VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(['{"', "}]", '\\"', "\\", "a\nb", "", "{[", "ü"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", 'b"', "c\\"]), inner, max_size=3),
    max_leaves=8,
)
_ROWS = st.lists(st.dictionaries(st.sampled_from(["k", "l{", "m]"]), _VALUES, min_size=1, max_size=3), min_size=1)


def _read(data: bytes) -> list[JsonRow | Rejected]:
    return list(read_documents(io.BytesIO(data)))


@given(_ROWS, st.sampled_from(["lines", "list", "indented list", "indented objects"]), st.integers(1, 40))
def test_rows_are_the_same_however_they_are_laid_out_and_cut_into_chunks(
    rows: list[dict[str, object]], layout: str, chunk: int
) -> None:
    texts = {
        "lines": "\n".join(json.dumps(row) for row in rows),
        "list": json.dumps(rows),
        "indented list": json.dumps(rows, indent=2),
        "indented objects": "\n".join(json.dumps(row, indent=1) for row in rows),
    }
    with patch.object(documents, "CHUNK_BYTES", chunk):
        read = _read(b"\xef\xbb\xbf" + texts[layout].encode())
    assert [row.values if isinstance(row, JsonRow) else row for row in read] == rows


def test_a_row_is_known_by_the_line_on_which_it_starts() -> None:
    rows = _read(b'[\n  {\n    "a": 1\n  },\n\n  {"a": 2}\n]\n')
    assert [(row.line, row.values) for row in rows if isinstance(row, JsonRow)] == [(2, {"a": 1}), (6, {"a": 2})]


def test_a_page_of_an_interface_is_opened() -> None:
    page = {"data": [{"id": 1}, {"id": 2}, 3], "meta": {"page": 1}}
    one, two, three = _read(json.dumps(page).encode())
    assert isinstance(one, JsonRow)
    assert isinstance(two, JsonRow)
    assert (one.values, two.values) == ({"id": 1}, {"id": 2})
    assert isinstance(three, Rejected)


def test_an_object_with_values_beside_its_list_is_a_row_and_no_page() -> None:
    rows = _read(b'{"id": "t", "observations": [{"id": "o"}]}')
    assert [row.values for row in rows if isinstance(row, JsonRow)] == [{"id": "t", "observations": [{"id": "o"}]}]


def test_a_first_line_that_is_broken_costs_no_other() -> None:
    bad, good = _read(b'{"a": 1\n{"a": 2}\n')
    assert isinstance(bad, Rejected)
    assert bad.line == 1
    assert isinstance(good, JsonRow)


def test_a_list_that_ends_in_the_middle_gives_what_came_before_and_says_so() -> None:
    good, bad = _read(b'[{"a": 1},\n {"a": ')
    assert isinstance(good, JsonRow)
    assert isinstance(bad, Rejected)
    assert bad.line == 2
    assert "does not close" in bad.reason


@pytest.mark.parametrize("between", [b"oops", b"1, 2", b'"text"'])
def test_what_stands_between_objects_is_named(between: bytes) -> None:
    read = _read(b'[{"a": 1}, ' + between + b', {"a": 2}]')
    assert sum(isinstance(one, JsonRow) for one in read) == 2
    assert sum(isinstance(one, Rejected) for one in read) == 1
