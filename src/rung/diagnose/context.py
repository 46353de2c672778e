"""D2 and D5, retrieval and missing knowledge: the same prompt without passages, with those retrieved, with right ones.

retrieval-owed = oracle - retrieved: what a perfect search would win back. generation-owed = 1 - oracle: what no search
can. A failure is missing knowledge where the model fails without the passage and succeeds with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rung.diagnose.arms import CLOSED_BOOK, ORACLE_CONTEXT, Arms
from rung.diagnose.owner import retrieves
from rung.diagnose.recall import retrieval_recall
from rung.diagnose.same_items import difference, on_same_items
from rung.diagnose.shares import share_of
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.run import Row, Run
from rung.task.example import CorpusEntry
from rung.task.task import Kind

SHOWS_THE_LABEL = "the right passages are known by their label, which the prompt shows, and stand among others there"
"""What a reader must know of an oracle whose passages were found by their label."""


@dataclass(frozen=True, slots=True)
class Context:
    """Task success of the three arms on the same items, and the shares of those items that follow from it.

    An arm that this task cannot have is Missing and says why. `missing_knowledge` is the share of items that fail
    closed-book and pass with the oracle's passages; `knowledge_ids` are those among them that the strategy itself fails
    on, `retrieval_ids` the items on which the oracle's context is right and the strategy wrong; none for a strategy
    that retrieves nothing.
    """

    closed_book: Figure
    retrieved: Figure
    oracle: Figure
    recall: Figure
    retrieval_owed: Figure
    generation_owed: Figure
    missing_knowledge: Figure
    retrieval_ids: tuple[str, ...] = ()
    knowledge_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    """The arms on the items that all have; an arm that is not there is None, and `because` says why."""

    own: Run
    closed: Run | None
    oracle: Run | None
    closed_because: str
    oracle_because: str
    retrieving: bool


def context(run: Run, arms: Arms, *, corpus: Sequence[CorpusEntry], kind: Kind, source: str) -> Context | None:
    """The three arms on the items that all of them were asked about; None where no passage could ever be shown.

    Where the oracle was asked, these are the items whose right passages are known, and no figure speaks for others.
    """
    side = _side_by_side(run, arms)
    if side is None:
        return None
    note = SHOWS_THE_LABEL if side.oracle is not None and _by_label(side.own.rows, kind) else ""
    closed, own, oracle = side.closed, side.own, side.oracle
    where = f"{source}, {len(own.rows)} items asked in every arm"
    return Context(
        closed_book=_success(closed, side.closed_because, f"{where}: without passages"),
        retrieved=_success(own, "", f"{where}: with the passages retrieved")
        if side.retrieving
        else Missing(f"{run.strategy} retrieves nothing"),
        oracle=_noted(_success(oracle, side.oracle_because, f"{where}: with the right passages"), note),
        recall=retrieval_recall(own, corpus, kind=kind, source=where),
        retrieval_owed=_noted(_retrieval_owed(side, where), note),
        generation_owed=_noted(_generation_owed(side, where), note),
        missing_knowledge=_noted(_missing_knowledge(side, where), note),
        retrieval_ids=_turned_right(own, oracle) if side.retrieving else (),
        knowledge_ids=_turned_right(own, oracle, closed) if closed is not None else (),
    )


def _side_by_side(run: Run, arms: Arms) -> _Side | None:
    """None: neither arm was asked and the strategy retrieves nothing."""
    retrieving = retrieves(run.rows)
    closed, oracle = arms.runs.get(CLOSED_BOOK), arms.runs.get(ORACLE_CONTEXT)
    if closed is None and oracle is None and not retrieving:
        return None
    closed_because, oracle_because = arms.because(CLOSED_BOOK), arms.because(ORACLE_CONTEXT)
    own, *others = on_same_items([run, *(arm for arm in (closed, oracle) if arm is not None)])
    if not own.rows:
        return None
    aligned = iter(others)
    return _Side(
        own=own,
        closed=None if closed is None else next(aligned),
        oracle=None if oracle is None else next(aligned),
        closed_because=closed_because,
        oracle_because=oracle_because,
        retrieving=retrieving,
    )


def _by_label(rows: Sequence[Row], kind: Kind) -> bool:
    """Whether the right passages of some item are known only by the label that they bear."""
    return kind == "classify" and any(not row.example.passages for row in rows)


def _success(run: Run | None, because: str, source: str) -> Figure:
    if run is None:
        return Missing(because)
    return share_of(run.rows, [row.success for row in run.rows], source=source)


def _retrieval_owed(side: _Side, where: str) -> Figure:
    if not side.retrieving:
        return Missing(f"{side.own.strategy} retrieves nothing")
    if side.oracle is None:
        return Missing(side.oracle_because)
    return difference(side.oracle, side.own, source=f"{where}: right passages minus those retrieved")


def _generation_owed(side: _Side, where: str) -> Figure:
    if side.oracle is None:
        return Missing(side.oracle_because)
    rows = side.oracle.rows
    return share_of(rows, [not row.success for row in rows], source=f"{where}: wrong with the right passages")


def _missing_knowledge(side: _Side, where: str) -> Figure:
    """The share that fails without passages and succeeds with the right ones; its note says how many turned round."""
    if side.oracle is None:
        return Missing(side.oracle_because)
    if side.closed is None:
        return Missing(side.closed_because)
    pairs = [(bare.success, shown.success) for bare, shown in zip(side.closed.rows, side.oracle.rows, strict=True)]
    found = share_of(
        side.closed.rows,
        [shown and not bare for bare, shown in pairs],
        source=f"{where}: wrong without passages, right with the right ones",
    )
    harmed = sum(bare and not shown for bare, shown in pairs)
    return _noted(found, f"on {harmed} items the right passages did harm" if harmed else "")


def _turned_right(own: Run, oracle: Run | None, closed: Run | None = None) -> tuple[str, ...]:
    """Items that the strategy fails on and the oracle's passages mend; with `closed` those that it fails on too."""
    if oracle is None:
        return ()
    bare = closed.rows if closed is not None else own.rows
    return tuple(
        mine.example.id
        for mine, shown, without in zip(own.rows, oracle.rows, bare, strict=True)
        if shown.success and not mine.success and not without.success
    )


def _noted(figure: Figure, note: str) -> Figure:
    if isinstance(figure, Estimate) and note:
        return replace(figure, note="; ".join(part for part in (figure.note, note) if part))
    return figure
