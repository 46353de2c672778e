"""The team's texts as bytes: one part to train on, another that every run is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rung.evidence.duplicates import near_duplicate_pairs
from rung.forecast.scaling.plan import CONTEXT
from rung.forecast.scaling.result import TextFacts

HELD_OUT_SHARE = 0.1
MOST_HELD_OUT = 200_000
"""Bytes. More would make every measurement slower than it makes it sharper."""
BETWEEN = b"\n"
BLOCKS = 32
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Texts:
    """Bytes to train on and held out; `windows` (n, CONTEXT + 1) are what of the held-out bytes is measured, a whole
    number of them a block."""

    train: Bytes
    held_out: Bytes
    facts: TextFacts

    @property
    def windows(self) -> Bytes:
        """Held-out sequences, none of which overlap; no row where there is too little text."""
        count = self.held_out.size // (CONTEXT + 1)
        count -= count % min(BLOCKS, max(count, 1))
        return self.held_out[: count * (CONTEXT + 1)].reshape(count, CONTEXT + 1)

    @property
    def blocks(self) -> int:
        """How many parts of one length the windows make."""
        return min(BLOCKS, len(self.windows))

    @property
    def block_texts(self) -> tuple[str, ...]:
        """The same parts as text, for a model that reads no bytes; a character cut in two is a replacement."""
        windows = self.windows
        parts = windows.reshape(self.blocks, -1) if self.blocks else windows
        return tuple(part.tobytes().decode("utf-8", "replace") for part in parts)

    @property
    def ignorant_nats(self) -> float:
        """The held-out loss of knowing only how often each byte occurs in the text to train on (add-one smoothed)."""
        counts = np.bincount(self.train, minlength=256) + 1.0
        shares = np.log(counts / counts.sum())
        return float(-shares[self.held_out].mean()) if self.held_out.size else float("inf")


def prepare_texts(entries: Sequence[str], *, seed: int) -> Texts:
    """The entries, divided at random from `seed` by whole families, each entry followed by a line end.

    Empty entries are dropped and entries that are the same but for case and spaces are kept once. Entries that are
    nearly the same (`evidence.duplicates`), directly or through others, are a family: a near copy on the other side
    would be measured as knowledge, and more so the larger the model and the more often the text is read.
    """
    kept: dict[str, bytes] = {}
    told = 0
    for entry in entries:
        words = " ".join(entry.split())
        if words:
            told += 1
            kept.setdefault(words.casefold(), entry.strip().encode("utf-8", "replace"))
    texts = list(kept.values())
    families = _families(list(kept))
    rng = np.random.default_rng(seed)
    aside = _held_out_places(texts, families, rng)
    order = [int(place) for place in rng.permutation(len(texts))]
    first = _joined([texts[place] for place in order if place not in aside])
    second = _joined([texts[place] for place in order if place in aside])
    facts = TextFacts(
        distinct=int(first.size),
        held_out=int(second.size),
        entries=len(texts),
        copies=told - len(texts),
        content_hash=sha256(first.tobytes() + b"\x00" + second.tobytes()).hexdigest(),
        families=len(families),
    )
    return Texts(first, second, facts)


def _families(texts: Sequence[str]) -> list[list[int]]:
    """Places of the entries that belong together, in the order of the first of each."""
    head = list(range(len(texts)))

    def top(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    for one, other in near_duplicate_pairs(texts):
        low, high = sorted((top(one), top(other)))
        head[high] = low
    found: dict[int, list[int]] = {}
    for place in range(len(texts)):
        found.setdefault(top(place), []).append(place)
    return list(found.values())


def _held_out_places(texts: Sequence[bytes], families: Sequence[Sequence[int]], rng: np.random.Generator) -> set[int]:
    """Places of whole families, drawn at random until they hold the wanted share; one that would hold more than what
    is still wanted twice over is passed by."""
    sizes = [sum(len(texts[place]) + len(BETWEEN) for place in family) for family in families]
    left = min(MOST_HELD_OUT, HELD_OUT_SHARE * sum(sizes))
    aside: set[int] = set()
    for number in rng.permutation(len(families)):
        if 0 < sizes[number] <= 2 * left:
            aside.update(families[number])
            left -= sizes[number]
    return aside


def _joined(texts: Sequence[bytes]) -> Bytes:
    return np.frombuffer(b"".join(text + BETWEEN for text in texts), dtype=np.uint8)
