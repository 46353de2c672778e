"""Changes to a text that leave its meaning to any reader."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

LONG_WORD = 5
WORDS_PER_TYPO = 4
_WORDS = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"[^\w\s]|_")
_SPACES = re.compile(r"\s+")

Span = tuple[int, int]
"""Start and end (exclusive) of a part of a text."""

# Neighbours on a QWERTY keyboard, same row and adjoining rows.
_NEIGHBOURS = {
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "serfcx", "e": "wsdr", "f": "drtgvc", "g": "ftyhbv", "h": "gyujnb",
    "i": "ujko", "j": "huikmn", "k": "jiolm", "l": "kop", "m": "njk", "n": "bhjm", "o": "iklp", "p": "ol",
    "q": "wa", "r": "edft", "s": "awedxz", "t": "rfgy", "u": "yhji", "v": "cfgb", "w": "qase", "x": "zsdc",
    "y": "tghu", "z": "asx",
}  # fmt: skip


def misspelt(text: str, rng: np.random.Generator, kept: Sequence[Span] = ()) -> str:
    """The text with one slip in a quarter (at least one) of its words of five letters or more.

    A slip swaps two neighbouring letters, drops one, or hits a neighbouring key; the first letter stays, as in
    most human typing errors. Words that reach into a `kept` span stay. The same text comes back when no word is left.
    """
    words = [
        found
        for found in _WORDS.finditer(text)
        if len(found.group()) >= LONG_WORD and not any(_touches(found.span(), span) for span in kept)
    ]
    if not words:
        return text
    count = max(1, len(words) // WORDS_PER_TYPO)
    chosen = sorted(rng.choice(len(words), size=count, replace=False), reverse=True)
    for number in chosen:
        start, end = words[int(number)].span()
        text = text[:start] + _slip(text[start:end], rng) + text[end:]
    return text


def _slip(word: str, rng: np.random.Generator) -> str:
    position = int(rng.integers(1, len(word) - 1))
    letter, following = word[position], word[position + 1]
    kind = rng.choice(["swap", "drop", "neighbour"])
    if kind == "swap" and letter != following:
        return word[:position] + following + letter + word[position + 2 :]
    if kind == "neighbour" and letter.lower() in _NEIGHBOURS:
        keys = _NEIGHBOURS[letter.lower()]
        key = keys[int(rng.integers(len(keys)))]
        return word[:position] + (key.upper() if letter.isupper() else key) + word[position + 1 :]
    return word[:position] + word[position + 1 :]


def exposed(text: str, kept: Sequence[Span] = ()) -> str:
    """The text in lower case, punctuation replaced by single spaces: what a hurried person types.

    `kept` spans stay as they are, letter by letter.
    """
    parts, reached = [], 0
    for start, end in _merged(kept):
        parts += [_SIGNS.sub(" ", text[reached:start].lower()), text[start:end]]
        reached = end
    parts.append(_SIGNS.sub(" ", text[reached:].lower()))
    return _with_single_spaces(parts)


def _with_single_spaces(parts: Sequence[str]) -> str:
    """The parts in turn changed and kept, joined; runs of spaces become one, except inside kept parts."""
    joined = ""
    for number, part in enumerate(parts):
        if number % 2:
            joined += part
            continue
        plain = _SPACES.sub(" ", part)
        joined += plain.lstrip() if not joined or joined.endswith(" ") else plain
    return joined.strip()


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _touches(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
