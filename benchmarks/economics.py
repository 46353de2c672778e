"""How fast a year of eight strategies is drawn, over every line there is.

python benchmarks/economics.py [runs, 7 unless given]

Eight made-up strategies of all families over twelve months, two of them on a hosted model, five with an index. Volume
and token prices change from month to month, which is the dearest case: machines are counted anew in every month. One
run comes first and is not counted. Seconds are of the wall clock and of the process: on a busy machine the second says
more.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rung.economics import SharedFacts, StrategyFacts, TokenPrice, annual_costs, cost_case, simulate
from rung.economics.tco import CostCase
from rung.economics.tco.analyse import analyse
from rung.economics.tco.benefit import benefit, objective_of
from rung.economics.tco.information import partial_information
from rung.estimate import Estimate, Provenance
from rung.evaluate.run import Latency, Metrics, Timed
from rung.strategies.contract import Card, Family
from rung.task.task import DataPaths, DriverChoice, Flow, Lifecycle, Prices, Task

RUNS = 7
GOAL_SECONDS = {5_000: 0.05, 100_000: 1.0}
FAMILIES: tuple[Family, ...] = (
    *("pretrained",) * 4, "classical", "fine_tuned", "fine_tuned", "from_scratch",
)  # fmt: skip


def measured(value: float, unit: str) -> Estimate:
    """A figure that a run of 200 items might have given."""
    return Estimate(value, 0.95 * value, 1.05 * value, unit, 200, Provenance.MEASURED, "made up")


def strategy(number: int, family: Family) -> StrategyFacts:
    """A strategy that was measured in full; the first two are hosted and priced by the token."""
    hosted, index = number < 2, number % 2 == 1 or number == 0
    updates = family != "pretrained"
    card = Card(
        f"strategy-{number}", f"Strategy {number}", family, 10 * number, updates,
        ("index", "corpus") if index else ("prompt",),
        ("train_labels",) if updates else ("generator",),
        (1.0, 2.0, 4.0), "made up",
    )  # fmt: skip
    timed = tuple(Timed(40.0 * (number + 1) + item % 7, f"i{item}", f"g{item}") for item in range(100))
    success = measured(0.70 + 0.03 * number, "share")
    flows = {name: {"task_success": success} for name in ("web", "app")}
    return StrategyFacts(
        card,
        Metrics({"task_success": success}, {}, dict(flows)),  # type: ignore[arg-type]
        Latency(timed, "made up", "2026-01-01T00:00:00Z"),
        120.0 * number if updates else None,
        measured(0.002, "USD/request") if hosted else None,
        measured(900.0, "tokens/request"),
        measured(60.0, "tokens/request"),
        hosted,
    )


def made_up_case() -> CostCase:
    """Eight strategies over every line that any of them has."""
    task = Task(
        "made-up", "classify", Path(), DataPaths(None),
        flows=(Flow("web", 300_000, 1.0, 3.0, 0.5, 0.05), Flow("app", 100_000, 2.0, 4.0, 0.6, 0.02)),
        lifecycle=Lifecycle(8_000, 90, "x"),
        prices=Prices(30.0, 0.1),
        drivers=(
            DriverChoice("volume_growth_per_month", -0.02, 0.01, 0.05),
            DriverChoice("token_price_change_per_month", -0.05, -0.02, 0.0),
            DriverChoice("review_share", 0.0, 0.01, 0.05),
            DriverChoice("batch_share", 0.0, 0.1, 0.3),
            DriverChoice("cached_share", 0.0, 0.3, 0.6),
        ),
    )  # fmt: skip
    shared = SharedFacts(
        eval_items=400, index_entries=5_000, train_items=1_000, token_price=TokenPrice(0.4, 1.6, "made up"),
        today="2026-01-01T00:00:00Z",
    )  # fmt: skip
    return cost_case(task, [strategy(number, family) for number, family in enumerate(FAMILIES)], shared)


def median_seconds(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """(wall, process) seconds, medians over the runs."""
    work()
    wall, process = [], []
    for _ in range(runs):
        started, busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - started)
        process.append(time.process_time() - busy)
    return statistics.median(wall), statistics.median(process)


def knowing(case: CostCase, draws: int) -> Callable[[], object]:
    """What thirty drivers are worth to know, one by one, among eight strategies."""
    simulation = simulate(case, draws=draws)
    strategies = list(simulation.strategies)
    usd = benefit(simulation, strategies, objective_of(simulation, strategies)).usd
    drivers = [simulation.drivers[one.name] for one in case.drivers if not one.fixed][:30]
    return lambda: [partial_information(usd, values) for values in drivers]


def main() -> None:
    """Prints a line for each part."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    case = made_up_case()
    lines = sum(len(model.lines) for model in case.models)
    print(
        f"{len(case.models)} strategies, {lines} lines, {len(case.drivers)} drivers, {case.months} months, {runs} runs"
    )
    wall, process = median_seconds(made_up_case, runs)
    print(f"building the case            {wall:7.3f} s wall  {process:7.3f} s process")
    for draws, goal in GOAL_SECONDS.items():
        wall, process = median_seconds(lambda draws=draws: simulate(case, draws=draws), runs)  # type: ignore[misc]
        print(f"{draws:>7,} draws               {wall:7.3f} s wall  {process:7.3f} s process  (goal {goal:g} s)")
    for draws in GOAL_SECONDS:
        wall, process = median_seconds(knowing(case, draws), runs)
        print(f"worth of 30 drivers, {draws:>7,} {wall:7.3f} s wall  {process:7.3f} s process  (goal 2 s)")
    simulation = simulate(case)
    wall, process = median_seconds(lambda: analyse(simulation), runs)
    print(f"everything across strategies {wall:7.3f} s wall  {process:7.3f} s process")
    wall, process = median_seconds(lambda: annual_costs(simulation), runs)
    print(f"the years of {simulation.draws:,} draws     {wall:7.3f} s wall  {process:7.3f} s process")


if __name__ == "__main__":
    main()
