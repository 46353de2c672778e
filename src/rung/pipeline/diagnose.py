"""Why one strategy fails, asked in full: `rung diagnose`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rung.diagnose.classes import Failed, FailureClass, failed_item
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gates import Gate, weight_gates
from rung.diagnose.proof import Proof
from rung.diagnose.two_by_two import TwoByTwo
from rung.errors import RungError
from rung.evaluate.run import Run
from rung.pipeline.analysis import full_diagnosis
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.project import Project, opened
from rung.pipeline.proof import Ran, mended_by, proofs_of, table_of
from rung.pipeline.readiness import label_noise_of, leaks_of
from rung.pipeline.weigh import measure
from rung.strategies.contract import Card
from rung.strategies.needs import unmet_needs

NOTHING_ASKED: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """The whole answer. `gates` say what the findings allow; `proofs` what other strategies that have run did to the
    failures; `items` are all failed items as a person reads them, `opened` the classes that a person asked for by name.
    `folder` is where the page and the document go.
    """

    diagnosis: Diagnosis
    gates: tuple[Gate, ...]
    proofs: tuple[Proof, ...]
    two_by_two: TwoByTwo | None
    items: tuple[Failed, ...]
    folder: Path
    opened: tuple[FailureClass, ...] = ()


def diagnose(
    task_file: Path, strategy: str | None = None, *, ask: bool = True, observer: Observer | None = None
) -> Diagnosed:
    """The whole failure analysis of a strategy of the project on its dev split; what was not measured yet is run first.

    Without a name it is what runs today, or else the best of the strategies that leave all weights alone. `ask` False
    puts no further question to a model: only what the runs show is told. RungError when it cannot be run here.
    """
    with opened(task_file, observer or Silent(), also=[strategy] if strategy else []) as project:
        card, run = _subject(project, strategy)
        if not run.rows:
            raise RungError(
                f"{card.name}: none of its answers on dev could be judged, so there is nothing to analyse; see that "
                "the judge can be reached and says what it is asked to say, then run the same command again"
            )
        project.observer.stage("diagnose", f"{card.name}: why it fails, and what would mend it")
        noise = label_noise_of(project.task.directory, project.evidence, project.task)
        found = full_diagnosis(project, card, run, noise=noise, questions=None if ask else NOTHING_ASKED)
        ran = _ran(project, card, run)
        light = [one.name for one in project.cards if not one.updates_weights]
        return Diagnosed(
            diagnosis=found,
            gates=weight_gates(
                [found],
                light=light if card.name in light else [card.name],
                noise=noise,
                leaks=leaks_of(project.task.directory, project.evidence, project.task),
                proprietary_tokens=project.task.moat.proprietary_tokens,
                mended_by=mended_by(project.cards),
            ),
            proofs=proofs_of(run, found, ran),
            two_by_two=table_of(ran, project.task.kind),
            items=tuple(failed_item(row) for row in run.rows if not row.success),
            folder=project.directory / "diagnoses" / card.name,
        )


def _subject(project: Project, strategy: str | None) -> tuple[Card, Run]:
    """The strategy to analyse with its run on dev."""
    name = strategy or project.task.current
    if name is not None:
        card = next(one for one in project.cards if one.name == name)
        unmet = unmet_needs(card, project.train, project.models)
        if unmet:
            raise RungError(f"{name} cannot be run here: {'; '.join(unmet)}")
        return card, _run_of(project, card)
    light = [one for one in project.cards if not one.updates_weights and one.name in project.wanted]
    found = {one.run.strategy: one.run for one in measure(project, light, timed=False)}
    if not found:
        raise RungError(
            "no strategy that leaves the weights alone could be run here; rung run says why, and a name after "
            "rung diagnose chooses another"
        )
    best = max(found.values(), key=lambda run: sum(row.success for row in run.rows) / max(len(run.rows), 1))
    return next(one for one in light if one.name == best.strategy), best


def _run_of(project: Project, card: Card) -> Run:
    [*measured] = measure(project, [card], timed=False)
    if not measured:
        raise RungError(f"{card.name} could not be run here, so there is nothing to analyse; the notes above say why")
    return measured[0].run


def _ran(project: Project, card: Card, run: Run) -> list[Ran]:
    """This strategy, and every other one whose answers on dev are all there already."""
    ran: list[Ran] = []
    for one in project.cards:
        kept = run if one.name == card.name else _kept(project, one)
        if kept is not None:
            ran.append((one, kept))
    return ran


def _kept(project: Project, card: Card) -> Run | None:
    if unmet_needs(card, project.train, project.models):
        return None
    return project.ladder.kept(card, project.split.dev, "dev")
