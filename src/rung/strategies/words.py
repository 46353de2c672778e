"""The words of a text with their places, and where a value stands among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(
    r"[぀-ヿ㐀-䶿一-鿿豈-﫿]"  # scripts without spaces: a character is a word
    r"|\d+|[^\W\d_぀-ヿ㐀-䶿一-鿿豈-﫿]+|[^\w\s]|_"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in normal form and its words. `starts` and `stops` are character positions in `text`."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    stops: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def slice(self, start: int, stop: int) -> str:
        """The text from word `start` up to word `stop` (not included), runs of white space as one space."""
        return collapsed(self.text[self.starts[start] : self.stops[stop - 1]]) if start < stop else ""

    def between(self, first: int, last: int) -> tuple[int, int] | None:
        """The words that fill the characters from `first` up to `last` exactly, half-open; None when none do."""
        try:
            return self.starts.index(first), self.stops.index(last) + 1
        except ValueError:
            return None


def words_of(text: str) -> Words:
    """The words of the text: runs of letters, runs of digits, and every sign for itself.

    Digits part from letters ("12kg" is two words), so that a value can start or end wherever people put one. The
    text is composed (NFC) first; half of a surrogate pair, which no file can hold, becomes the replacement sign.
    """
    text = unicodedata.normalize("NFC", _LONE_SURROGATE.sub("\ufffd", text))
    found = list(_WORD.finditer(text))
    return Words(
        text,
        tuple(match.group() for match in found),
        tuple(match.start() for match in found),
        tuple(match.end() for match in found),
    )


def collapsed(text: str) -> str:
    """The text composed (NFC), white space at its ends dropped and elsewhere made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def places_of(value: str, words: Words) -> list[tuple[int, int]]:
    """Where exactly this value stands, as half-open ranges of words, in order. Spelling and case must agree."""
    wanted = words_of(value).words
    target = collapsed(value)
    size = len(wanted)
    if not size:
        return []
    return [
        (start, start + size)
        for start in range(len(words) - size + 1)
        if words.words[start] == wanted[0]
        and words.words[start : start + size] == wanted
        and words.slice(start, start + size) == target
    ]


def overlaps(place: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    """True when the range shares a word with one of the others."""
    return any(place[0] < stop and start < place[1] for start, stop in others)
