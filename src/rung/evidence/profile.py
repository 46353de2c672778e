"""What the evidence consists of: counts for the record and inputs of the readiness score."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rung.evidence.duplicates import normalised
from rung.evidence.examples import PARTS
from rung.evidence.split import Split
from rung.evidence.strata import ONE_LABEL, Strata
from rung.task.example import CorpusEntry
from rung.task.task import SEGMENTS, Kind


@dataclass(frozen=True, slots=True)
class LabelConflict:
    """One text (after normalisation) that stands with several labels; the ids lead back to the rows."""

    labels: tuple[str, ...]
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceProfile:
    """Counts by part ("train", "dev", "sealed").

    `segments` maps part to segment to items. `train_per_label` has every label of the set, 0 included, and is empty for
    kinds without labels.
    `derived` counts derived variants by part. `conflicts` covers the originals of train and dev only: what is known
    before the sealed split is opened must not depend on its labels. `conflict_share` is the share of these originals
    whose text also stands among them with another label or record, in [0, 1]; None for kinds where several answers to
    one text may be right.
    """

    items: dict[str, int]
    segments: dict[str, dict[str, int]]
    groups: dict[str, int]
    derived: dict[str, int]
    labels: tuple[str, ...]
    train_per_label: dict[str, int]
    corpus_entries: int
    corpus_labels: int
    conflicts: tuple[LabelConflict, ...]
    conflict_share: float | None
    notes: tuple[str, ...]

    @property
    def fewest_per_label(self) -> int | None:
        """Train items of the label that has fewest; None without labels."""
        return min(self.train_per_label.values(), default=None)


def profile(
    split: Split,
    corpus: Sequence[CorpusEntry],
    labels: Sequence[str],
    *,
    kind: Kind = "classify",
    strata: Strata = ONE_LABEL,
) -> EvidenceProfile:
    """The profile of a split and its corpus."""
    parts = {str(part): split.part(part) for part in PARTS}
    originals = [one for one in (*split.train, *split.dev) if one.derived_from is None]
    one_answer = kind in {"classify", "extract"}
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for position, example in enumerate(originals):
        by_text[normalised(example.input)].append(position)
    conflicts = []
    for positions in by_text.values():
        found = sorted({originals[position].expected for position in positions})
        if one_answer and len(found) > 1:
            ids = tuple(sorted(originals[position].id for position in positions))
            conflicts.append(LabelConflict(tuple(found), ids))
    train = Counter(stratum for example in split.train for stratum in strata.of(example))
    in_conflict = sum(len(conflict.item_ids) for conflict in conflicts)
    return EvidenceProfile(
        items={part: len(items) for part, items in parts.items()},
        segments={
            part: {segment: sum(one.segment == segment for one in items) for segment in SEGMENTS}
            for part, items in parts.items()
        },
        groups={part: len({one.group for one in items}) for part, items in parts.items()},
        derived={part: sum(one.derived_from is not None for one in items) for part, items in parts.items()},
        labels=tuple(labels),
        train_per_label={label: train[label] for label in labels},
        corpus_entries=len(corpus),
        corpus_labels=len({entry.label for entry in corpus if entry.label is not None}),
        conflicts=tuple(sorted(conflicts, key=lambda conflict: conflict.item_ids)),
        conflict_share=(in_conflict / len(originals) if originals else 0.0) if one_answer else None,
        notes=split.notes,
    )
