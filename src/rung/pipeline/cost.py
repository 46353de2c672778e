"""What a year of each strategy costs, from what was measured already: `rung cost`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rung.decide.evidence import StrategyEvidence
from rung.decide.joint import analysis_of, barred_by
from rung.economics import AnnualCost, Simulation, annual_costs, cost_case, simulate, weeks_to_launch
from rung.economics.tco.analysis import CostAnalysis
from rung.economics.tco.case import CostCase
from rung.economics.tco.facts import StrategyFacts
from rung.economics.tco.simulate import DRAWS
from rung.errors import EndpointFailed, InvalidTask, ModelUnavailable, RungError, UsageError
from rung.estimate import Estimate
from rung.pipeline.models import third_party_weights
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.project import Project, opened
from rung.strategies.needs import unmet_needs
from rung.task.task import DriverChoice, Task

LONGEST_MONTHS = 120
FEWEST_DRAWS, MOST_DRAWS = 200, 200_000
MOST_CELLS = 4_000_000
"""Draws times months: beyond, the cash flow alone takes gigabytes."""
LARGEST = 1e15
"""No year of a strategy costs a quadrillion USD, and no driver is that large; beyond, sums lose their cents."""
COMMAND_LINE = "assumed (command line)"


@dataclass(frozen=True, slots=True)
class Priced:
    """The whole answer. `costs` by strategy in the order of the ladder, lightest first.

    `not_run` holds each strategy that was never measured with what it lacks here, "" where nothing but a run. `stated`
    are the drivers set for this call alone. `folder` is where the files go, `made_at` ISO 8601 in UTC.
    """

    task: Task
    simulation: Simulation
    costs: Mapping[str, AnnualCost]
    analysis: CostAnalysis
    titles: Mapping[str, str]
    not_run: Mapping[str, str]
    stated: tuple[str, ...]
    folder: Path
    made_at: str


def cost(
    task_file: Path,
    *,
    strategies: Sequence[str] = (),
    months: int | None = None,
    draws: int | None = None,
    stated: Sequence[DriverChoice] = (),
    observer: Observer | None = None,
) -> Priced:
    """A year (or `months`) of each strategy from its stored run and rung.yaml; nothing is measured.

    `strategies` prices these alone (without: those of rung.yaml), `draws` None is the usual number, `stated` sets
    drivers for this call.
    UsageError for a driver that cannot be set so, RungError where nothing was run and nothing can be priced.
    """
    draws = DRAWS if draws is None else draws
    _check_size(draws, months)
    with opened(task_file, observer or Silent(), also=strategies) as project:
        task = project.task if months is None else replace(project.task, months=months)
        _check_size(draws, task.months)
        project.observer.stage("economics", f"{task.months} months of each strategy, {draws:,} draws")
        facts, not_run = _facts(project)
        measured = {one.card.name: one.metrics for one in facts if one.metrics is not None}
        case = _case(task, facts, stated, project)
        chosen = frozenset(strategies) or project.wanted
        case = replace(case, models=tuple(one for one in case.models if one.strategy in chosen))
        _check_proportion(case)
        simulation = simulate(case, draws=draws)
        costs = annual_costs(simulation)
        barred = barred_by(task.constraints, (_evidence(task, one, costs) for one in facts if one.card.name in costs))
        priced = Priced(
            task,
            simulation,
            costs,
            analysis_of(simulation, measured, task.targets, task.flows, barred=barred),
            {card.name: card.title for card in project.cards},
            {name: because for name, because in not_run.items() if name in chosen},
            tuple(one.name for one in stated),
            project.directory / "costs",
            project.clock.now(),
        )
    for one in priced.costs.values():
        if isinstance(one.total_usd, Estimate) and abs(one.total_usd.high or one.total_usd.value) > LARGEST:
            raise RungError(
                f"{one.strategy} would cost USD {one.total_usd.value:.3g}, which is out of all proportion; a driver it "
                "rests on is wrong (rung cost --drivers lists them, drivers in rung.yaml sets them)"
            )
    if len(priced.not_run) == len(case.models) and not _any_total(priced.costs):
        raise RungError(_nothing_run(priced))
    return priced


def write_xlsx(priced: Priced, path: Path) -> None:
    """The same case as a workbook of live formulas. RungError when it cannot be written."""
    from rung.adapters.spreadsheet import WorkbookFacts, write_workbook

    facts = WorkbookFacts(priced.task.name, priced.made_at, priced.simulation.draws)
    case = priced.simulation.case
    told = tuple(one for one in case.models if one.strategy not in priced.not_run) or case.models
    read = frozenset[str]().union(*(case.used_by(one.strategy) for one in told))
    drivers = tuple(one for one in case.drivers if one.name in read)
    write_workbook(path, replace(case, models=told, drivers=drivers), priced.costs, facts)


def _check_size(draws: int, months: int | None) -> None:
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise UsageError(
            f"--draws must be {FEWEST_DRAWS:,} to {MOST_DRAWS:,}, got {draws:,}; fewer say nothing about a 5th "
            f"percentile, more change no digit that is shown ({DRAWS:,} without the option)"
        )
    if months is not None and not 1 <= months <= LONGEST_MONTHS:
        raise UsageError(f"--months must be 1 to {LONGEST_MONTHS}, got {months:,}")
    if months is not None and draws * months > MOST_CELLS:
        raise UsageError(
            f"{draws:,} draws of {months} months are too much for one go; take at most {MOST_CELLS // months:,}"
        )


def _facts(project: Project) -> tuple[list[StrategyFacts], dict[str, str]]:
    """What is known of every strategy of the ladder, and what those without a stored run wait for."""
    facts: list[StrategyFacts] = []
    not_run: dict[str, str] = {}
    for card in project.cards:
        unmet = unmet_needs(card, project.train, project.models)
        try:
            run = None if unmet else project.ladder.stored(card, project.split.dev, "dev")
        except (EndpointFailed, ModelUnavailable) as error:  # a judge that was stopped before its last verdict
            unmet, run = (f"its answers are not all judged: {error}",), None
        if run is None or not run.rows:
            not_run[card.name] = "; ".join(unmet)
            facts.append(project.ladder.cost_facts(card, None))
        else:
            facts.append(project.ladder.cost_facts(card, run, project.ladder.judged(card, run).metrics))
    return facts, not_run


def _evidence(task: Task, one: StrategyFacts, costs: Mapping[str, AnnualCost]) -> StrategyEvidence:
    """What the constraints are held against."""
    return StrategyEvidence(
        card=one.card,
        metrics=one.metrics,
        cost=costs[one.card.name],
        weeks_to_launch=weeks_to_launch(task, one.card, 0, one.fit_seconds),
        hosted=one.hosted,
        weights=third_party_weights(task, one.card),
    )


def _case(task: Task, facts: Sequence[StrategyFacts], stated: Sequence[DriverChoice], project: Project) -> CostCase:
    """The case with the drivers of rung.yaml, some of them replaced by those of the command line."""
    case = cost_case(task, facts, project.ladder.costs)
    if not stated:
        return case
    names = {one.name for one in stated}
    drivers = (*(one for one in task.drivers if one.name not in names), *stated)
    try:
        case = cost_case(replace(task, drivers=drivers), facts, project.ladder.costs)
    except InvalidTask as error:
        raise UsageError(f"--set {str(error).removeprefix('drivers.')}") from error
    marked = (replace(one, source=COMMAND_LINE) if one.name in names else one for one in case.drivers)
    return replace(case, drivers=tuple(marked))


def _check_proportion(case: CostCase) -> None:
    for one in case.drivers:
        if max(abs(one.low), abs(one.high)) > LARGEST:
            raise RungError(
                f"drivers: {one.name} is {one.low:g} to {one.high:g} {one.unit} ({one.source}), which is out of all "
                "proportion; correct it"
            )


def _any_total(costs: Mapping[str, AnnualCost]) -> bool:
    return any(isinstance(one.total_usd, Estimate) for one in costs.values())


def _nothing_run(priced: Priced) -> str:
    """One sentence, with the first command that would help."""
    runnable = [name for name, lacks in priced.not_run.items() if not lacks]
    if not runnable:
        return "no strategy can be priced: none of them can be run here; " + "; ".join(
            f"{name}: {because}" for name, because in priced.not_run.items()
        )
    return (
        "no strategy can be priced yet: none of those asked for was run in this project, and a price rests on what a "
        f"run measures; run: rung run {' '.join(runnable[:3])}"
    )
