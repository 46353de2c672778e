from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rung.learning.durable_folder import MANIFEST, read_folder, write_folder

FILES = {"a.bin": bytes(range(200)), "b.json": b'{"x": 1}', "empty": b""}


def test_what_was_written_is_read_back_byte_for_byte(tmp_path: Path) -> None:
    write_folder(tmp_path / "made" / "on" / "demand", FILES)
    assert read_folder(tmp_path / "made" / "on" / "demand") == FILES


def test_a_folder_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "nothing") is None


def test_writing_again_replaces_every_file(tmp_path: Path) -> None:
    write_folder(tmp_path / "f", FILES)
    write_folder(tmp_path / "f", {"only": b"this"})
    assert read_folder(tmp_path / "f") == {"only": b"this"}
    assert sorted(path.name for path in (tmp_path / "f").iterdir()) == [MANIFEST, "only"]


@pytest.mark.parametrize("gone", ["a.bin", "empty", MANIFEST])
def test_a_missing_file_makes_the_folder_unread(tmp_path: Path, gone: str) -> None:
    write_folder(tmp_path / "f", FILES)
    (tmp_path / "f" / gone).unlink()
    assert read_folder(tmp_path / "f") is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 199), flip=st.integers(1, 255))
def test_any_changed_byte_makes_the_folder_unread(tmp_path: Path, position: int, flip: int) -> None:
    write_folder(tmp_path / "f", FILES)
    content = bytearray(FILES["a.bin"])
    content[position] ^= flip
    (tmp_path / "f" / "a.bin").write_bytes(bytes(content))
    assert read_folder(tmp_path / "f") is None


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"null", b"{}", b'{"sha256": 3}', b"\xff\xfe", b'{"sha256": {"..": ""}}']
)
def test_a_manifest_that_is_not_ours_makes_the_folder_unread(tmp_path: Path, manifest: bytes) -> None:
    write_folder(tmp_path / "f", FILES)
    (tmp_path / "f" / MANIFEST).write_bytes(manifest)
    assert read_folder(tmp_path / "f") is None


def test_what_an_interrupted_write_left_is_neither_read_nor_in_the_way(tmp_path: Path) -> None:
    left = tmp_path / ".f.partial"
    left.mkdir()
    (left / "a.bin").write_bytes(b"half")
    assert read_folder(tmp_path / "f") is None
    write_folder(tmp_path / "f", FILES)
    assert read_folder(tmp_path / "f") == FILES
    assert not left.exists()
