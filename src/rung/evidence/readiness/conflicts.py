"""Labels that contradict each other: one text with several labels, one label in several spellings.

Reading refuses labels that differ by case or spaces alone. What slips through are other Unicode forms, punctuation
("card-lost" beside "card lost") and slips of the pen: a rare label one edit away from a common one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evidence.profile import EvidenceProfile, LabelConflict
from rung.evidence.strata import Strata
from rung.task.example import Example

SLIP_LENGTH = 5
"""Labels shorter than this differ by one letter as often on purpose as by mistake."""
SLIP_RATIO = 10
"""How many times more often the other spelling must stand, for the rare one to be taken for a slip."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A label that may be `meant` as another one; `because` says how they differ. `item_ids` are its items."""

    label: str
    meant: str
    because: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """`share` in [0, 1] of the originals of train and dev whose text also stands with another label or record;
    `texts` are these texts. `spellings` are labels that may be one."""

    share: Figure
    texts: tuple[LabelConflict, ...]
    spellings: tuple[Spelling, ...]


def conflicts(profile: EvidenceProfile, originals: Sequence[Example], strata: Strata) -> Conflicts:
    """The conflicts among these items, which are originals of train and dev; strata give their labels."""
    share: Figure = Missing("several answers to one text may be right in this kind of task")
    if profile.conflict_share is not None:
        value = profile.conflict_share
        share = Estimate(
            value, value, value, "share", len(originals), Provenance.MEASURED, "every original of train and dev"
        )
    holders: dict[str, list[str]] = {label: [] for label in profile.labels}
    for example in originals if profile.labels else ():
        for label in strata.of(example):
            holders.setdefault(label, []).append(example.id)
    return Conflicts(share, profile.conflicts, spellings({label: tuple(ids) for label, ids in holders.items()}))


def spellings(holders: Mapping[str, tuple[str, ...]]) -> tuple[Spelling, ...]:
    """Labels that may be another one; `holders` maps each label to the ids of its items. The rarer is reported."""
    counts = Counter({label: len(ids) for label, ids in holders.items()})
    by_frequency = sorted(counts, key=lambda label: (-counts[label], label))
    found: list[Spelling] = []
    first: dict[str, str] = {}
    for label in by_frequency:
        earlier = first.setdefault(_bare(label), label)
        if earlier != label:
            found.append(Spelling(label, earlier, _difference(label, earlier), holders[label]))
    reported = {one.label for one in found}
    near: dict[str, list[str]] = {}
    for label in by_frequency:
        bare = _bare(label)
        if label in reported or len(bare) < SLIP_LENGTH:
            continue
        forms = {bare, *_without_one(bare)}
        candidates = {other for form in forms for other in near.get(form, ())}
        meant = (
            [
                other
                for other in by_frequency
                if other in candidates
                and counts[other] >= SLIP_RATIO * max(counts[label], 1)
                and _one_slip(bare, _bare(other))
            ]
            if candidates
            else []
        )
        if meant:
            found.append(Spelling(label, meant[0], "they differ by one letter", holders[label]))
        for form in forms:
            near.setdefault(form, []).append(label)
    return tuple(sorted(found, key=lambda one: (-len(one.item_ids), one.label)))


def _bare(label: str) -> str:
    """The letters, marks and digits of a label, in one Unicode form and case; the label itself where it has none."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LMN") or label


def _difference(label: str, other: str) -> str:
    if unicodedata.normalize("NFKC", label) == unicodedata.normalize("NFKC", other):
        return "they differ only in their Unicode form"
    return "they differ only by punctuation, spaces or Unicode form"


def _without_one(text: str) -> Iterator[str]:
    return (text[:place] + text[place + 1 :] for place in range(len(text)))


def _one_slip(left: str, right: str) -> bool:
    """Whether one letter was added, left out, replaced, or exchanged with its neighbour; digits are never slips."""
    while left and right and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if any(letter.isdigit() for letter in left + right):
        return False
    swapped = len(left) == 2 and left == right[::-1]
    return swapped or max(len(left), len(right)) == 1
