"""Words of a text, spelled alike whatever its Unicode form or case."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

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
        if word.isascii() or not _UNSPACED.search(word):
            words.append(word)
            continue
        reached = 0
        for run in _UNSPACED.finditer(word):
            if run.start() > reached:
                words.append(word[reached : run.start()])
            signs = run.group()
            words.extend([signs] if len(signs) < 3 else map("".join, pairwise(signs)))
            reached = run.end()
        if reached < len(word):
            words.append(word[reached:])
    return words
