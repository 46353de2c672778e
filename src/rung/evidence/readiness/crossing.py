"""Texts that stand on both sides: held-out items that train has already seen.

Three stages, each item counted at the first that holds: exact (the same characters), normalised (the same after NFKC,
case folding and with punctuation and space made one), near (Jaccard similarity of the character trigrams of at least
`THRESHOLD`). Derived variants are not counted: their original is in the same part, in the same group, by design. Only
texts are read, no labels, so sealed items may be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.estimate import Estimate, Figure, Missing
from rung.evidence.duplicates import THRESHOLD, nearest, normalised
from rung.evidence.minhash import similar_pairs
from rung.evidence.readiness.shares import share_of
from rung.evidence.split import Split
from rung.evidence.trigrams import similarities
from rung.task.example import Example

COPY = 0.9
"""A held-out part of which at least this share stands in train, word for word after normalisation, is a copy of it."""
EXACT_COMPARISONS = 30_000_000
"""Held-out texts times train texts up to which the nearest text is searched exactly, a few seconds; above, MinHash."""
_SLACK = 1e-9

Stage = Literal["exact", "normalised", "near"]
CrossingVerdict = Literal["none", "some", "copy", "unknown"]


@dataclass(frozen=True, slots=True)
class Twin:
    """A held-out item and the first or most similar train item that it repeats; `similarity` in [0, 1]."""

    held_out_id: str
    train_id: str
    stage: Stage
    similarity: float


@dataclass(frozen=True, slots=True)
class PartCrossing:
    """One held-out part: its originals, how many of them repeat a train text at each stage, and the shares.

    The stages exclude each other; `any_share` is their sum. Intervals are clustered by group. `twins` has one entry for
    each item that repeats one, in the order of their ids.
    """

    part: str
    items: int
    exact: int
    normalised: int
    near: int
    exact_share: Figure
    normalised_share: Figure
    near_share: Figure
    any_share: Figure
    verdict: CrossingVerdict
    sentence: str
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """All held-out parts; the worst verdict and a proposal, "" where nothing needs doing."""

    parts: tuple[PartCrossing, ...]
    verdict: CrossingVerdict
    proposal: str = ""


def crossing(split: Split) -> Crossing:
    """What dev and sealed repeat of train."""
    train = [one for one in split.train if one.derived_from is None]
    parts = tuple(
        _part(name, train, [one for one in held_out if one.derived_from is None])
        for name, held_out in (("dev", split.dev), ("sealed", split.sealed))
    )
    order: tuple[CrossingVerdict, ...] = ("copy", "some", "unknown", "none")
    worst = min((part.verdict for part in parts), key=order.index)
    proposals: dict[CrossingVerdict, str] = {
        "copy": "Hold out items that were never in train: a part that repeats train measures memory. Remove `split` "
        "from the examples and let rung divide them, or collect new items.",
        "some": "Give each repeated text and its twin the same `group`, or move them to the same part; the pairs are "
        "listed by id.",
        "unknown": "",
        "none": "",
    }
    return Crossing(parts, worst, proposals[worst])


def _part(name: str, train: Sequence[Example], held_out: Sequence[Example]) -> PartCrossing:
    if not held_out or not train:
        empty = name if not held_out else "train"
        missing = Missing(f"{empty} holds no original items", "add items, or let rung divide them")
        told = f"Nothing can be said of {name}: {empty} holds no original items."
        return PartCrossing(name, len(held_out), 0, 0, 0, missing, missing, missing, missing, "unknown", told)
    twins = _twins(train, held_out)
    stages = {twin.held_out_id: twin.stage for twin in twins}
    own = [stages.get(one.id, "") for one in held_out]
    counts = {stage: own.count(stage) for stage in ("exact", "normalised", "near")}
    groups = [one.group or one.id for one in held_out]

    def share(*wanted: str) -> Estimate:
        source = f"{name} originals against {len(train):,} train originals, texts only"
        return share_of([stage in wanted for stage in own], groups, source=source)

    repeated = counts["exact"] + counts["normalised"]
    verdict: CrossingVerdict = "none" if not twins else "copy" if repeated >= COPY * len(held_out) else "some"
    return PartCrossing(
        name,
        len(held_out),
        counts["exact"],
        counts["normalised"],
        counts["near"],
        share("exact"),
        share("normalised"),
        share("near"),
        share("exact", "normalised", "near"),
        verdict,
        _sentence(name, len(held_out), counts, verdict),
        twins,
    )


def _sentence(name: str, items: int, counts: dict[str, int], verdict: CrossingVerdict) -> str:
    if verdict == "none":
        return f"None of the {items:,} originals of {name} stands in train, nor one much like it."
    told = (
        f"{sum(counts.values()):,} of the {items:,} originals of {name} stand in train: {counts['exact']:,} word for "
        f"word, {counts['normalised']:,} but for case, signs or Unicode form, {counts['near']:,} nearly."
    )
    return f"{told} {name} is a copy of train: it tests memory, not the task." if verdict == "copy" else told


def _twins(train: Sequence[Example], held_out: Sequence[Example]) -> tuple[Twin, ...]:
    same: dict[str, str] = {}
    alike: dict[str, str] = {}
    for one in train:
        same.setdefault(one.input, one.id)
        alike.setdefault(normalised(one.input), one.id)
    twins, rest = [], []
    for one in held_out:
        form = normalised(one.input)
        if one.input in same:
            twins.append(Twin(one.id, same[one.input], "exact", 1.0))
        elif form in alike:
            twins.append(Twin(one.id, alike[form], "normalised", 1.0))
        else:
            rest.append((one.id, form))
    known = list(alike)
    forms = list(dict.fromkeys(form for _, form in rest))
    found = _exactly(forms, known) if len(forms) * len(known) <= EXACT_COMPARISONS else _hashed(forms, known)
    near = ((item, *found[form]) for item, form in rest if form in found)
    twins += [Twin(item, alike[other], "near", similarity) for item, other, similarity in near]
    return tuple(sorted(twins, key=lambda twin: twin.held_out_id))


def _exactly(texts: Sequence[str], known: Sequence[str]) -> dict[str, tuple[str, float]]:
    """For each text with a near-duplicate among `known`, the nearest and its similarity."""
    found, places = nearest(texts, known)
    return {
        text: (known[place], float(similarity))
        for text, place, similarity in zip(texts, places, found, strict=True)
        if similarity >= THRESHOLD - _SLACK
    }


def _hashed(texts: Sequence[str], known: Sequence[str]) -> dict[str, tuple[str, float]]:
    """The same of what MinHash finds."""
    both = [*known, *texts]
    pairs = similar_pairs(both, THRESHOLD, held_out=np.arange(len(both)) >= len(known))
    nearest_found: dict[str, tuple[str, float]] = {}
    for (place, asked), similarity in zip(pairs.tolist(), similarities(both, pairs).tolist(), strict=True):
        if similarity > nearest_found.get(both[asked], ("", 0.0))[1]:
            nearest_found[both[asked]] = (both[place], similarity)
    return nearest_found
