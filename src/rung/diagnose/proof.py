"""From remedy to proof: after another strategy has run, every class of failures is measured again.

The classes were picked because they failed, so that some of their items would turn right under any other strategy of
the same quality: what was fixed is read beside what was broken, and only the net difference is free of that selection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rung.diagnose.classes import FailureClass
from rung.diagnose.remedies import RemedyName
from rung.diagnose.shares import share_of
from rung.estimate import Estimate, Figure
from rung.evaluate.paired_scores import paired_scores
from rung.evaluate.run import Row, Run

CLASSES_SHOWN = 3
PROMISE = 0.5
"""Share of the failures of the classes it was chosen for that a strategy has to fix to have kept its promise."""


@dataclass(frozen=True, slots=True)
class Remeasured:
    """One class of failures of `before` under `after`: `fixed` of its `failures` are right now."""

    name: str
    failures: int
    fixed: int
    fixed_share: Figure
    still_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What `after` did to the failures of `before`, on the items that both have. `broke` items were right before and
    fail now; `net` is the difference in task success. `broken_classes` names where the new failures are. `chosen_for`:
    the classes whose remedy is what `after` does; `kept_promise` says whether the larger part of them is fixed, None
    where that is open."""

    before: str
    after: str
    classes: tuple[Remeasured, ...]
    fixed: int
    broke: int
    net: Figure
    broke_ids: tuple[str, ...]
    broken_classes: tuple[str, ...] = ()
    chosen_for: tuple[str, ...] = ()
    kept_promise: bool | None = None


def prove(before: Run, after: Run, classes: Sequence[FailureClass], *, remedies: Collection[RemedyName]) -> Proof:
    """What the run `after` fixed and broke of the run `before`, class by class of its failures.

    `remedies` are those that the strategy behind `after` applies. InvalidData when the two share no item.
    """
    pairs = paired_scores(after, before)
    after_rows = {row.example.id: row for row in after.rows}
    shared = [row for row in before.rows if row.example.id in after_rows]
    right_now = {row.example.id: after_rows[row.example.id].success for row in shared}
    failed = {row.example.id: row for row in shared if not row.success}
    broke = [after_rows[row.example.id] for row in shared if row.success and not right_now[row.example.id]]
    source = f"run {after.id[:12]} on the failures of run {before.id[:12]}"
    again = [one for found in classes if (one := _again(found, failed, right_now, source)) is not None]
    chosen = [found for found in classes if found.remedy in remedies and any(one in failed for one in found.item_ids)]
    return Proof(
        before=before.strategy,
        after=after.strategy,
        classes=tuple(again),
        fixed=sum(right_now[name] for name in failed),
        broke=len(broke),
        net=pairs.difference(),
        broke_ids=tuple(row.example.id for row in broke),
        broken_classes=_where(broke),
        chosen_for=tuple(found.name for found in chosen),
        kept_promise=_kept(chosen, failed, right_now, source),
    )


def _again(
    found: FailureClass, failed: Mapping[str, Row], right_now: Mapping[str, bool], source: str
) -> Remeasured | None:
    """The class under the other strategy; None when none of its items was asked there."""
    names = [name for name in found.item_ids if name in failed]
    if not names:
        return None
    fixed = [right_now[name] for name in names]
    share = share_of([failed[name] for name in names], fixed, source=f"{source}: {found.name}")
    still = tuple(name for name, right in zip(names, fixed, strict=True) if not right)
    return Remeasured(found.name, len(names), sum(fixed), share, still)


def _kept(
    chosen: Sequence[FailureClass], failed: Mapping[str, Row], right_now: Mapping[str, bool], source: str
) -> bool | None:
    """Whether the larger part of what the strategy was chosen for is fixed, as far as the interval shows it."""
    names = sorted({name for found in chosen for name in found.item_ids if name in failed})
    if not names:
        return None
    share: Estimate = share_of([failed[name] for name in names], [right_now[name] for name in names], source=source)
    if share.low is not None and share.low > PROMISE:
        return True
    return False if share.high is not None and share.high < PROMISE else None


def _where(broke: Sequence[Row]) -> tuple[str, ...]:
    """The segments and outcomes that hold most of the new failures, with their counts."""
    counts = Counter(f"segment {row.example.segment}" for row in broke if row.example.segment)
    counts.update(row.outcome.replace("_", " ") for row in broke if row.outcome)
    return tuple(f"{name} ({count})" for name, count in counts.most_common(CLASSES_SHOWN))
