"""From what is known to what is priced: the cost case of a task's strategies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rung.economics.tco.book import Asker, Book
from rung.economics.tco.case import CostCase, CostModel
from rung.economics.tco.facts import NOTHING_SHARED, SharedFacts, StrategyFacts
from rung.economics.tco.formula import Formula
from rung.economics.tco.lines import lines_of
from rung.economics.tco.lines.serving import machines
from rung.economics.tco.lines.traffic import accepted, value_usd
from rung.economics.tco.overrides import check_correlations, check_used
from rung.estimate import Missing
from rung.task.task import Task


def cost_case(task: Task, strategies: Iterable[StrategyFacts], shared: SharedFacts = NOTHING_SHARED) -> CostCase:
    """The lines of all strategies over their drivers; the horizon is `task.months`.

    Pure: the pipeline, `rung cost` and a page with sliders all call it. InvalidTask when `task.drivers` names a driver
    that no strategy uses, or states one in another unit or beyond what it can be; likewise for `task.correlations`.
    """
    book = Book(task, shared)
    models = tuple(_model(book, one) for one in strategies)
    check_used(task.drivers, book.asked)
    check_correlations(task.correlations, book.asked)
    return _case(book, models)


def one_strategy(task: Task, facts: StrategyFacts, shared: SharedFacts = NOTHING_SHARED) -> CostCase:
    """The case of one strategy alone. What `task` states for others is left out unchecked, correlations too."""
    book = Book(task, shared)
    return _case(book, (_model(book, facts),))


def _case(book: Book, models: tuple[CostModel, ...]) -> CostCase:
    """A driver that is not known yet cannot be drawn, so a correlation with it waits until it is."""
    task, drivers = book.task, book.drivers
    known = {one.name for one in drivers}
    pairs = tuple(pair for pair in task.correlations if {pair.first, pair.second} <= known)
    return CostCase(drivers, models, task.months, task.seed, pairs)


def _model(book: Book, facts: StrategyFacts) -> CostModel:
    def whole(part: Callable[[Asker], Formula]) -> Formula | Missing:
        ask = Asker(book, facts)
        return ask.settled(part(ask))

    return CostModel(
        facts.card.name,
        lines_of(lambda: Asker(book, facts)),
        whole(accepted),
        whole(value_usd),
        whole(machines),
    )
