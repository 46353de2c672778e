"""How many labels are wrong, as far as the data alone can tell, and which.

A label that the other items contradict is a mistake, or belongs to an item that is hard. Data alone cannot tell the two
apart without an assumption, so the estimate is a range between two readings:

* upper end: every contradiction is a mistake. A held-out probe contradicts at least as many labels as are wrong, as
  long as it seldom errs in the same way as the person who labelled.
* lower end: whatever grows rarer as the probe grows surer is difficulty. What stays, however sure the probe is, are
  mistakes, which strike easy items too (`floor.py`).

The value between them is the smaller of two published readings, since difficulty inflates both: confident learning
(`confident.py`), and the contradictions among the anchors, the items of each label that the probe is surest of (Liu and
Tao 2016, "Classification with noisy labels by importance reweighting", arXiv:1411.7718).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evidence.readiness.confident import calibrated_joint, meant_labels, mistaken_share
from rung.evidence.readiness.floor import floor_low, log_odds
from rung.evidence.readiness.probe import FOLDS, FloatArray, IntArray, OutOfFold, out_of_fold, random_folds
from rung.evidence.readiness.shares import share_of
from rung.stats import effective_items
from rung.stats.resampling import times_drawn
from rung.task.example import Example

MOST_SUSPECTS = 200
PAIRS_TOLD = 10
ANCHORS = 0.5
"""The share of the items of each predicted label, the surest first, that are its anchors."""
BLURRED = 0.40
"""An upper end from which on a range that begins at none says nothing."""
OVERLAP = 0.5
"""Two labels that hold at least this share of all estimated mistakes may overlap in meaning."""
FEWEST = 100
"""Items below which the range would be too wide to say anything."""
BLIND = 0.1
"""Agreement of probe and labels beyond chance (kappa) below which the texts say nothing about the labels."""
_DRAWS = 400
_LONGEST = 200
_ASK = "have two people label the same 100 items independently and add what they say as annotations"


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item whose label the other items contradict. `confidence` in [0, 1] is the probe's in `suggested`; `text` is
    the start of the input. It is for a person to look at: nothing is changed or dropped."""

    item_id: str
    given: str
    suggested: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class LabelPair:
    """Two labels taken for each other; `share` in [0, 1] of all estimated mistakes lies between them, either way."""

    first: str
    second: str
    share: float


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """The share of wrong labels among `items` originals of train and dev.

    `rate` is the range described above; `confident_learning`, `anchors` and `contradicted` are the readings behind it.
    `ambiguity` says what the data cannot tell apart, "" for nothing. `pairs` are largest first and at most
    `PAIRS_TOLD`; `suspects` are the most contradicted first, at most `MOST_SUSPECTS` of `suspected`.
    """

    rate: Figure
    confident_learning: Figure
    anchors: Figure
    contradicted: Figure
    ambiguity: str = ""
    pairs: tuple[LabelPair, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    suspected: int = 0
    items: int = 0
    note: str = ""

    @property
    def told(self) -> Figure:
        """The rate; Missing where its range goes from none to so many that nothing is said."""
        rate = self.rate
        if isinstance(rate, Missing) or (rate.low or 0.0) > 0.0 or (1.0 if rate.high is None else rate.high) <= BLURRED:
            return rate
        because = "the items of different labels are too much alike, or too few, for a probe to tell"
        return Missing(because, _ASK)


def label_noise(examples: Sequence[Example], *, seed: int) -> LabelNoise:
    """The noise among items that have one label each: originals whose labels may be looked at.

    Raises MissingExtra without scikit-learn.
    """
    given = [example.expected for example in examples]
    folds = random_folds([example.group for example in examples], given, count=FOLDS, seed=seed)
    return judged(examples, out_of_fold([example.input for example in examples], given, folds, seed=seed), seed=seed)


def nothing_known(because: str, remedy: str = "") -> LabelNoise:
    """The value where nothing can be said."""
    missing = Missing(because, remedy)
    return LabelNoise(missing, missing, missing, missing)


def judged(examples: Sequence[Example], found: OutOfFold | Missing, *, seed: int) -> LabelNoise:
    """The noise of examples whose held-out probabilities are known."""
    if isinstance(found, Missing):
        return nothing_known(found.because, found.remedy)
    if len(found.labels) < 2:
        return nothing_known("every item has the same label", "give items of at least two labels")
    if len(examples) < FEWEST:
        return nothing_known(f"{len(examples)} items are too few to tell; at least {FEWEST} are needed", _ASK)
    place = {label: position for position, label in enumerate(found.labels)}
    given = np.array([place[example.expected] for example in examples], dtype=np.int64)
    if _kappa(given, found.predicted, len(found.labels)) < BLIND:
        return nothing_known("the texts say too little about the labels to contradict any", _ASK)
    groups = np.unique([example.group for example in examples], return_inverse=True)[1]
    meant = meant_labels(found.probabilities, given)
    readings = _readings(found, given, meant, groups, seed)
    pairs = _pairs(calibrated_joint(given, meant, len(found.labels)), found.labels)
    suspects = _suspects(examples, given, meant, found)
    return LabelNoise(
        *readings,
        ambiguity=_ambiguity(readings[0], pairs, len(found.labels)),
        pairs=pairs[:PAIRS_TOLD],
        suspects=suspects[:MOST_SUSPECTS],
        suspected=len(suspects),
        items=len(given),
        note=found.note,
    )


def _readings(
    found: OutOfFold, given: IntArray, meant: IntArray, groups: NDArray[np.intp], seed: int
) -> tuple[Estimate, Estimate, Estimate, Estimate]:
    """The range, confident learning, the anchors, and all contradictions."""
    labels, items = len(found.labels), len(given)
    source = f"held-out probe over {items:,} items of train and dev"
    wrong = found.predicted != given
    anchors = _anchors(found)
    learned = _confident_learning(given, meant, groups, labels, source, seed)
    contradicted = share_of(wrong, groups, source=source)
    surest = f"the surest {ANCHORS:.0%} of each label, {source}"
    floor = share_of(wrong[anchors], groups[anchors], source=surest)
    independent = effective_items(wrong.astype(float), groups) or 1.0
    low = floor_low(log_odds(found.probabilities), wrong, level=LEVEL, weight=min(independent / items, 1.0))
    low = min(low, *(end.low for end in (learned, floor) if end.low is not None))
    high = 1.0 if contradicted.high is None else contradicted.high
    value = min(learned.value, floor.value, high)
    rate = Estimate(
        value,
        min(low, value),
        high,
        "share",
        items,
        Provenance.MODELLED,
        source,
        "from what difficulty cannot explain to all that is contradicted",
    )
    return rate, learned, floor, contradicted


def _anchors(found: OutOfFold) -> NDArray[np.bool_]:
    """Shape (n,): whether the item is among the surest of those for which the probe says its label."""
    certainty = found.probabilities.max(axis=1)
    chosen = np.zeros(len(certainty), dtype=bool)
    for label in np.unique(found.predicted):
        own = np.flatnonzero(found.predicted == label)
        chosen[own[np.argsort(-certainty[own], kind="stable")][: max(1, round(ANCHORS * len(own)))]] = True
    return chosen


def _confident_learning(
    given: IntArray, meant: IntArray, groups: NDArray[np.intp], labels: int, source: str, seed: int
) -> Estimate:
    """The off-diagonal share with a percentile bootstrap over groups; probabilities and thresholds stay as they are."""
    value = mistaken_share(given, meant, labels)
    count = int(groups.max()) + 1
    if count < 2:
        return Estimate(value, None, None, "share", len(given), Provenance.MODELLED, source, "a single group")
    rng = np.random.default_rng(seed)
    drawn = [mistaken_share(given, meant, labels, times_drawn(count, rng)[groups]) for _ in range(_DRAWS)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    ends = min(float(low), value), max(float(high), value)
    return Estimate(value, *ends, "share", len(given), Provenance.MODELLED, f"confident learning, {source}")


def _kappa(given: IntArray, predicted: IntArray, labels: int) -> float:
    """Agreement beyond chance (Cohen 1960)."""
    agreed = float((given == predicted).mean())
    first, second = np.bincount(given, minlength=labels), np.bincount(predicted, minlength=labels)
    chance = float(first @ second) / len(given) ** 2
    return (agreed - chance) / (1.0 - chance) if chance < 1.0 else 0.0


def _pairs(joint: FloatArray, labels: tuple[str, ...]) -> tuple[LabelPair, ...]:
    """The pairs of labels with estimated mistakes between them, largest first."""
    between = np.triu(joint + joint.T, 1)
    total = float(between.sum())
    if total <= 0.0:
        return ()
    rows, columns = np.nonzero(between)
    found = [
        LabelPair(labels[row], labels[column], float(between[row, column]) / total)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.first, pair.second)))


def _suspects(examples: Sequence[Example], given: IntArray, meant: IntArray, found: OutOfFold) -> tuple[Suspect, ...]:
    """Items that are confidently meant as another label, those first where it is likeliest beside the given one."""
    rows = np.flatnonzero((meant >= 0) & (meant != given))
    own = found.probabilities[rows, given[rows]]
    other = found.probabilities[rows, meant[rows]]
    order = np.lexsort((rows, own - other))
    return tuple(
        Suspect(
            item_id=examples[rows[at]].id,
            given=found.labels[given[rows[at]]],
            suggested=found.labels[meant[rows[at]]],
            confidence=float(other[at]),
            text=examples[rows[at]].input[:_LONGEST],
        )
        for at in order.tolist()
    )


def _ambiguity(rate: Estimate, pairs: tuple[LabelPair, ...], labels: int) -> str:
    """What cannot be told apart, as one or two sentences."""
    low, high = rate.low or 0.0, rate.high or 0.0
    if high <= 0.0 or (rate.value <= 0.0 and not pairs):
        return ""
    told = (
        f"At least {low:.1%} is more than hard items explain; beyond that, wrong labels and hard items look the same."
        if low > 0.0
        else "Wrong labels and hard items look the same here: all of it may be difficulty, and none of it noise."
    )
    if labels > 2 and pairs and pairs[0].share >= OVERLAP:
        told += (
            f" {pairs[0].share:.0%} of it lies between {pairs[0].first!r} and {pairs[0].second!r}: the two may be "
            "mixed up, or overlap in meaning; only people can tell which."
        )
    return told
