"""Edge and adversarial items, derived where the team marked none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from rung.evidence.kept import kept_spans
from rung.evidence.perturb import exposed, misspelt
from rung.evidence.strata import ONE_LABEL, Strata
from rung.task.example import Example, content_hash
from rung.task.task import Kind

LONG_QUANTILE = 0.9
RARE_SHARE = 0.1
VARIANTS_PER_ORIGINAL = 0.25


@dataclass(frozen=True, slots=True)
class Marked:
    """Examples that all have a segment, and what was derived."""

    examples: tuple[Example, ...]
    notes: tuple[str, ...]


def mark_edges(examples: Sequence[Example], strata: Strata = ONE_LABEL) -> Marked:
    """The examples with `edge` where it is derived and `routine` elsewhere; declared segments stay.

    Derived only when no item is declared `edge`. An undeclared item is edge when its input has more characters
    than 90 % of all inputs have at most, or when one of its strata (its label, a field of its record) is rarer than the
    stratum at the tenth of all of them ordered by count (ties with that one are not rare, so tasks of under ten labels
    have no rare ones).
    """
    if any(example.segment == "edge" for example in examples):
        return Marked(tuple(_with_default(example) for example in examples), ())
    lengths = sorted(len(example.input) for example in examples)
    long_from = lengths[ceil(LONG_QUANTILE * len(lengths)) - 1]
    counts = Counter(stratum for example in examples for stratum in strata.of(example))
    rare_below = sorted(counts.values())[int(RARE_SHARE * len(counts))] if counts else 0
    rare = sorted(label for label, count in counts.items() if count < rare_below)
    marked = tuple(
        replace(example, segment="edge")
        if example.segment is None and (len(example.input) > long_from or set(strata.of(example)) & set(rare))
        else _with_default(example)
        for example in examples
    )
    derived = sum(example.segment == "edge" for example in marked)
    if not derived:
        return Marked(marked, ("No item is edge: none was marked, and none could be derived.",))
    reason = f"inputs of more than {long_from} characters"
    if rare:
        reason += f" and the rarest {strata.plural.lower()} ({', '.join(rare)})"
    return Marked(marked, (f"No item was marked edge, so {derived} were derived: {reason}.",))


def _with_default(example: Example) -> Example:
    return example if example.segment is not None else replace(example, segment="routine")


def room_for_originals(items: int) -> int:
    """How many originals leave room for their variants among `items`."""
    return int(items / (1 + VARIANTS_PER_ORIGINAL))


def adversarial_variants(
    examples: Sequence[Example], *, seed: int, taken_ids: Collection[str], kind: Kind = "classify"
) -> tuple[Example, ...]:
    """Variants of a seeded quarter of the examples: the same request misspelt, or without case and punctuation.

    Each inherits group, flow, expected and metadata. What the answer rests on stays as it is (`kept.py`). Which
    originals are taken and how each is changed depends on the seed and the item's id alone. An original that no change
    affects has no variant.
    """
    ordered = sorted(examples, key=lambda example: content_hash(str(seed), "variant", example.id))
    wanted = int(VARIANTS_PER_ORIGINAL * len(ordered))
    ids = set(taken_ids)
    variants: list[Example] = []
    for example in ordered:
        if len(variants) == wanted:
            break
        variant = _variant(example, seed, ids, kind)
        if variant is not None:
            ids.add(variant.id)
            variants.append(variant)
    return tuple(sorted(variants, key=lambda variant: variant.id))


def _variant(example: Example, seed: int, ids: Collection[str], task_kind: Kind) -> Example | None:
    rng = np.random.default_rng(int(content_hash(str(seed), "change", example.id)[:16], 16))
    kept = kept_spans(example, task_kind)
    changes = {"typo": misspelt(example.input, rng, kept), "plain": exposed(example.input, kept)}
    kinds = [kind for kind in ("typo", "plain") if changes[kind] not in {example.input, ""}]
    if not kinds:
        return None
    kind = kinds[int(rng.integers(len(kinds)))]
    name = f"{example.id}~{kind}"
    while name in ids:
        name += "~"
    return replace(
        example, id=name, input=changes[kind], segment="adversarial", derived_from=example.id, derivation=kind
    )
