"""Words of a text, spelled alike whatever its Unicode form or case."""

from __future__ import annotations

import re
import unicodedata

TEXT_USED = 2_000
"""Characters of a text that are read: what it is about shows at its start, and 32,000 would cost sixteen times more."""

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


def plain(text: str) -> str:
    """The first `TEXT_USED` characters, compatibility-normalised and case-folded (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:TEXT_USED]).casefold())


def plain_words(text: str) -> list[str]:
    """The words of the text in order. Where a script puts no spaces, every two neighbouring characters are one word."""
    words: list[str] = []
    for found in _WORDS.finditer(plain(text)):
        word = found.group()
        unspaced = _UNSPACED.search(word)
        if unspaced is None or len(word) < 3:
            words.append(word)
        else:
            words.extend(word[start : start + 2] for start in range(len(word) - 1))
    return words
