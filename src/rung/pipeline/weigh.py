"""Everything dev can tell: every strategy that may be tried is measured, analysed, priced and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rung.decide.evidence import DevEvidence, NotRun, StrategyEvidence
from rung.decide.procedure import choose_candidate, restricted_strategies
from rung.diagnose import Diagnosis, best_light, diagnose, weight_gates
from rung.diagnose.aids import Aids
from rung.diagnose.gates import NOT_ESTIMATED
from rung.diagnose.proof import Proof
from rung.economics import StrategyFacts, annual_costs, cost_case, simulate, weeks_to_launch
from rung.errors import ModelUnavailable, TrainingFailed
from rung.estimate import Estimate, Figure
from rung.evaluate.against_production import against_production
from rung.evaluate.compare import compare
from rung.evaluate.run import Comparison
from rung.evidence.readiness.leaks import GroupLeak
from rung.pipeline.analysis import full_diagnosis, target_of
from rung.pipeline.ladder import Measured
from rung.pipeline.models import names_of, third_party_weights
from rung.pipeline.project import Project
from rung.pipeline.proof import Ran, mended_by, proofs_of, table_of
from rung.pipeline.readiness import label_noise_of, leaks_of
from rung.strategies.contract import Card
from rung.strategies.needs import unmet_needs
from rung.task.task import EndpointChoice

ASKED_TO_DECIDE = frozenset({"context", "wordings"})
"""What the gates read; rung diagnose asks the rest."""


@dataclass(slots=True)
class Bench:
    """What has been measured so far, by strategy name."""

    measured: dict[str, Measured] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    not_run: dict[str, tuple[NotRun, str]] = field(default_factory=dict)
    noise: Figure = NOT_ESTIMATED
    leaks: tuple[GroupLeak, ...] = ()


def weigh(project: Project) -> DevEvidence:
    """Measures the ladder on dev: the strategies that leave the weights alone, their failures, then the others.

    With `strategies: auto`, strategies that update weights are tried only where no rule or guardrail forbids them
    and no lighter strategy already meets every target; a list in rung.yaml is measured as it stands.
    """
    bench = Bench()
    # A driver that is stated wrongly is said before hours of fitting, not after.
    cost_case(project.task, _cost_facts(project, bench), project.ladder.costs)
    light = [card for card in project.cards if not card.updates_weights]
    # The baseline that every other strategy is held against is measured even where it may not be recommended.
    baseline = [card for card in project.cards if card.updates_weights and card.family == "classical"]
    heavy = [card for card in project.cards if card not in (*light, *baseline)]
    project.observer.stage("evaluate", f"{len(project.split.dev)} dev items, strategies that leave the weights alone")
    _try(project, bench, light)
    project.observer.stage("diagnose", "why the light strategies fail")
    bench.noise = label_noise_of(project.task.directory, project.evidence, project.task)
    bench.leaks = leaks_of(project.task.directory, project.evidence, project.task)
    _diagnose(project, bench, light)
    _ask_why(project, bench, light)
    project.observer.stage("strategies", "fit and evaluate what the failure analysis and the list allow")
    _try(project, bench, baseline)
    _diagnose(project, bench, baseline)
    for card in heavy:
        forbidden = _forbidden(project, bench, card)
        if forbidden:
            bench.not_run[card.name] = ("skipped", forbidden)
            project.observer.note(f"{card.name} was not tried: {forbidden}")
        else:
            _try(project, bench, [card])
            _diagnose(project, bench, [card])
    project.observer.stage("latency", "one request at a time, warm")
    _time_all(project, bench)
    project.observer.stage("economics", "twelve months of each strategy")
    return _evidence(project, bench)


def measure(project: Project, cards: Iterable[Card], *, timed: bool = True) -> list[Measured]:
    """The named strategies on dev with their metrics, for a person who wants the figures and no decision.

    `timed` False leaves the latency pass out.
    """
    bench = Bench()
    chosen = list(cards)
    project.observer.stage("evaluate", f"{len(project.split.dev)} dev items")
    _try(project, bench, chosen)
    for name, (_, because) in bench.not_run.items():
        project.observer.note(f"{name} was not run: {because}")
    if timed:
        _time_all(project, bench)
    return [bench.measured[card.name] for card in chosen if card.name in bench.measured]


def _try(project: Project, bench: Bench, cards: Iterable[Card]) -> None:
    for card in cards:
        if card.name not in project.wanted:
            bench.not_run[card.name] = ("not_chosen", "not listed under strategies in rung.yaml")
            continue
        unmet = unmet_needs(card, project.train, project.models)
        if unmet:
            bench.not_run[card.name] = ("not_runnable", "; ".join(unmet))
            project.observer.note(f"{card.name} was not run: {'; '.join(unmet)}")
            continue
        try:
            run = project.ladder.measure(card, project.split.dev, "dev")
        except (ModelUnavailable, TrainingFailed) as error:
            bench.not_run[card.name] = ("failed", str(error))
            project.observer.note(f"{card.name} failed: {error}")
            continue
        bench.measured[card.name] = project.ladder.judged(card, run)


def _time_all(project: Project, bench: Bench) -> None:
    """The latency pass of everything measured that has none yet.

    A strategy that was stopped because it misses a target is not timed: a hundred more calls would change nothing.
    """
    for card in project.cards:
        measured = bench.measured.get(card.name)
        if measured is None or measured.run.latency is not None:
            continue
        if measured.run.race is None or measured.run.race.settled == "meets":
            bench.measured[card.name] = project.ladder.judged(card, project.ladder.timed(card, measured.run))


def _diagnose(project: Project, bench: Bench, cards: Iterable[Card]) -> None:
    for card in cards:
        if card.name in bench.measured and bench.measured[card.name].run.rows:
            found = diagnose(
                bench.measured[card.name].run,
                corpus=project.train.corpus,
                labels=project.train.labels,
                flows=project.task.flows,
                train=project.train.examples,
                kind=project.task.kind,
                multi_label=project.task.multi_label,
                aids=Aids(noise=bench.noise, target=target_of(project.task)),
            )
            bench.diagnoses[card.name] = found
            if found.sentences:
                project.observer.finished(card.name, found.sentences[0])


def _ask_why(project: Project, bench: Bench, light: Iterable[Card]) -> None:
    """Asks the best of the light strategies, whose gap the gates look at, why it fails: with the right passages, and in
    other words. No further question is put to a model where no gate could matter: the target is reached, or nothing
    that updates weights is to be tried; nor where the evaluation was stopped early to save calls."""
    best = best_light(tuple(bench.diagnoses.values()), light=[card.name for card in light])
    if best is None or not best.failures:
        return
    card = next(card for card in project.cards if card.name == best.strategy)
    run = bench.measured[card.name].run
    short = isinstance(best.gap, Estimate) and best.gap.value > 0
    weights = any(
        one.updates_weights and one.name in project.wanted and not unmet_needs(one, project.train, project.models)
        for one in project.cards
    )
    asked = ASKED_TO_DECIDE if short and weights and run.race is None else frozenset()
    bench.diagnoses[card.name] = full_diagnosis(project, card, run, noise=bench.noise, questions=asked)


def _forbidden(project: Project, bench: Bench, card: Card) -> str:
    """Why `auto` does not try a strategy that updates weights, on the evidence so far; "" when it may be tried.

    Asked anew before each one, because what the last one showed may open or close the next. A list in rung.yaml
    is the team's own choice, and what runs today is always measured.
    """
    if project.task.strategies is not None or card.name not in project.wanted or card.name == project.task.current:
        return ""
    _time_all(project, bench)
    so_far = _evidence(project, bench)
    candidate = choose_candidate(so_far).candidate
    if candidate is not None:
        return f"{candidate} is lighter and meets every target on dev"
    return restricted_strategies(so_far).get(card.name, "")


def _evidence(project: Project, bench: Bench) -> DevEvidence:
    simulation = simulate(cost_case(project.task, _cost_facts(project, bench), project.ladder.costs))
    costs = annual_costs(simulation)
    strategies, lighter = [], None
    current = bench.measured.get(project.task.current or "")
    for card in project.cards:
        measured = bench.measured.get(card.name)
        run = measured.run if measured else None
        fit_seconds = run.fit_seconds if run else None
        not_run = bench.not_run.get(card.name, ("", "") if measured else ("skipped", "it was not tried yet"))
        strategies.append(
            StrategyEvidence(
                card=card,
                metrics=measured.metrics if measured else None,
                cost=costs[card.name],
                weeks_to_launch=weeks_to_launch(project.task, card, 0, fit_seconds),
                hosted=project.ladder.hosted(card),
                weights=third_party_weights(project.task, card),
                run_id=run.id if run else None,
                fit_seconds=fit_seconds,
                not_run=not_run[0],
                not_run_because=not_run[1],
                against_lighter=compare(run, lighter) if run and lighter else None,
                against_current=_against_current(project, measured, current),
            )
        )
        lighter = run or lighter
    diagnoses = tuple(bench.diagnoses[card.name] for card in project.cards if card.name in bench.diagnoses)
    ran = [(card, bench.measured[card.name].run) for card in project.cards if card.name in bench.measured]
    light = [card.name for card in project.cards if not card.updates_weights]
    return DevEvidence(
        task=project.task,
        strategies=tuple(strategies),
        diagnoses=diagnoses,
        gates=weight_gates(
            diagnoses,
            light=light,
            noise=bench.noise,
            leaks=bench.leaks,
            proprietary_tokens=project.task.moat.proprietary_tokens,
            mended_by=mended_by(project.cards),
        ),
        summary=project.summary,
        data=project.facts,
        models=names_of(project.models, roles=_roles(project, bench)),
        machine=project.machine,
        made_at=project.clock.now(),
        production=project.production,
        proofs=_proofs(diagnoses, light, ran),
        two_by_two=table_of(ran, project.task.kind),
        notes=_stopped_early(bench),
        stronger_model_measured=isinstance(project.task.models.generator, EndpointChoice)
        and "generator" in _roles(project, bench),
        simulation=simulation,
    )


def _cost_facts(project: Project, bench: Bench) -> list[StrategyFacts]:
    """What is known of the price of every strategy, those that were not measured too."""
    facts = []
    for card in project.cards:
        measured = bench.measured.get(card.name)
        run, metrics = (measured.run, measured.metrics) if measured else (None, None)
        facts.append(project.ladder.cost_facts(card, run, metrics))
    return facts


def _proofs(diagnoses: Sequence[Diagnosis], light: Sequence[str], ran: Sequence[Ran]) -> tuple[Proof, ...]:
    """What every strategy that stands above the best light one did to its failures."""
    best = best_light(diagnoses, light=light)
    if best is None:
        return ()
    before = next(run for card, run in ran if card.name == best.strategy)
    others = [(card, run) for card, run in ran if card.name not in light]
    return proofs_of(before, best, others)


def _stopped_early(bench: Bench) -> tuple[str, ...]:
    """A sentence for each evaluation that ended before all items were asked, and what it leaves open."""
    return tuple(
        f"{name} was stopped early: {measured.run.race.because}. Its cost, correction rate and comparisons rest on the "
        "items asked, whose number depended on the outcomes."
        for name, measured in bench.measured.items()
        if measured.run.race is not None
    )


def _against_current(project: Project, measured: Measured | None, current: Measured | None) -> Comparison | None:
    """The strategy against what runs today: item by item, or as two shares where only a log shows it."""
    if measured is None:
        return None
    if project.production is not None:
        metrics = project.production.metrics
        return None if metrics is None else against_production(measured.run.strategy, measured.metrics, metrics)
    return compare(measured.run, current.run) if current is not None and current.run is not measured.run else None


def _roles(project: Project, bench: Bench) -> frozenset[str]:
    """The roles in which a model was asked or tuned: the verdict speaks for these models and no others."""
    kind = project.task.kind
    return frozenset(need for card in project.cards if card.name in bench.measured for need in card.needs_for(kind))
