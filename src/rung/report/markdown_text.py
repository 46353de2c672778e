"""Text, lists and tables in Markdown that show what data says and never act on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rung.report.escape import plain

_SPECIAL = re.compile(r"[\\`*\[\]|~#!]|(?<![^\W_])_|_(?![^\W_])|^(?:[+-](?=\s|$)|\d{1,9}[.)](?=\s|$)|[=-]+$)")


def escape_markdown(text: str) -> str:
    """`plain(text)` so that Markdown and HTML show it and do not act on it; safe within a table cell."""
    told = _SPECIAL.sub(
        lambda found: "".join(f"\\{sign}" if not sign.isalnum() else sign for sign in found[0]), plain(text)
    )
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bullets(sentences: Iterable[str]) -> str:
    """A list with an entry for each sentence."""
    return "\n".join(f"- {escape_markdown(sentence)}" for sentence in sentences)


def pipe_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with pipes; every row has as many cells as `head`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(_plain_cell(index, cell) for cell in line) + " |" for index, line in enumerate(lines)
    )


def _plain_cell(index: int, cell: str) -> str:
    return cell if index == 1 else escape_markdown(cell) or " "
