"""Phrases that stand for each other wherever they occur, and the place of each in a text.

A pair is here only if no reader would take the other phrase for another meaning, in any sentence: "so far" is not
("so far away"), nor is "for free" ("for free parking").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EITHER_WAY = (
    ("for example", "for instance"),
    ("how do i", "how can i"),
    ("how long does it take", "how much time does it take"),
    ("how often", "how frequently"),
    ("i am unable to", "i am not able to"),
    ("we are unable to", "we are not able to"),
    ("everybody", "everyone"),
    ("somebody", "someone"),
    ("anybody", "anyone"),
    ("each other", "one another"),
    ("every day", "each day"),
    ("every week", "each week"),
    ("every month", "each month"),
    ("every morning", "each morning"),
    ("every evening", "each evening"),
    ("every time", "each time"),
    ("right away", "straight away"),
    ("over and over", "again and again"),
    ("perhaps", "maybe"),
    ("even though", "although"),
    ("once more", "once again"),
)
_ONE_WAY = {
    "as soon as possible": "as quickly as possible",
    "i need to": "i have to",
    "we need to": "we have to",
    "i would like to": "i want to",
    "we would like to": "we want to",
    "i'd like to": "i would like to",
    "i want to": "i would like to",
    "we want to": "we would like to",
    "in order to": "to",
    "due to the fact that": "because",
    "in the event that": "if",
    "prior to": "before",
    "subsequent to": "after",
    "at the present time": "now",
    "at this point in time": "now",
    "nowadays": "these days",
    "nobody": "no one",
    "whilst": "while",
    "amongst": "among",
    "anymore": "any longer",
    "get in touch with": "contact",
    "attempted to": "tried to",
    "assist me": "help me",
    "assist us": "help us",
    "regarding my": "about my",
    "regarding our": "about our",
    "all of the": "all the",
    "all of my": "all my",
    "the entire": "the whole",
    "a large number of": "many",
    "with regard to": "about",
}
_FIRST_IN_A_SENTENCE = {"is it possible to": "is there a way to"}
_OTHER = {**_ONE_WAY, **_FIRST_IN_A_SENTENCE, **{one: other for a, b in _EITHER_WAY for one, other in ((a, b), (b, a))}}
_FOUND = re.compile(
    r"(?<![\w'’-])(?:" + "|".join(sorted(map(re.escape, _OTHER), key=len, reverse=True)) + r")(?![\w'’-])",
    re.IGNORECASE,
)
_BEFORE_A_SENTENCE = re.compile(r"(?:^|[.!?:\n])[\s\"'“(]*$")
_ALONE = re.compile(r"\bi\b")


def other_phrases(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, other phrase) of each known phrase. One in capitals inside a sentence is taken for a name."""
    for found in _FOUND.finditer(text):
        phrase = found.group()
        first = _BEFORE_A_SENTENCE.search(text, 0, found.start()) is not None
        capital = phrase[0].isupper()
        if (capital and not first and phrase[0] != "I") or (len(phrase) > 1 and phrase.isupper()):
            continue
        if phrase.casefold() in _FIRST_IN_A_SENTENCE and not first:
            continue
        other = _ALONE.sub("I", _OTHER[phrase.casefold()])
        yield found.start(), found.end(), other[0].upper() + other[1:] if capital and first else other
