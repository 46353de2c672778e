"""Text and sheet names as a spreadsheet may hold them: what comes from outside is shown and never worked out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_SHEET_NAME = 31
LONGEST_TEXT = 32_000
"""A cell holds 32,767 characters; the rest is left for the escapes that the file format adds."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_RESERVED = frozenset({"history"})
"""A name that spreadsheet programs keep for themselves."""
_SIGNS = ("=", "+", "-", "@")


def cell_text(text: str) -> str:
    """The text with every control and format character spelled out, cut where a cell ends."""
    return "".join(map(_visible, text))[:LONGEST_TEXT]


def looks_like_a_formula(text: str) -> bool:
    """Whether a program that reads the cell again, from CSV say, might take it for a formula."""
    return text.lstrip().startswith(_SIGNS)


def sheet_names(wanted: Iterable[str], *, taken: Iterable[str] = ()) -> dict[str, str]:
    """A sheet's name for each of the wanted names, in their order: allowed characters, at most 31, no two alike.

    Spreadsheets do not tell capitals from small letters in sheet names, so these do not either. `taken` are names of
    sheets that stand there already.
    """
    used = {name.casefold() for name in taken} | _RESERVED
    named: dict[str, str] = {}
    for name in dict.fromkeys(wanted):
        named[name] = _free(_allowed(name), used)
        used.add(named[name].casefold())
    return named


def quoted(sheet: str) -> str:
    """The sheet's name as a formula refers to it."""
    return f"'{sheet}'"


def _allowed(name: str) -> str:
    """An apostrophe is allowed inside a name, but programs differ in how they read it back."""
    clean = _FORBIDDEN.sub("_", cell_text(name).replace("\\", "_")).strip()
    return clean[:LONGEST_SHEET_NAME].strip() or "strategy"


def _free(name: str, used: set[str]) -> str:
    number, candidate = 1, name
    while candidate.casefold() in used:
        number += 1
        end = f" ({number})"
        candidate = name[: LONGEST_SHEET_NAME - len(end)].rstrip() + end
    return candidate


def _visible(character: str) -> str:
    if character in "\t\n\r":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character
