"""How far people agree on the labels, and which labels they take for each other.

Krippendorff's alpha for nominal labels. By his convention (Krippendorff 2004, "Reliability in content analysis",
chapter 11) labels with an alpha of at least .800 are reliable and from .667 fit for tentative conclusions; here the
whole interval must lie on one side before a verdict is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evidence.examples import Annotation
from rung.evidence.readiness.shares import share_of
from rung.stats import krippendorff_alpha
from rung.task.example import Example

RELIABLE, TENTATIVE = 0.800, 0.667
PAIRS_TOLD = 10
FEWEST = 10
"""Items with two annotators below which alpha is not computed."""
_DRAWS = 1_000

_MAJORITY = "majority of the annotators, train and dev items"
_NO_MAJORITY = Missing("no item has a majority among its annotators")

Verdict = Literal["reliable", "tentative", "unreliable", "unknown"]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two labels that annotators gave to the same item; `times` counts pairs of annotators, `item_ids` the items."""

    first: str
    second: str
    times: int
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`alpha` over the `items` that two annotators or more labelled; `disputes` the most frequent first.

    `against_expected` is the share of annotated items whose majority says another label than the one that counts as
    right, `against_ids` are these items. `unknown_labels` were said by annotators and are no label of the task.
    """

    alpha: Figure
    verdict: Verdict
    items: int = 0
    annotators: int = 0
    disputes: tuple[Dispute, ...] = ()
    against_expected: Figure = _NO_MAJORITY
    against_ids: tuple[str, ...] = ()
    unknown_labels: tuple[str, ...] = ()


def agreement(
    examples: Sequence[Example],
    annotations: Mapping[str, tuple[Annotation, ...]],
    labels: Sequence[str],
    *,
    seed: int,
) -> Agreement:
    """The agreement on these items; `labels` is the closed set, empty for kinds without one.

    An annotator who labelled an item twice counts with the first label.
    """
    said = {example.id: _once(annotations[example.id]) for example in examples if annotations.get(example.id)}
    if not said:
        return Agreement(
            Missing(
                "no item has annotations",
                'add "annotations": [{"annotator": ..., "label": ...}] of two people to at least 100 items',
            ),
            "unknown",
        )
    shared = [example for example in examples if len(said.get(example.id, {})) >= 2]
    people = {annotator for answers in said.values() for annotator in answers}
    alpha = _alpha([list(said[example.id].values()) for example in shared], [one.group for one in shared], seed)
    differs, judged = _against(examples, said) if labels else ([], [])
    known = set(labels)
    return Agreement(
        alpha=alpha,
        verdict=verdict_of(alpha),
        items=len(shared),
        annotators=len(people),
        disputes=_disputes(shared, said),
        against_expected=share_of(differs, [one.group for one in judged], source=_MAJORITY) if judged else _NO_MAJORITY,
        against_ids=tuple(example.id for example, wrong in zip(judged, differs, strict=True) if wrong),
        unknown_labels=tuple(
            sorted({label for answers in said.values() for label in answers.values()} - known) if known else ()
        ),
    )


def verdict_of(alpha: Figure) -> Verdict:
    """By the published thresholds: reliable or unreliable only where the whole interval says so."""
    if isinstance(alpha, Missing):
        return "unknown"
    low = alpha.value if alpha.low is None else alpha.low
    high = alpha.value if alpha.high is None else alpha.high
    if low >= RELIABLE:
        return "reliable"
    return "unreliable" if high < TENTATIVE else "tentative"


def _once(answers: Sequence[Annotation]) -> dict[str, str]:
    first: dict[str, str] = {}
    for one in answers:
        first.setdefault(one.annotator, one.label)
    return first


def _alpha(ratings: Sequence[Sequence[str]], groups: Sequence[str], seed: int) -> Figure:
    if len(ratings) < FEWEST:
        return Missing(
            f"only {len(ratings)} items have two annotators",
            f"have two people label at least {FEWEST} items, better 100",
        )
    if len({label for item in ratings for label in item}) < 2:
        return Missing("annotators used one label only", "have them label items of several labels")
    found = krippendorff_alpha(
        ratings, level=LEVEL, draws=_DRAWS, rng=np.random.default_rng(seed), clusters=np.asarray(groups)
    )
    return Estimate(
        found.mid,
        found.low,
        found.high,
        "alpha",
        len(ratings),
        Provenance.MEASURED,
        "annotations of train and dev items",
        found.note,
    )


def _against(examples: Sequence[Example], said: Mapping[str, Mapping[str, str]]) -> tuple[list[bool], list[Example]]:
    """Whether the majority says another label, and the items that have one among two annotators or more."""
    differs, judged = [], []
    for example in examples:
        counts = Counter(said.get(example.id, {}).values()).most_common(2)
        if not counts or counts[0][1] < 2 or (len(counts) > 1 and counts[0][1] == counts[1][1]):
            continue
        judged.append(example)
        differs.append(counts[0][0] != example.expected)
    return differs, judged


def _disputes(shared: Sequence[Example], said: Mapping[str, Mapping[str, str]]) -> tuple[Dispute, ...]:
    times: Counter[tuple[str, str]] = Counter()
    items: dict[tuple[str, str], dict[str, None]] = {}
    for example in shared:
        for one, other in combinations(said[example.id].values(), 2):
            if one != other:
                pair = (min(one, other), max(one, other))
                times[pair] += 1
                items.setdefault(pair, {})[example.id] = None
    ordered = sorted(times, key=lambda pair: (-times[pair], pair))
    return tuple(Dispute(*pair, times[pair], tuple(items[pair])) for pair in ordered[:PAIRS_TOLD])
