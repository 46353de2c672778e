"""The whole failure analysis of one strategy of a project: its run, its arms, and what its task wants."""

from __future__ import annotations

from dataclasses import replace

from rung.diagnose.aids import Aids
from rung.diagnose.arms import Arms
from rung.diagnose.classes.clusters import Embed
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.full_analysis import diagnose_fully
from rung.diagnose.groundedness import Entails
from rung.estimate import Figure
from rung.evaluate.run import Run
from rung.pipeline.arms import build_arms
from rung.pipeline.entailment import entails_with
from rung.pipeline.models import generator_for
from rung.pipeline.project import Project
from rung.strategies.contract import Card
from rung.task.task import Task


def full_diagnosis(
    project: Project, card: Card, run: Run, *, noise: Figure, questions: frozenset[str] | None = None
) -> Diagnosis:
    """Everything that can be told of why this run failed.

    `questions` names the arms to ask (`pipeline/arms.py`): None for all of them, none at all for an empty set. What an
    arm asked once is kept, and is not asked again.
    """
    every = questions is None
    if every:
        arms = build_arms(project, card, run)
    elif questions:
        arms = replace(build_arms(project, card, run, questions=questions), unasked="rung diagnose asks it")
    else:
        arms = Arms(unasked="no further question was put to a model")
    aids = Aids(
        scorer=project.ladder.scorer,
        arms=arms,
        noise=noise,
        target=target_of(project.task),
        embed=_embed(project) if every else None,
        entails=_entails(project) if every else None,
        out_of_scope_label=project.task.out_of_scope,
        seed=project.task.seed,
    )
    return diagnose_fully(
        run,
        corpus=project.train.corpus,
        labels=project.train.labels,
        flows=project.task.flows,
        train=project.train.examples,
        kind=project.task.kind,
        multi_label=project.task.multi_label,
        aids=aids,
    )


def target_of(task: Task) -> float | None:
    """The least task success wanted over all requests; None where the task names none."""
    wanted = [one.minimum for one in task.targets if one.metric == "task_success" and one.segment is None]
    return wanted[0] if wanted else None


def _embed(project: Project) -> Embed | None:
    encoder = project.models.encoder
    return None if encoder is None else encoder.encode


def _entails(project: Project) -> Entails | None:
    """Asks the larger model whether passages support an answer, or the judge; None where neither is configured."""
    task = project.task
    choice = task.models.larger or (task.judge.model if task.judge is not None else None)
    return None if choice is None else entails_with(generator_for(choice), project.store)
