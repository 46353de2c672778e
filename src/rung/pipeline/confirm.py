"""Opening the sealed split, once, for the one candidate: an audited event."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.decision import SealedOpening
from rung.decide.evidence import SealedEvidence
from rung.decide.procedure import NOT_OPENED, CandidateChoice
from rung.decide.sealed import confirm
from rung.decide.targets import judge_targets
from rung.evaluate.compare import compare
from rung.evidence.seal import JUDGED, OPENED, opening, seal_status
from rung.pipeline.ladder import Measured
from rung.pipeline.project import Project
from rung.strategies.contract import Card
from rung.task.targets import targets_hash


@dataclass(frozen=True, slots=True)
class SealedWord:
    """What the sealed split said. `evidence` None: it stayed closed, and `refused` says why if a candidate asked."""

    evidence: SealedEvidence | None
    opening: SealedOpening
    refused: str


def confirm_on_sealed(project: Project, choice: CandidateChoice) -> SealedWord:
    """Scores the candidate and `current` on the sealed split, or says why not.

    The opening is written to the event table before the first sealed item is asked, so that a look cut short by a
    kill still counts as a look; the judgement is written after it. Reading a recorded opening again adds nothing.
    """
    if choice.candidate is None:
        return SealedWord(None, NOT_OPENED, "")
    look = opening(
        choice.candidate,
        targets_hash(project.task),
        project.split.sealed,
        identity=project.ladder.identity(_card(project, choice.candidate)),
        others=[*project.split.train, *project.split.dev],
    )
    events = project.store.events()
    state = seal_status(events, look)
    told = SealedOpening(state.openings, state.exploratory, state.because)
    if not state.allowed:
        return SealedWord(None, told, state.because)
    project.observer.stage("confirm", f"{choice.candidate} on {len(project.split.sealed)} sealed items")
    if state.is_new:
        project.store.append_event(OPENED, look.payload())
    candidate = _measured(project, choice.candidate)
    current = None
    if project.task.current is not None and project.task.current != choice.candidate:
        current = _measured(project, project.task.current)
    evidence = SealedEvidence(
        candidate=choice.candidate,
        metrics=candidate.metrics,
        run_id=candidate.run.id,
        opening=told,
        current_metrics=current.metrics if current else None,
        against_current=compare(candidate.run, current.run) if current else None,
    )
    if not any(event.kind == JUDGED and event.payload["opening"] == look.hash for event in events):
        results = judge_targets(project.task.targets, candidate.metrics)
        said = confirm(evidence, results, current=project.task.current)
        payload = look.judged_payload(passed=said.verdict == "recommend", outcome=said.status)
        project.store.append_event(JUDGED, payload)
    return SealedWord(evidence, told, "")


def _measured(project: Project, name: str) -> Measured:
    card = _card(project, name)
    run = project.ladder.measure(card, project.split.sealed, "sealed")
    return project.ladder.judged(card, project.ladder.timed(card, run))


def _card(project: Project, name: str) -> Card:
    return next(card for card in project.cards if card.name == name)
