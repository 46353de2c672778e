"""Spellings of one word made the same."""

from __future__ import annotations

import unicodedata


def normalised(text: str) -> str:
    """Compatibility-normalised and case-folded (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
