"""Opening the sealed split, once, for the one candidate: an audited event."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.decision import SealedOpening
from rung.decide.evidence import SealedEvidence
from rung.decide.procedure import NOT_OPENED, CandidateChoice
from rung.decide.sealed import confirm
from rung.decide.targets import judge_targets
from rung.evaluate.against_production import PRODUCTION, against_production
from rung.evaluate.compare import compare
from rung.evaluate.run import Comparison, Metrics
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
    current_metrics, against_current = _against_current(project, candidate)
    evidence = SealedEvidence(
        candidate=choice.candidate,
        metrics=candidate.metrics,
        run_id=candidate.run.id,
        opening=told,
        current_metrics=current_metrics,
        against_current=against_current,
    )
    if not any(event.kind == JUDGED and event.payload["opening"] == look.hash for event in events):
        results = judge_targets(project.task.targets, candidate.metrics)
        said = confirm(evidence, results, current=PRODUCTION if project.production else project.task.current)
        payload = look.judged_payload(passed=said.verdict == "recommend", outcome=said.status)
        project.store.append_event(JUDGED, payload)
    return SealedWord(evidence, told, "")


def _against_current(project: Project, candidate: Measured) -> tuple[Metrics | None, Comparison | None]:
    """(metrics of what runs today, the candidate against it): None for both when nothing does, or it is the same."""
    name = project.task.current
    if project.production is not None:
        metrics = project.production.metrics
        if metrics is None:
            return None, None
        return metrics, against_production(candidate.run.strategy, candidate.metrics, metrics)
    if name is None or name == candidate.run.strategy:
        return None, None
    current = _measured(project, name)
    return current.metrics, compare(candidate.run, current.run)


def _measured(project: Project, name: str) -> Measured:
    card = _card(project, name)
    run = project.ladder.measure(card, project.split.sealed, "sealed")
    return project.ladder.judged(card, project.ladder.timed(card, run))


def _card(project: Project, name: str) -> Card:
    return next(card for card in project.cards if card.name == name)
