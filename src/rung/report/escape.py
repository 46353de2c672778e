"""Text from outside, made safe to show on a terminal and in a document."""

from __future__ import annotations

import unicodedata

_JOINERS = frozenset("\u200c\u200d")  # needed to write Persian, Hindi and many emoji; they cannot reorder text
_SPACES = frozenset("\t\n\r\x0b\x0c\x85\u2028\u2029")


def plain(text: str) -> str:
    r"""`text` on one line, without anything that acts instead of being read.

    Line breaks and tabs become spaces. Control characters (terminal escapes begin with one), format characters
    (which reorder or hide text: bidirectional overrides, zero-width spaces, tags) and lone surrogates are
    spelled out, as in `\x1b` or `\u202e`, so that a reader sees that they were there.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _JOINERS:
        return character
    if unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def shorten(text: str, limit: int) -> str:
    """`plain(text)` in at most `limit` characters; a cut is shown by an ellipsis."""
    whole = plain(text)
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"
