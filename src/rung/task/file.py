"""The door: `rung.yaml` as a `Task`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rung.errors import InvalidTask
from rung.task.bounds import refuse_wrong_bounds
from rung.task.contradictions import refuse_contradictions
from rung.task.economy_sections import DriverSection
from rung.task.kind import refuse_foreign_keys
from rung.task.model_sections import ModelsSection
from rung.task.paths import path_inside, pattern_inside
from rung.task.problems import sentences
from rung.task.rules import generator_choice, read_rules
from rung.task.schema import CurrentSection, TaskFile
from rung.task.secrets import SECRET_KEYS
from rung.task.task import (
    METRICS,
    SEGMENTS,
    Constraints,
    Correlation,
    DataPaths,
    DriverChoice,
    Flow,
    Lifecycle,
    Moat,
    ModelChoices,
    Policy,
    Prices,
    Target,
    Task,
    Team,
    WarehouseChoice,
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
    refuse_wrong_bounds(parsed.targets, document)
    refuse_contradictions(parsed, document)
    refuse_foreign_keys(parsed, document)
    directory = path.resolve().parent
    rules = read_rules(parsed.task, document, directory)
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
        multi_label=parsed.task.multi_label,
        out_of_scope=parsed.task.out_of_scope,
        output_schema=rules.output_schema,
        answer=rules.answer,
        checks=rules.checks,
        judge=rules.judge,
        stop_early=parsed.evaluation.stop_early,
        current_traces=parsed.current == "traces",
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
        warehouse=None if parsed.warehouse is None else WarehouseChoice(**parsed.warehouse.model_dump()),
        prices=Prices(**parsed.prices.model_dump()),
        months=parsed.economics.months,
        drivers=_drivers(parsed),
        correlations=tuple(Correlation(pair.drivers[0], pair.drivers[1], pair.rank) for pair in parsed.correlations),
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


def _data(parsed: TaskFile, document: Document, directory: Path) -> DataPaths:
    data = parsed.data
    if data.examples is None and data.traces is None and parsed.warehouse is None:
        raise InvalidTask(
            f"{_where(document, 'data')}.examples: is missing; name a JSONL or CSV file of labelled items, or a "
            "production log in data.traces"
        )
    if data.traces is not None:
        pattern_inside(data.traces, where=_where(document, "data", "traces"))

    def path(key: str, written: str | None) -> Path | None:
        return None if written is None else path_inside(directory, written, where=_where(document, "data", key))

    return DataPaths(
        path("examples", data.examples), path("corpus", data.corpus), data.traces, data.dev_items, data.sealed_items
    )


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


def _drivers(parsed: TaskFile) -> tuple[DriverChoice, ...]:
    return tuple(
        DriverChoice(name, **value.model_dump())
        if isinstance(value, DriverSection)
        else DriverChoice(name, value, value, value)
        for name, value in parsed.drivers.items()
    )


def _models(section: ModelsSection) -> ModelChoices:
    default = ModelChoices()
    generator = default.generator if section.generator is None else generator_choice(section.generator)
    larger = None if section.larger is None else generator_choice(section.larger)
    return ModelChoices(generator, section.encoder or default.encoder, larger)
