"""The door: `rung.yaml` as a `Task`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rung.errors import InvalidTask
from rung.task.bounds import refuse_wrong_bounds
from rung.task.paths import path_inside, pattern_inside
from rung.task.problems import sentences
from rung.task.schema import CurrentSection, EndpointSection, ModelsSection, TaskFile
from rung.task.secrets import SECRET_KEYS
from rung.task.task import (
    METRICS,
    SEGMENTS,
    Constraints,
    DataPaths,
    EndpointChoice,
    Flow,
    Lifecycle,
    Moat,
    ModelChoices,
    Policy,
    Prices,
    Target,
    Task,
    Team,
)
from rung.task.yaml import Document, Place, read_yaml


def read_task(path: Path) -> Task:
    """The task that this rung.yaml declares.

    Paths are taken from the file's own directory. Raises InvalidTask with up to five `file:line: key: problem`
    sentences, one a line.
    """
    document = read_yaml(path)
    _refuse_secret_keys(document, (), document.content)
    try:
        parsed = TaskFile.model_validate(document.content)
    except ValidationError as error:
        raise InvalidTask("\n".join(sentences(error, document, TaskFile))) from None
    _refuse_what_is_not_built(parsed, document)
    refuse_wrong_bounds(parsed.targets, document)
    directory = path.resolve().parent
    rollback_plan = parsed.lifecycle.rollback_plan
    if rollback_plan is not None:
        path_inside(directory, rollback_plan, where=_where(document, "lifecycle", "rollback_plan"))
    return Task(
        name=parsed.task.name,
        kind=parsed.task.kind,
        directory=directory,
        data=_data(parsed, document, directory),
        instructions=parsed.task.instructions,
        labels=dict(parsed.task.labels),
        current=parsed.current.strategy if isinstance(parsed.current, CurrentSection) else None,
        requirements=parsed.requirements,
        flows=tuple(Flow(**flow.model_dump()) for flow in parsed.flows),
        targets=_targets(parsed),
        constraints=Constraints(**parsed.constraints.model_dump()),
        team=Team(**parsed.team.model_dump()),
        moat=Moat(**parsed.moat.model_dump()),
        lifecycle=Lifecycle(**parsed.lifecycle.model_dump()),
        policies=tuple(
            Policy(policy.name, policy.must_match or policy.must_not_match or "", policy.must_match is not None)
            for policy in parsed.policies
        ),
        prices=Prices(**parsed.prices.model_dump()),
        strategies=None if parsed.strategies == "auto" else tuple(parsed.strategies),
        models=_models(parsed.models),
        score_overrides={name: (override.score, override.reason) for name, override in parsed.scores.items()},
        seed=parsed.seed,
        content_hash=document.sha256,
    )


def _where(document: Document, *place: str) -> str:
    return f"{document.path}:{document.line(place)}: {'.'.join(place)}"


def _refuse_secret_keys(document: Document, place: Place, value: Any) -> None:
    """Labels are the team's own words, so a label named "token" is no secret."""
    if place == ("task", "labels"):
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        inner = (*place, key)
        if isinstance(key, str) and key.casefold() in SECRET_KEYS:
            raise InvalidTask(
                f"{document.path}:{document.line(inner)}: the key {key!r} would hold a secret; "
                "name an environment variable in api_key_env instead"
            )
        _refuse_secret_keys(document, inner, part)


def _refuse_what_is_not_built(parsed: TaskFile, document: Document) -> None:
    if parsed.task.kind != "classify":
        raise InvalidTask(
            f"{_where(document, 'task', 'kind')}: kind {parsed.task.kind!r} is not built yet; "
            "classify is, and an answer from a closed set of labels can be written as one"
        )
    if parsed.task.output_schema is not None:
        raise InvalidTask(f"{_where(document, 'task', 'schema')}: a schema belongs to kind 'extract'; remove it")
    if parsed.current == "traces":
        raise InvalidTask(
            f"{_where(document, 'current')}: a baseline from traces is not built yet; "
            "name the strategy that runs today, as {strategy: zero-shot}, or write none"
        )


def _data(parsed: TaskFile, document: Document, directory: Path) -> DataPaths:
    data = parsed.data
    if data.examples is None:
        if data.traces is not None:
            raise InvalidTask(
                f"{_where(document, 'data', 'traces')}: production traces are not read yet; "
                "give labelled examples in data.examples"
            )
        raise InvalidTask(f"{_where(document, 'data')}.examples: is missing; name a JSONL or CSV file")
    if data.traces is not None:
        pattern_inside(data.traces, where=_where(document, "data", "traces"))
    examples = path_inside(directory, data.examples, where=_where(document, "data", "examples"))
    corpus = None
    if data.corpus is not None:
        corpus = path_inside(directory, data.corpus, where=_where(document, "data", "corpus"))
    return DataPaths(examples, corpus, data.traces, data.dev_items, data.sealed_items)


def _targets(parsed: TaskFile) -> tuple[Target, ...]:
    """In the order of METRICS, each metric's overall target before its segments'."""
    targets: list[Target] = []
    for metric in METRICS:
        section = parsed.targets.get(metric)
        if section is None:
            continue
        if section.min is not None or section.max is not None:
            targets.append(Target(metric, section.min, section.max))
        targets += [
            Target(metric, section.segments[segment].min, section.segments[segment].max, segment)
            for segment in SEGMENTS
            if segment in section.segments
        ]
    return tuple(targets)


def _models(section: ModelsSection) -> ModelChoices:
    default = ModelChoices()
    generator: str | EndpointChoice = default.generator
    if isinstance(section.generator, EndpointSection):
        generator = EndpointChoice(section.generator.base_url, section.generator.model, section.generator.api_key_env)
    elif section.generator is not None:
        generator = section.generator
    return ModelChoices(generator, section.encoder or default.encoder)
