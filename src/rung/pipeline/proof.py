"""What strategies that have run did to the failures of the one that was analysed."""

from __future__ import annotations

from collections.abc import Sequence

from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.proof import Proof, prove
from rung.diagnose.remedies import RemedyName
from rung.diagnose.two_by_two import Cell, TwoByTwo, two_by_two
from rung.evaluate.run import Run
from rung.strategies.contract import Card
from rung.task.task import Kind

Ran = tuple[Card, Run]


def remedies_of(card: Card) -> frozenset[RemedyName]:
    """The remedies that a strategy applies, by what it owns and whether it updates weights."""
    found: set[RemedyName] = set()
    if "corpus" in card.owns:
        found |= {"retrieve", "improve_retrieval"}
    if card.updates_weights:
        found |= {"tune", "in_order"}
    return frozenset(found)


def mended_by(cards: Sequence[Card]) -> dict[RemedyName, tuple[str, ...]]:
    """The names of the strategies that apply each remedy and update no weights, lightest first."""
    light = [card for card in cards if not card.updates_weights]
    remedies = {remedy for card in light for remedy in remedies_of(card)}
    return {remedy: tuple(card.name for card in light if remedy in remedies_of(card)) for remedy in sorted(remedies)}


def proofs_of(before: Run, diagnosis: Diagnosis, others: Sequence[Ran]) -> tuple[Proof, ...]:
    """One proof for each other strategy that has run, in the order given; none where nothing failed."""
    if not diagnosis.classes:
        return ()
    return tuple(
        prove(before, run, diagnosis.classes, remedies=remedies_of(card))
        for card, run in others
        if run.strategy != before.strategy and run.rows
    )


def table_of(ran: Sequence[Ran], kind: Kind) -> TwoByTwo | None:
    """Retrieval and tuning of a generator, each cell by the strategy that got most right of those that fit into it."""
    best: dict[Cell, Run] = {}
    for card, run in ran:
        if not run.rows:
            continue
        # Some strategies read passages only where the kind of task calls for it: what was retrieved says so.
        cell = cell_of(card, kind, retrieved=any(row.prediction.retrieved for row in run.rows))
        if cell is None:
            continue
        known = best.get(cell)
        if known is None or _success(run) > _success(known):
            best[cell] = run
    return two_by_two(best)


def cell_of(card: Card, kind: Kind, *, retrieved: bool = False) -> Cell | None:
    """The cell of a strategy that writes or chooses with a language model, `retrieved` where its run looked passages
    up; None for every other strategy: a linear head or an index without a model is another system, and its score would
    not show what retrieval or tuning add."""
    needs = card.needs_for(kind)
    if "generator" not in needs and "base" not in needs:
        return None
    # Solved examples found in an index are no knowledge: few-shot prompts stay without retrieval.
    retrieves, tunes = retrieved or "corpus" in card.owns, card.updates_weights
    if retrieves:
        return "both" if tunes else "retrieval"
    return "tuning" if tunes else "neither"


def _success(run: Run) -> float:
    return sum(row.success for row in run.rows) / len(run.rows)
