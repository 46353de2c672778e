"""A polite frame of an English request: greeting, "please" and thanks, taken off or put on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

LONGEST = 600
"""Characters of a text that may get a frame: longer ones are documents and letters with a frame of their own."""
_GREETING = re.compile(
    r"^\s*(?:hello|hi|hey|good (?:morning|afternoon|evening)|dear (?:team|all|sir or madam))(?: there| all| team)?"
    r"[,.!]\s+(?=\w)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?<=[.!?])\s+(?:thank you|thanks|many thanks)(?: in advance| very much| so much)?[.!]?\s*$", re.IGNORECASE
)
_PLEASE = (
    re.compile(r"^please,?\s+(?=\w)", re.IGNORECASE),
    re.compile(r",?\s+please(?=[.!?]\s*$)", re.IGNORECASE),
    re.compile(r"(?<=(?:can|ill|uld) you )please\s+(?=\w)", re.IGNORECASE),
)
_ADDRESSED = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Ww]e|[Oo]ur|[Uu]s|[Yy]ou|[Yy]our)\b|\?")
_OPENS_ITSELF = re.compile(r"\s*(?:hello|hi|hey|good|dear|greetings|please|thank|thanks)\b", re.IGNORECASE)
_ENDS = (".", "!", "?")
_FRAMES = (("Hello. ", ""), ("Good morning. ", ""), ("", " Thank you."), ("", " Thanks in advance."))
# Where greetings, thanks, tone or mood are what is told apart, a polite frame makes another text.
_TELLS_MANNERS = re.compile(
    r"greet|hello|good ?bye|thank|grati|polite|rude|courte|tone\b|sentiment|emotion|positiv|negativ|neutral|friendl|"
    r"small.?talk|chit.?chat|formal|anger|angry|joy|happy|sad\b|toxic|spam|praise|complain|style|stars?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8)
def may_be_framed(labels: tuple[str, ...]) -> bool:
    """Whether manners make no difference to the labels."""
    return not any(_TELLS_MANNERS.search(label) for label in labels)


def frame_edits(text: str, rng: np.random.Generator) -> Iterator[tuple[int, int, str]]:
    """(start, end, text in its place): what takes the frame off, or what puts one on where there is none and the text
    speaks to somebody in one paragraph."""
    found = [one for pattern in (_GREETING, _THANKS, *_PLEASE) for one in pattern.finditer(text)]
    for one in found:
        # The sentence that stood behind "Hello, " begins with a capital now.
        opens = one.start() == 0 and one.end() < len(text)
        yield one.start(), one.end() + opens, text[one.end()].upper() if opens else ""
    body = text.strip()
    if found or not _ADDRESSED.search(text) or "\n" in body or len(body) > LONGEST or _OPENS_ITSELF.match(text):
        return
    before, after = _FRAMES[int(rng.integers(len(_FRAMES)))]
    if after and not body.endswith(_ENDS):
        before, after = _FRAMES[0]
    yield 0, 0, before
    yield len(text.rstrip()), len(text.rstrip()), after
