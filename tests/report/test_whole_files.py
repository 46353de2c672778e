"""Writing a file as a whole, and what is no file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from rung.errors import RungError
from rung.report.whole_files import write_whole


def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(RungError, match=r"pipe: .*this is a device or a pipe and no file"):
        write_whole({pipe: "text"})
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_stays_one_and_its_file_gets_the_text(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    write_whole({link: "text"})
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "text"


def test_what_cannot_be_written_is_named_and_not_the_draft_beside_it(tmp_path: Path) -> None:
    with pytest.raises(RungError, match=f"^{re.escape(str(tmp_path))}: the report could not be written"):
        write_whole({tmp_path: "text"})
