"""Everything dev can tell: every strategy that may be tried is measured, analysed, priced and compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rung.pipeline.project import Project

from rung.decide.evidence import DevEvidence, NotRun, StrategyEvidence, ThirdPartyWeights
from rung.decide.procedure import choose_candidate, restricted_strategies
from rung.diagnose import Diagnosis, diagnose, weight_gates
from rung.economics import annual_cost, shared_drivers, weeks_to_launch
from rung.errors import ModelUnavailable
from rung.evaluate.compare import compare
from rung.evaluate.run import Run
from rung.pipeline.ladder import Measured, metered_usd_per_request
from rung.pipeline.models import names_of
from rung.strategies.contract import Card
from rung.strategies.needs import unmet_needs
from rung.task.task import EndpointChoice


@dataclass(slots=True)
class Bench:
    """What has been measured so far, by strategy name."""

    measured: dict[str, Measured] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    not_run: dict[str, tuple[NotRun, str]] = field(default_factory=dict)


def weigh(project: Project) -> DevEvidence:
    """Measures the ladder on dev: what runs today and the light strategies, their failures, then the others.

    With `strategies: auto`, strategies that update weights are tried only where no rule or guardrail forbids them
    and no lighter strategy already meets every target; a list in rung.yaml is measured as it stands.
    """
    bench = Bench()
    light = [card for card in project.cards if not card.updates_weights or card.family == "classical"]
    heavy = [card for card in project.cards if card not in light]
    project.observer.stage("evaluate", f"{len(project.split.dev)} dev items, strategies that leave the weights alone")
    _try(project, bench, light)
    project.observer.stage("diagnose", "why the light strategies fail")
    _diagnose(project, bench, light)
    if heavy:
        forbidden = _forbidden(project, bench, heavy)
        bench.not_run.update(forbidden)
        project.observer.stage("strategies", "fit and evaluate what the failure analysis and the list allow")
        _try(project, bench, [card for card in heavy if card.name not in forbidden])
        _diagnose(project, bench, heavy)
    project.observer.stage("latency", "one request at a time, warm")
    for card in project.cards:
        if card.name in bench.measured:
            _time(project, bench, card)
    project.observer.stage("economics", f"twelve months, {len(bench.measured)} strategies")
    return _evidence(project, bench)


def measure(project: Project, cards: Iterable[Card]) -> list[Measured]:
    """The named strategies on dev with latency and metrics, for a person who wants the figures and no decision."""
    bench = Bench()
    chosen = list(cards)
    project.observer.stage("evaluate", f"{len(project.split.dev)} dev items")
    _try(project, bench, chosen)
    for name, (_, because) in bench.not_run.items():
        project.observer.note(f"{name} was not run: {because}")
    for card in chosen:
        if card.name in bench.measured:
            _time(project, bench, card)
    return [bench.measured[card.name] for card in chosen if card.name in bench.measured]


def _try(project: Project, bench: Bench, cards: Iterable[Card]) -> None:
    for card in cards:
        if card.name not in project.wanted:
            bench.not_run[card.name] = ("not_chosen", "rung.yaml does not list it under strategies")
            continue
        unmet = unmet_needs(card, project.train, project.models)
        if unmet:
            bench.not_run[card.name] = ("not_runnable", "; ".join(unmet))
            project.observer.note(f"{card.name} was not run: {'; '.join(unmet)}")
            continue
        try:
            run = project.ladder.measure(card, project.split.dev, "dev")
        except ModelUnavailable as error:
            bench.not_run[card.name] = ("failed", str(error))
            project.observer.note(f"{card.name} failed: {error}")
            continue
        bench.measured[card.name] = project.ladder.judged(card, run)


def _time(project: Project, bench: Bench, card: Card) -> None:
    run = project.ladder.timed(card, bench.measured[card.name].run)
    bench.measured[card.name] = project.ladder.judged(card, run)


def _diagnose(project: Project, bench: Bench, cards: Iterable[Card]) -> None:
    for card in cards:
        if card.name in bench.measured:
            found = diagnose(
                bench.measured[card.name].run,
                corpus=project.train.corpus,
                labels=project.train.labels,
                flows=project.task.flows,
                train=project.train.examples,
            )
            bench.diagnoses[card.name] = found
            if found.sentences:
                project.observer.finished(card.name, found.sentences[0])


def _forbidden(project: Project, bench: Bench, heavy: list[Card]) -> dict[str, tuple[NotRun, str]]:
    """The heavier strategies that `auto` does not try, with the reason; none where the team gave a list."""
    if project.task.strategies is not None:
        return {}
    for card in project.cards:
        if card.name in bench.measured:
            _time(project, bench, card)
    so_far = _evidence(project, bench)
    choice = choose_candidate(so_far)
    if choice.candidate is not None:
        because = f"{choice.candidate} is lighter and meets every target on dev"
        return {card.name: ("skipped", because) for card in heavy if card.name != project.task.current}
    restricted = restricted_strategies(so_far)
    return {
        card.name: ("skipped", restricted[card.name])
        for card in heavy
        if card.name in restricted and card.name != project.task.current
    }


def _evidence(project: Project, bench: Bench) -> DevEvidence:
    drivers = shared_drivers(project.task)
    strategies, lighter = [], None
    current = bench.measured.get(project.task.current or "")
    for card in project.cards:
        measured = bench.measured.get(card.name)
        run = measured.run if measured else None
        fit_seconds = _fit_seconds(card, run)
        metered = metered_usd_per_request(run) if run and project.ladder.metered(card) else None
        not_run = bench.not_run.get(card.name, ("", "") if measured else ("skipped", "it was not tried yet"))
        strategies.append(
            StrategyEvidence(
                card=card,
                metrics=measured.metrics if measured else None,
                cost=annual_cost(
                    project.task,
                    card,
                    metrics=measured.metrics if measured else None,
                    latency=run.latency if run else None,
                    fit_seconds=fit_seconds,
                    drivers=drivers,
                    metered_usd_per_request=metered,
                ),
                weeks_to_launch=weeks_to_launch(project.task, card, 0, fit_seconds),
                hosted=project.ladder.hosted(card),
                weights=_third_party_weights(project, card),
                run_id=run.id if run else None,
                fit_seconds=run.fit_seconds if run else None,
                not_run=not_run[0],
                not_run_because=not_run[1],
                against_lighter=compare(run, lighter) if run and lighter else None,
                against_current=compare(run, current.run) if run and current and current.run is not run else None,
            )
        )
        lighter = run or lighter
    diagnoses = tuple(bench.diagnoses[card.name] for card in project.cards if card.name in bench.diagnoses)
    light = [card.name for card in project.cards if not card.updates_weights]
    return DevEvidence(
        task=project.task,
        strategies=tuple(strategies),
        diagnoses=diagnoses,
        gates=weight_gates(diagnoses, light=light),
        summary=project.summary,
        data=project.facts,
        models=names_of(project.models),
        machine=project.machine,
        made_at=project.clock.now(),
        stronger_model_measured=isinstance(project.task.models.generator, EndpointChoice),
        notes=project.notes,
    )


def _fit_seconds(card: Card, run: Run | None) -> float | None:
    return run.fit_seconds if run else None


def _third_party_weights(project: Project, card: Card) -> ThirdPartyWeights | None:
    """The weights of others that a strategy stands on; a server's model may be open or closed, nobody said."""
    if "generator" in card.needs and isinstance(project.task.models.generator, EndpointChoice):
        return None
    return "open" if {"generator", "encoder", "base"} & set(card.needs) else "none"
