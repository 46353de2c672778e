"""Edge and adversarial items, derived where the team marked none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rung.evidence.changes import CHANGES, changed
from rung.evidence.changes.out_of_scope import out_of_scope_requests
from rung.evidence.edges import edge_reasons, find_edges
from rung.evidence.examples import Part
from rung.evidence.strata import ONE_LABEL, Strata
from rung.task.example import CorpusEntry, Example, content_hash
from rung.task.task import Kind

VARIANTS_PER_ORIGINAL = 0.25
OUT_OF_SCOPE_SHARE = 0.05
"""Requests that belong nowhere, for each original of a part; one at least from ten originals on."""
FEWEST_FOR_OUT_OF_SCOPE = 10


@dataclass(frozen=True, slots=True)
class Marked:
    """Examples that all have a segment, and what was derived."""

    examples: tuple[Example, ...]
    notes: tuple[str, ...]


def mark_edges(examples: Sequence[Example], strata: Strata = ONE_LABEL, *, seed: int = 0) -> Marked:
    """The examples with `edge` where it is derived and `routine` elsewhere; declared segments stay.

    Derived only when no item is declared `edge`, by the rules of `find_edges`: at most a quarter of all items.
    """
    if any(example.segment == "edge" for example in examples):
        return Marked(tuple(_with_default(example) for example in examples), ())
    edges = find_edges(examples, strata, seed=seed)
    marked = tuple(
        replace(example, segment="edge", segment_because=edges.because[example.id])
        if example.segment is None and example.id in edges.because
        else _with_default(example)
        for example in examples
    )
    counts = Counter(reason for example in marked for reason in edge_reasons(example.segment_because))
    derived = sum(example.segment == "edge" for example in marked)
    if not derived:
        return Marked(marked, ("No item is edge: none was marked, and none could be derived.",))
    told = "; ".join(f"{counts[reason]} {reason} ({rule})" for reason, rule in edges.rules.items() if counts[reason])
    return Marked(marked, (f"No item was marked edge, so {derived} were derived: {told}.",))


def _with_default(example: Example) -> Example:
    return example if example.segment is not None else replace(example, segment="routine")


def room_for_originals(items: int, *, out_of_scope: bool = False) -> int:
    """How many originals leave room among `items` for what is derived from them."""
    return int(items / (1 + VARIANTS_PER_ORIGINAL + (OUT_OF_SCOPE_SHARE if out_of_scope else 0)))


def adversarial_variants(
    examples: Sequence[Example],
    *,
    seed: int,
    taken_ids: Collection[str],
    kind: Kind = "classify",
    labels: Sequence[str] = (),
    titles: Mapping[str, str] | None = None,
) -> tuple[Example, ...]:
    """Variants of a seeded quarter of the examples, each changed in one of the ways of `changes.py`.

    Each inherits group, flow, expected and metadata. What the answer rests on stays as it is (`kept.py`). Which
    originals are taken and how each is changed depends on the seed and the item's id alone: the changes are tried in an
    order of the item's own, and the first that is possible is taken. An original that no change affects has no variant.
    """
    ordered = sorted(examples, key=lambda example: content_hash(str(seed), "variant", example.id))
    wanted = int(VARIANTS_PER_ORIGINAL * len(ordered))
    ids = set(taken_ids)
    variants: list[Example] = []
    for example in ordered:
        if len(variants) == wanted:
            break
        variant = _variant(example, seed, kind, labels, titles or {})
        if variant is not None:
            variant = _with_free_id(variant, ids)
            ids.add(variant.id)
            variants.append(variant)
    return tuple(sorted(variants, key=lambda variant: variant.id))


def _variant(
    example: Example, seed: int, kind: Kind, labels: Sequence[str], titles: Mapping[str, str]
) -> Example | None:
    rng = np.random.default_rng(int(content_hash(str(seed), "change", example.id)[:16], 16))
    for number in rng.permutation(len(CHANGES)):
        made = changed(example, CHANGES[int(number)], seed=seed, task_kind=kind, labels=labels, titles=titles)
        if made is not None:
            return made
    return None


def _with_free_id(example: Example, ids: Collection[str]) -> Example:
    name = example.id
    while name in ids:
        name += "~"
    return example if name == example.id else replace(example, id=name)


def requests_from_outside(
    parts: Mapping[Part, Sequence[Example]],
    *,
    expected: str,
    seed: int,
    everything: Sequence[Example],
    corpus: Sequence[CorpusEntry] = (),
) -> dict[Part, tuple[Example, ...]]:
    """For each part, out-of-scope requests of one in twenty of its originals; no request stands in two parts.

    `expected` is what the task calls right for them. They belong to the task's flow where all items have one.
    """
    counts = {
        part: max(1, int(OUT_OF_SCOPE_SHARE * len(items))) if len(items) >= FEWEST_FOR_OUT_OF_SCOPE else 0
        for part, items in parts.items()
    }
    flows = {one.flow for one in everything}
    flow = next(iter(flows)) if len(flows) == 1 else None
    found = [
        replace(one, expected=expected, flow=flow)
        for one in out_of_scope_requests(everything, count=sum(counts.values()), seed=seed, corpus=corpus)
    ]
    dealt: dict[Part, tuple[Example, ...]] = {}
    for part in sorted(parts, key=lambda part: -counts[part]):
        dealt[part], found = tuple(found[: counts[part]]), found[counts[part] :]
    return dealt
