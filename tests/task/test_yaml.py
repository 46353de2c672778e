from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rung.errors import InvalidTask
from rung.task.yaml import MAX_BYTES, read_yaml


def read(directory: Path, text: str) -> object:
    path = directory / "x.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return read_yaml(path).content


def test_scalars_follow_the_core_schema_of_yaml_1_2(tmp_path: Path) -> None:
    text = "{a: yes, b: off, c: ~, d: true, e: 0o17, f: 0x1F, g: 1e3, h: '1', i: 010, j: 1_000, k: .5, l: }"
    assert read(tmp_path, text) == {
        "a": "yes", "b": "off", "c": None, "d": True, "e": 15, "f": 31,
        "g": 1000.0, "h": "1", "i": 10, "j": "1_000", "k": 0.5, "l": None,
    }  # fmt: skip


def test_every_key_and_list_item_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("# first\na: 1\nb:\n  - c: 2\n    d: 3\n  - e\n")
    document = read_yaml(path)
    assert document.lines == {("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "c"): 4, ("b", 0, "d"): 5, ("b", 1): 6}
    assert document.line(("b", 0, "absent")) == 4


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa: 1\r\nb: [x, y]\r\n") == {"a": 1, "b": ["x", "y"]}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdef", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=5), json_values, max_size=4))
def test_whatever_a_yaml_writer_wrote_is_read_back(tmp_path: Path, values: dict[str, object]) -> None:
    path = tmp_path / "x.yaml"
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = True
    with path.open("w", encoding="utf-8") as stream:
        writer.dump(values, stream)
    assert read_yaml(path).content == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "3: the key 'a' stands here and in line 1; keep one of them"),
        ("a: &x 1\n", "1: the anchor &x is not supported; write each value out"),
        ("a: {b: *x}\n", "1: the alias *x is not supported; write the value out"),
        ("a: .nan\n", "1: .nan is not a usable number; give a finite one or remove the key"),
        ("a: 1\nb: -.Inf\n", "2: -.Inf is not a usable number; give a finite one or remove the key"),
        ("a: 1e999\n", "1: 1e999 is too large a number"),
        ("a: " + "9" * 5000, "1: a number of 5000 characters; quote it if it is text"),
        ("a: !!python/object:os.system x\n",
         "1: the tag 'tag:yaml.org,2002:python/object:os.system' is not supported; remove it"),
        ("a: 1\n---\nb: 1\n", "2: a second document starts here; keep one document in the file"),
        ("%YAML 1.1\n---\na: 1\n", "2: only YAML 1.2 is read; remove the %YAML line"),
        ("- a\n", "1: must be a mapping such as 'task:', not a list or a single value"),
        ("# nothing\n", "1: must be a mapping such as 'task:', not a list or a single value"),
        ("a:\n\tb: 1\n", "2: not YAML: a tab where only spaces may stand; indent with spaces"),
        ("a: [1\nb: x\n", "2: not YAML: expected ',' or ']', but got ':'"),
        ("a: b: c\n", "1: not YAML: mapping values are not allowed here"),
        ("a: 1\nb: \x01\n", "2: character #x0001 may not stand in YAML; remove it"),
        ("? [a]\n: 1\n", "1: a key must be a single word, not a list or mapping; quote braces that are text"),
        ("404: x\n", "1: the key '404' is not text; put it in quotes"),
        ("a: " + "[" * 100_000, "1: nested more than 20 levels deep"),
        ("a: " + "{a: " * 100_000, "1: nested more than 20 levels deep"),
    ],
)  # fmt: skip
def test_what_is_not_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidTask) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"{tmp_path}/x.yaml:{message}"


def test_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(InvalidTask, match=r"x\.yaml:1: the anchor &a is not supported"):
        read(tmp_path, bomb)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": the file is empty; write one with: rung init"),
        (b" \n\n", ": the file is empty; write one with: rung init"),
        (b"a: 1\nb: \xff\n", ":2: byte 8 is not UTF-8; save the file as UTF-8"),
        (b"a: " + b"x" * MAX_BYTES,
         ": larger than 1,000,000 bytes; keep data in files of its own, under data.examples"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_text_is_refused(refusal: Callable[[bytes], str], content: bytes, message: str) -> None:
    assert refusal(content) == f"rung.yaml{message}"


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidTask, match="there is no such file; write one with: rung init"):
        read_yaml(tmp_path / "rung.yaml")
    with pytest.raises(InvalidTask, match="not a file"):
        read_yaml(tmp_path)
