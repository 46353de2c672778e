"""What `--help` says at 80 columns, compared with the text that was reviewed. Nothing rewrites these files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rung.cli.main import COMMANDS

SNAPSHOTS = Path(__file__).parent / "snapshots"
PAGES = [
    (),
    *((name,) for name in COMMANDS),
    ("capacity", "serve"),
    ("capacity", "train"),
    ("data", "check"),
    ("data", "split"),
    ("forecast", "labels"),
    ("forecast", "scaling"),
    ("models", "prepare"),
]


@pytest.mark.parametrize("words", PAGES, ids=lambda words: "-".join(["rung", *words]))
def test_help_reads_as_reviewed_within_80_columns(desk: Any, words: tuple[str, ...]) -> None:
    said = desk.rung(*words, "--help", COLUMNS="80")
    assert said.code == 0
    assert said.err == ""
    assert said.out == (SNAPSHOTS / f"{'-'.join(['rung', *words])}.txt").read_text(encoding="utf-8")
    assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.parametrize("words", PAGES[1:], ids=" ".join)
def test_every_command_shows_an_example_that_names_itself(words: tuple[str, ...]) -> None:
    page = (SNAPSHOTS / f"{'-'.join(['rung', *words])}.txt").read_text(encoding="utf-8")
    if words == ("data",):  # a group without an action of its own
        return
    assert f"rung {' '.join(words)}" in page.split("Example:")[1]


def test_a_word_that_is_no_command_is_wrong_usage(desk: Any) -> None:
    said = desk.rung("decid")
    assert said.code == 2
    assert "No such command 'decid'" in said.err
    assert "Did you mean 'decide'?" in said.err


def test_the_version_is_that_of_the_package(desk: Any) -> None:
    import rung

    assert desk.rung("--version").out == f"rung {rung.__version__}\n"
