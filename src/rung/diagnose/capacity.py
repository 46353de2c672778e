"""D6, the model itself: does a larger one do better with the same prompts, and does a trained one fit its own items?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rung.diagnose.arms import LARGER_MODEL, TRAIN_ITEMS, Arms
from rung.diagnose.same_items import difference, on_same_items
from rung.diagnose.shares import share_of
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.against_production import unpaired_difference
from rung.evaluate.run import Run

FITS = 0.9
"""A model that is trained enough and large enough gets at least nine in ten of the items right that it learned from;
planning figure, ours. Below it, the model or its training is what limits it, and not the number of examples."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """`larger` is the task success of a larger model on the same items and `gain` its difference to the strategy's own;
    `train` the success on items that the strategy learned from and `generalisation_gap` that less the success on dev.
    `reading` says in a sentence what follows: under-fitted, over-fitted, too small, or none of them.
    """

    larger: Figure
    gain: Figure
    train: Figure
    generalisation_gap: Figure
    reading: str
    gained_ids: tuple[str, ...] = ()


def capacity(run: Run, arms: Arms, *, source: str) -> Capacity | None:
    """What a larger model and the strategy's own training items show; None where neither was asked."""
    larger, gain, gained_ids = _with_larger(run, arms, source)
    train, gap = _on_train(run, arms, source)
    if isinstance(larger, Missing) and isinstance(train, Missing):
        return None
    return Capacity(larger, gain, train, gap, _reading(gain, train, gap), gained_ids)


def _with_larger(run: Run, arms: Arms, source: str) -> tuple[Figure, Figure, tuple[str, ...]]:
    """(success of the larger model, its gain, the items that it wins), paired on the items that both have."""
    arm = arms.runs.get(LARGER_MODEL)
    absent = Missing(arms.because(LARGER_MODEL), "models.larger")
    if arm is None:
        return absent, absent, ()
    own, larger = on_same_items([run, arm])
    if not own.rows:
        return absent, absent, ()
    success = share_of(larger.rows, [row.success for row in larger.rows], source=f"{source}: with a larger model")
    gain = difference(larger, own, source=f"{source}: a larger model minus the strategy's own, {len(own.rows)} items")
    won = tuple(
        mine.example.id for mine, other in zip(own.rows, larger.rows, strict=True) if other.success and not mine.success
    )
    return success, gain, won


def _on_train(run: Run, arms: Arms, source: str) -> tuple[Figure, Figure]:
    """(success on items of train, that less the success on dev): originals on both sides, other items, so unpaired."""
    arm = arms.runs.get(TRAIN_ITEMS)
    originals = [row for row in run.rows if row.example.derived_from is None]
    if arm is None or not arm.rows or not originals:
        absent = Missing(arms.because(TRAIN_ITEMS))
        return absent, absent
    train = share_of(arm.rows, [row.success for row in arm.rows], source=f"{source}: on items that it learned from")
    dev = share_of(originals, [row.success for row in originals], source="dev originals")
    gap = unpaired_difference(train, dev)
    if isinstance(gap, Estimate):
        gap = replace(gap, note="other items on either side, so not paired")
    return train, gap


def _reading(gain: Figure, train: Figure, gap: Figure) -> str:
    parts = []
    if isinstance(train, Estimate):
        parts.append(_how_it_fits(train, gap))
    if isinstance(gain, Estimate):
        parts.append(_how_large(gain))
    return " ".join(parts)


def _how_it_fits(train: Estimate, gap: Figure) -> str:
    """Under-fitted where it misses items that it learned from; over-fitted where new items are harder for it."""
    if train.high is not None and train.high < FITS:
        return (
            f"Under-fitted: of the items that it learned from it gets {train.value:.0%} right, so more of the same "
            "labels will not help before it learns these: train longer, or take a larger model."
        )
    if isinstance(gap, Estimate) and gap.low is not None and gap.low > 0:
        return (
            f"Over-fitted: it gets {train.value:.0%} right of the items that it learned from, {100 * gap.value:.0f} "
            "points more than of new ones: more varied labels will tell it more than a larger model can learn from "
            "these."
        )
    return (
        f"It gets {train.value:.0%} right of the items that it learned from, and new ones are not shown to be harder."
    )


def _how_large(gain: Estimate) -> str:
    if gain.low is not None and gain.low > 0:
        return f"Too small: a larger model with the same prompts gets {gain.value:.0%} more right."
    if gain.high is not None and gain.high < 0:
        return f"A larger model with the same prompts gets {-gain.value:.0%} fewer right: size is not what is missing."
    if gain.high is None:
        return "Whether a larger model does better cannot be told: the items are all of one group."
    return f"A larger model with the same prompts is not shown to do better; it may win {gain.high:.0%} of the items."
