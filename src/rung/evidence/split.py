"""Train, dev and sealed: stratified, disjoint by group, seeded, recorded by hash."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rung.errors import InvalidData
from rung.evidence.examples import PARTS, Part
from rung.evidence.strata import ONE_LABEL, Strata
from rung.task.example import Example, content_hash

DEV_ITEMS = 150
SEALED_ITEMS = 240
"""Default sizes, derived variants included. With 240 independent items and a rate of .80, the 90 % interval reaches
about .04 to each side."""
DEV_SHARE, SEALED_SHARE = 0.2, 0.3
FEWEST_ITEMS = 10
FEWEST_GROUPS = 3
LARGEST_GROUP = 0.5
"""The share of all items from which on one group is called a giant: it is more than train is meant to be."""
SHOWN_NAME = 40
_PASSES = 10
_LEAST_GAIN = 1e-9
_SILENT: dict[Part, str] = {
    "train": "nothing can learn them",
    "dev": "dev says nothing about them",
    "sealed": "sealed says nothing about them",
}


@dataclass(frozen=True, slots=True)
class Split:
    """Three disjoint parts, each by id; no group stands in two of them.

    `hashes` has one content hash per part and `split_hash` is over the three. `notes` are sentences for the
    reader of the record.
    """

    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    sealed: tuple[Example, ...]
    hashes: Mapping[str, str]
    split_hash: str
    notes: tuple[str, ...]

    def part(self, name: Part) -> tuple[Example, ...]:
        """The items of one part."""
        return {"train": self.train, "dev": self.dev, "sealed": self.sealed}[name]


def part_hash(examples: Sequence[Example]) -> str:
    """Hash of the items of one part, metadata included, whatever their order."""
    ordered = sorted(examples, key=lambda example: example.id)
    return content_hash(*(part for one in ordered for part in _facts(one)))


def _facts(one: Example) -> tuple[str, ...]:
    """References and passages enter only where there are some, so that parts without any keep their hash."""
    own = (one.id, one.input, one.expected, one.group, one.segment or "", one.flow or "")
    more = [list(one.references), list(one.passages)]
    return (*own, json.dumps(one.metadata, sort_keys=True), *([json.dumps(more)] if any(more) else []))


def assembled(parts: Mapping[Part, Sequence[Example]], notes: Sequence[str]) -> Split:
    """The split value for items that already know their part."""
    ordered = {part: tuple(sorted(parts[part], key=lambda example: example.id)) for part in PARTS}
    hashes = {str(part): part_hash(ordered[part]) for part in PARTS}
    return Split(
        ordered["train"], ordered["dev"], ordered["sealed"], hashes, content_hash(*hashes.values()), tuple(notes)
    )


def split(
    examples: Sequence[Example],
    *,
    seed: int,
    dev_items: int = DEV_ITEMS,
    sealed_items: int = SEALED_ITEMS,
    dev_share: float = DEV_SHARE,
    sealed_share: float = SEALED_SHARE,
    strata: Strata = ONE_LABEL,
) -> Split:
    """Divide examples that all have a group.

    Dev gets `dev_share` of the items but at most `dev_items`, sealed `sealed_share` but at most `sealed_items` and at
    least as many as dev, train the rest. Each part first gets a group of every stratum (label, field), train before
    the others; the other groups are dealt out largest first, and otherwise in an order that the seed fixes, each to
    the part where it brings strata and segments closest to their shares. Raises InvalidData when there are fewer than
    three groups.
    """
    groups: dict[str, list[Example]] = {}
    for example in sorted(examples, key=lambda example: example.id):
        groups.setdefault(example.group, []).append(example)
    _refuse_too_few(groups)
    dev = min(round(dev_share * len(examples)), dev_items)
    sealed = max(min(round(sealed_share * len(examples)), sealed_items), dev)
    sizes: dict[Part, int] = {"train": len(examples) - dev - sealed, "dev": dev, "sealed": sealed}
    names = sorted(groups, key=lambda name: (-len(groups[name]), content_hash(str(seed), name)))
    deal = _Deal(groups, sizes, seed, strata)
    deal.one_group_of_each_label(names)
    for name in names:
        if name not in deal.part_of:
            deal.give(name, deal.best_part(name))
    deal.improve(names)
    deal.fill_empty_parts(names)
    deal.make_sealed_the_larger()
    parts: dict[Part, list[Example]] = {part: [] for part in PARTS}
    for name, part in deal.part_of.items():
        parts[part] += groups[name]
    return assembled(parts, [*_notes(parts, strata), *_giant(groups, len(examples)), *_short_of(parts, sizes)])


def _refuse_too_few(groups: Mapping[str, Sequence[Example]]) -> None:
    if len(groups) >= FEWEST_GROUPS:
        return
    items = sum(map(len, groups.values()))
    several = [name for name, group in groups.items() if len(group) > 1]
    sizes = " and ".join(
        f"{_shown(name)} ({len(groups[name])} items)" for name in sorted(several, key=lambda name: -len(groups[name]))
    )
    lead = ": " if len(several) == len(groups) else ", of them "
    remedy = "Give items of other customers, documents or codes"
    if several:
        remedy += (
            "; or, where the key group holds something that unrelated items share, such as a source or a date, leave "
            "it out"
        )
    raise InvalidData(
        f"the {items} items form {len(groups)} group{'s' if len(groups) != 1 else ''}"
        f"{lead + sizes if several else ''}; train, dev and sealed need at least 3 that share nothing. {remedy}"
    )


def _giant(groups: Mapping[str, Sequence[Example]], items: int) -> list[str]:
    """A sentence where one group holds so much that the parts cannot have their sizes."""
    largest = max(groups, key=lambda name: (len(groups[name]), name))
    share = len(groups[largest]) / items
    if share <= LARGEST_GROUP or len(groups[largest]) == 1:
        return []
    return [
        f"The group {_shown(largest)} holds {len(groups[largest])} of {items} items ({share:.0%}) and stands whole in "
        "one part, so the others are small and every interval is wide. Give items of other groups, or, where its items "
        "share nothing that an answer could be copied from, give them groups of their own."
    ]


def _shown(name: str) -> str:
    return repr(name if len(name) <= SHOWN_NAME else f"{name[: SHOWN_NAME - 3]}...")


class _Deal:
    """Groups dealt so far: which part each is in, and how many items of each label and segment a part has."""

    def __init__(
        self, groups: Mapping[str, Sequence[Example]], sizes: Mapping[Part, int], seed: int, strata: Strata
    ) -> None:
        self.seed = str(seed)
        self._strata = strata
        self.groups = groups
        self.sizes = sizes
        self.part_of: dict[str, Part] = {}
        self.held: dict[Part, Counter[str]] = {part: Counter() for part in PARTS}
        self.count: dict[Part, int] = dict.fromkeys(PARTS, 0)
        self._features = {name: self._features_of(members) for name, members in groups.items()}
        self._all: Counter[str] = Counter()
        for features in self._features.values():
            self._all.update(features)
        self._items = sum(len(members) for members in groups.values())

    def _features_of(self, members: Sequence[Example]) -> Counter[str]:
        return Counter(
            feature
            for one in members
            for feature in (*(f"label {stratum}" for stratum in self._strata.of(one)), f"segment {one.segment or ''}")
        )

    def give(self, name: str, part: Part) -> None:
        """Put the group into the part, taking it from where it was."""
        before = self.part_of.get(name)
        if before is not None:
            self.held[before] -= self._features[name]
            self.count[before] -= len(self.groups[name])
        self.part_of[name] = part
        self.held[part] += self._features[name]
        self.count[part] += len(self.groups[name])

    def one_group_of_each_label(self, names: Sequence[str]) -> None:
        """Give each part a group of each label, as far as there are groups, the label with fewest groups first.

        Train comes first and takes the largest, so that something can be learnt and the held-out parts keep small
        groups; sealed and dev draw among the groups of about the number of items that they want, else take the nearest.
        """
        holders: dict[str, list[str]] = {}
        for name in names:
            for label in sorted({stratum for one in self.groups[name] for stratum in self._strata.of(one)}):
                holders.setdefault(label, []).append(name)
        for label in sorted(holders, key=lambda label: (len(holders[label]), label)):
            for part in ("train", "sealed", "dev"):
                self._one_group(f"label {label}", holders[label], part)

    def _one_group(self, feature: str, holders: Sequence[str], part: Part) -> None:
        free = [name for name in holders if name not in self.part_of and self._has_room(part, name)]
        if self.held[part][feature] or not free:
            return
        wanted = self.sizes[part] / self._items * self._all[feature]
        fitting = [name for name in free if wanted / 2 <= len(self.groups[name]) <= 1.5 * wanted]
        drawn = min(fitting, key=lambda name: content_hash(self.seed, part, name), default=None)
        nearest = min(free, key=lambda name: abs(len(self.groups[name]) - wanted))
        self.give(free[0] if part == "train" else drawn or nearest, part)

    def best_part(self, name: str) -> Part:
        """The part with room where this group adds least to the misfit."""
        open_parts = [part for part in PARTS if self._has_room(part, name)]
        return min(open_parts, key=lambda part: (self._growth(name, part, +1), PARTS.index(part)))

    def improve(self, names: Sequence[str]) -> None:
        """Move single groups while the misfit falls; train keeps a group of every label that it has."""
        for _ in range(_PASSES):
            moved = False
            for name in names:
                here = self.part_of[name]
                if here == "train" and any(
                    self.held[here][feature] == count
                    for feature, count in self._features[name].items()
                    if feature.startswith("label ")
                ):
                    continue
                gain = {
                    part: self._growth(name, here, -1) + self._growth(name, part, +1)
                    for part in PARTS
                    if part != here and self._has_room(part, name)
                }
                best = min(gain, key=lambda part: gain[part], default=here)
                if best != here and gain[best] < -_LEAST_GAIN:
                    self.give(name, best)
                    moved = True
            if not moved:
                return

    def _has_room(self, part: Part, name: str) -> bool:
        return part == "train" or self.count[part] + len(self.groups[name]) <= self.sizes[part]

    def _growth(self, name: str, part: Part, sign: int) -> float:
        """How much the misfit grows when the group enters (+1) or leaves (-1) the part.

        The misfit sums (held - wanted)^2 / wanted over labels and segments.
        """
        share = self.sizes[part] / self._items
        growth = 0.0
        for feature, count in self._features[name].items():
            wanted = max(share * self._all[feature], 1e-6)
            growth += (2 * sign * count * (self.held[part][feature] - wanted) + count * count) / wanted
        return growth

    def fill_empty_parts(self, names: Sequence[str]) -> None:
        """Move the smallest group of the part with most groups into each part that has none."""
        for part in PARTS:
            if any(owner == part for owner in self.part_of.values()):
                continue
            groups_in = Counter(self.part_of.values())
            donor = max(PARTS, key=lambda other: groups_in[other])
            self.give([name for name in names if self.part_of[name] == donor][-1], part)

    def make_sealed_the_larger(self) -> None:
        """Exchange dev and sealed when uneven groups left sealed with less: the verdict rests on it."""
        if self.count["dev"] > self.count["sealed"]:
            swapped: dict[Part, Part] = {"train": "train", "dev": "sealed", "sealed": "dev"}
            self.part_of = {name: swapped[part] for name, part in self.part_of.items()}


def _short_of(parts: Mapping[Part, Sequence[Example]], sizes: Mapping[Part, int]) -> list[str]:
    """A sentence for each held-out part that got less than half of its share: train comes first with every label."""
    return [
        f"Only {len(parts[part])} items are in {part}, where {sizes[part]} were meant to be: train first keeps a group "
        "of every label, and too few are left. Add items, or join labels that are rare."
        for part in PARTS
        if part != "train" and 2 * len(parts[part]) < sizes[part]
    ]


def _notes(parts: Mapping[Part, Sequence[Example]], strata: Strata) -> list[str]:
    counts = {part: Counter(stratum for one in parts[part] for stratum in strata.of(one)) for part in PARTS}
    labels = sorted(set().union(*counts.values()))
    notes = []
    for part in PARTS:
        absent = [label for label in labels if not counts[part][label]]
        if absent:
            shown = ", ".join(absent[:8]) + (f" and {len(absent) - 8} more" if len(absent) > 8 else "")
            notes.append(f"{strata.plural} without an item in {part}, so {_SILENT[part]}: {shown}.")
    total = sum(len(examples) for examples in parts.values())
    if total < FEWEST_ITEMS:
        notes.append(f"Only {total} items: too few to decide anything.")
    return notes
