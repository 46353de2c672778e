"""How a text becomes the terms that lexical search counts."""

from __future__ import annotations

import re
import unicodedata

_TERM = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


def tokens(text: str) -> list[str]:
    """The terms of `text` in order, repeats kept; empty when nothing in it is a letter or a digit.

    Compatibility-normalised and case-folded (NFKC), so that full-width, ligature and plain spellings meet. A term
    joined by a dot, hyphen or apostrophe (`C83.0`, `B-cell`) counts whole and by its parts: a code has to match
    exactly, while "cell" should still find "B-cell". Single characters are kept; "B cell" depends on them.
    """
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    for match in _TERM.finditer(normal):
        term = match.group()
        found.append(term)
        parts = [part for part in re.split(r"[.'’-]", term) if part]
        if len(parts) > 1:
            found.extend(parts)
    return found
