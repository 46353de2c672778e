"""D3, orchestration: each stage replaced by its gold output; the largest recovery owns the error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from rung.diagnose.arms import ORACLE_CONTEXT, Arms
from rung.diagnose.contract import Contract
from rung.diagnose.owner import retrieves
from rung.diagnose.same_items import difference, on_same_items
from rung.diagnose.shares import share_of
from rung.estimate import Estimate, Figure, Missing, weakest
from rung.evaluate.run import Run

StageName = Literal["labels", "retrieval", "generation", "parsing"]


@dataclass(frozen=True, slots=True)
class Stage:
    """`recovered` is the share of all items that a perfect stage would win back; Missing where it cannot be told.
    `how` says in a clause what took the stage's place."""

    name: StageName
    recovered: Figure
    how: str


def stages(run: Run, arms: Arms, contract: Contract | None, *, noise: Figure, source: str) -> tuple[Stage, ...]:
    """The stages, the largest recovery first: it owns the error. Those that cannot be told come last; () without
    failures.

    `noise` is the estimated share of wrong labels. Retrieval is asked again with the right passages, parsing is as
    charitable as is safe, and generation has what is left when all of them are perfect.
    """
    if all(row.success for row in run.rows):
        return ()
    labels = _labels(run, noise, source)
    found = (
        Stage("labels", labels, "labels estimated to be wrong no longer count as failures"),
        Stage("retrieval", _retrieval(run, arms, source), "the right passages stood in the prompt"),
        Stage("parsing", _parsing(contract), "every answer was read as charitably as is safe"),
        Stage("generation", _generation(run, arms, contract, labels, source), _left(run, arms)),
    )
    return tuple(sorted(found, key=_place))


def _labels(run: Run, noise: Figure, source: str) -> Figure:
    """The noise, but at most the failures: a wrong label can spoil no more than that."""
    if not isinstance(noise, Estimate):
        return noise
    failed = sum(not row.success for row in run.rows) / len(run.rows)
    value, low, high = (None if end is None else min(end, failed) for end in (noise.value, noise.low, noise.high))
    return replace(
        noise,
        value=failed if value is None else value,
        low=low,
        high=high,
        source=f"{source}: estimated label noise, at most the failures ({noise.source})",
    )


def _retrieval(run: Run, arms: Arms, source: str) -> Figure:
    if not retrieves(run.rows):
        return Missing(f"{run.strategy} retrieves nothing")
    oracle = arms.runs.get(ORACLE_CONTEXT)
    if oracle is None:
        return Missing(arms.because(ORACLE_CONTEXT))
    own, right = on_same_items([run, oracle])
    if not own.rows:
        return Missing("the arm and the strategy share no item")
    return difference(right, own, source=f"{source}: right passages minus those retrieved, {len(own.rows)} items")


def _parsing(contract: Contract | None) -> Figure:
    return Missing("no answer was read again") if contract is None else contract.won_back


def _generation(run: Run, arms: Arms, contract: Contract | None, labels: Figure, source: str) -> Figure:
    """What stays wrong with the right passages and the most charitable reading, less noise.

    Missing for a strategy that retrieves and was not shown the right passages: what is retrieval's is not told apart.
    """
    if retrieves(run.rows) and ORACLE_CONTEXT not in arms.runs:
        return Missing(f"what the right passages would mend is not known: {arms.because(ORACLE_CONTEXT)}")
    shown = _asked_again(run, arms)
    won = frozenset(contract.won_ids) if contract is not None else frozenset()
    left = [not row.success and row.example.id not in won for row in shown.rows]
    share = share_of(shown.rows, left, source=f"{source}: wrong when every stage before it is perfect")
    if not isinstance(labels, Estimate) or labels.value == 0:
        return share
    return Estimate(
        max(0.0, share.value - labels.value),
        _less(share.low, labels.high),
        _less(share.high, labels.low),
        share.unit,
        share.n,
        weakest([share.provenance, labels.provenance]),
        f"{share.source}, less the estimated label noise",
        share.note,
    )


def _asked_again(run: Run, arms: Arms) -> Run:
    """The run with the right passages on the items that it shares with the strategy's own; that one without an arm."""
    oracle = arms.runs.get(ORACLE_CONTEXT)
    if oracle is None or not retrieves(run.rows):
        return run
    _, right = on_same_items([run, oracle])
    return right if right.rows else run


def _left(run: Run, arms: Arms) -> str:
    given = "the right passages and " if _asked_again(run, arms) is not run else ""
    return f"every answer that stays wrong with {given}the most charitable reading was replaced by the right one"


def _less(end: float | None, other: float | None) -> float | None:
    return None if end is None or other is None else max(0.0, end - other)


def _place(stage: Stage) -> tuple[bool, float]:
    return (False, -stage.recovered.value) if isinstance(stage.recovered, Estimate) else (True, 0.0)
