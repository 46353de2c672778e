"""Which items the arms of a diagnosis are asked about: the same ones for all arms, whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterable

from rung.task.example import Example, content_hash


def arm_sample(examples: Iterable[Example], *, most: int, seed: int) -> tuple[Example, ...]:
    """At most `most` of the originals among the examples, groups whole, in an order that seed and group fix.

    A group that no longer fits is passed over; where not even one fits, a part of the first is taken. A smaller sample
    of a sample begins with the same groups.
    """
    groups: dict[str, list[Example]] = {}
    for example in sorted(examples, key=lambda example: content_hash(str(seed), "arm item", example.id)):
        if example.derived_from is None:
            groups.setdefault(example.group, []).append(example)
    chosen: list[Example] = []
    for name in sorted(groups, key=lambda name: content_hash(str(seed), "arm group", name)):
        if len(chosen) + len(groups[name]) <= most:
            chosen += groups[name]
        elif not chosen:
            first = groups[name]
    return tuple(chosen) if chosen or not groups else tuple(first[:most])
