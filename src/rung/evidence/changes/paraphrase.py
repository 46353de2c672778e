"""The same request in other words, by rules that no reader would take for another meaning.

Contractions are opened or closed, a polite frame is put on or taken off, and a short table of phrases stand for each
other. They are rules of English and find nothing in other languages. What they do not know they leave alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rung.evidence.changes.contractions import closed, opened
from rung.evidence.changes.english import is_english
from rung.evidence.changes.manners import frame_edits, may_be_framed
from rung.evidence.changes.perturb import Span
from rung.evidence.changes.phrases import other_phrases

Edit = tuple[int, int, str]
"""Start and end (exclusive) of a part of a text, and what comes in its place."""


def paraphrased(
    text: str, rng: np.random.Generator, kept: Sequence[Span] = (), *, framed: bool = True, labels: Sequence[str] = ()
) -> str:
    """The text in other words; the same text where no rule fits. `kept` spans stay letter by letter.

    Every contraction that can be is opened, or where there is none, closed; every known phrase is said the other way.
    With `framed`, greeting and thanks are taken off, or put on where there are none; not where the labels tell manners
    or moods apart.
    """
    if not is_english(text):
        return text
    edits = [*other_phrases(text), *(list(opened(text)) or closed(text))]
    if framed and may_be_framed(tuple(labels)):
        edits += frame_edits(text, rng)
    for start, end, other in reversed(_apart(edits, kept)):
        text = text[:start] + other + text[end:]
    return text


def _apart(edits: Iterable[Edit], kept: Sequence[Span]) -> list[Edit]:
    """The edits that reach into no kept span and not into an earlier edit, in order."""
    chosen: list[Edit] = []
    for start, end, other in sorted(edits):
        if any(start < stop and begin < end for begin, stop in kept) or (chosen and start < chosen[-1][1]):
            continue
        chosen.append((start, end, other))
    return chosen
