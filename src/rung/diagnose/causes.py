"""Why it fails, the largest cause first.

The four owners of `owner.py` divide the failures, so that each counts once. Beside them stands what was measured apart
from the rows and overlaps them: label noise, which makes right answers look wrong and is therefore taken off the part
of the model; the best other wording; a larger model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rung.diagnose.capacity import Capacity
from rung.diagnose.findings import REMEDY_OF, finding
from rung.diagnose.owner import OWNERS, Owner, retrieves
from rung.diagnose.remedies import RemedyName
from rung.diagnose.shares import share_of
from rung.diagnose.wordings import Wordings
from rung.estimate import Estimate, Figure, weakest
from rung.evaluate.run import Row
from rung.task.task import Kind

CauseName = Literal[
    "label_noise",
    "output_contract",
    "retrieval",
    "missing_knowledge",
    "wording",
    "model_size",
    "model",
]


@dataclass(frozen=True, slots=True)
class Cause:
    """`share` is of all items: what would be won if this alone were mended (by an arm), or what it spoils (item by
    item). `finding` says in a clause what was seen. Causes may overlap: their shares need not sum to the failures."""

    name: CauseName
    share: Figure
    finding: str
    remedy: RemedyName
    item_ids: tuple[str, ...] = ()


def ranked_causes(
    rows: Sequence[Row],
    owner_of_row: Sequence[Owner | None],
    *,
    kind: Kind,
    noise: Figure,
    wordings: Wordings | None,
    capacity: Capacity | None,
    asked_again: bool,
    source: str,
) -> tuple[Cause, ...]:
    """The causes of the failures among `rows`, those shown to exist first, then by their share of the items.

    A cause is shown where the lower end of its interval is above 0. `asked_again`: the owners come from answers given
    with the right passages.
    """
    causes = [
        _owned(owner, rows, owner_of_row, kind=kind, asked_again=asked_again, source=source)
        for owner in OWNERS
        if any(found == owner for found in owner_of_row)
    ]
    if isinstance(noise, Estimate) and noise.value > 0 and causes:
        causes = _with_noise(causes, noise)
    causes = [_with_remedy(cause, wordings, capacity) for cause in causes]
    if wordings is not None and _shown(wordings.best_gain):
        causes.append(Cause("wording", wordings.best_gain, "another wording of the same prompt does better", "reword"))
    if capacity is not None and _shown(capacity.gain):
        what = "a larger model does better with the same prompts"
        causes.append(Cause("model_size", capacity.gain, what, "larger_model", capacity.gained_ids))
    return tuple(sorted(causes, key=_place))


def _owned(
    owner: Owner,
    rows: Sequence[Row],
    owner_of_row: Sequence[Owner | None],
    *,
    kind: Kind,
    asked_again: bool,
    source: str,
) -> Cause:
    hits = [found == owner for found in owner_of_row]
    names: dict[Owner, CauseName] = {
        "data_hygiene": "label_noise",
        "orchestration": "output_contract",
        "retrieval": "retrieval" if retrieves(rows) else "missing_knowledge",
        "model": "model",
    }
    name = names[owner]
    return Cause(
        name,
        share_of(rows, hits, source=f"{source}: items spoilt by {owner}"),
        finding(owner, kind, asked_again=asked_again),
        "retrieve" if name == "missing_knowledge" else REMEDY_OF[owner],
        tuple(row.example.id for row, hit in zip(rows, hits, strict=True) if hit),
    )


def _with_noise(causes: Sequence[Cause], noise: Estimate) -> list[Cause]:
    """Wrong labels as a cause of their own, and off the model's part: a right answer to a wrong label looks wrong."""
    conflicts = next((cause for cause in causes if cause.name == "label_noise"), None)
    known = conflicts.share if conflicts is not None else None
    if conflicts is not None and isinstance(known, Estimate) and known.value >= noise.value:
        return list(causes)
    ids = conflicts.item_ids if conflicts is not None else ()
    wrong = Cause("label_noise", noise, "labels in the data may be wrong, by estimate", "relabel", ids)
    others = [cause for cause in causes if cause.name != "label_noise"]
    if not _shown(noise):
        return [wrong, *others]
    # Items known to conflict were never in the model's part, so only the rest of the noise comes off it.
    elsewhere = known.value if isinstance(known, Estimate) else 0.0
    hidden = replace(
        noise,
        value=noise.value - elsewhere,
        low=None if noise.low is None else max(0.0, noise.low - elsewhere),
        high=None if noise.high is None else noise.high - elsewhere,
    )
    return [wrong, *(_less(cause, hidden) if cause.name == "model" else cause for cause in others)]


def _less(cause: Cause, noise: Estimate) -> Cause:
    share = cause.share
    if not isinstance(share, Estimate):
        return cause
    low = None if share.low is None or noise.high is None else max(0.0, share.low - noise.high)
    high = None if share.high is None or noise.low is None else max(0.0, share.high - noise.low)
    rest = Estimate(
        max(0.0, share.value - noise.value),
        low,
        high,
        share.unit,
        share.n,
        weakest([share.provenance, noise.provenance]),
        f"{share.source}, less the estimated label noise",
        share.note,
    )
    return Cause(cause.name, rest, cause.finding, cause.remedy, cause.item_ids)


def _with_remedy(cause: Cause, wordings: Wordings | None, capacity: Capacity | None) -> Cause:
    """What the model's own failures call for, by what other wordings and a larger model showed."""
    if cause.name != "model":
        return cause
    remedy = cause.remedy
    if wordings is not None and wordings.exhausted is False:
        remedy = "reword"
    elif capacity is not None and _shown(capacity.gain):
        remedy = "larger_model"
    elif wordings is not None and wordings.exhausted:
        remedy = "tune"
    return Cause(cause.name, cause.share, cause.finding, remedy, cause.item_ids)


def _shown(figure: Figure) -> bool:
    return isinstance(figure, Estimate) and figure.low is not None and figure.low > 0


def _place(cause: Cause) -> tuple[bool, float]:
    return not _shown(cause.share), -cause.share.value if isinstance(cause.share, Estimate) else 0.0
