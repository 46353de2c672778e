"""What one more label costs, from the same drivers that a year's cost is worked out from."""

from __future__ import annotations

from rung.economics import SharedFacts, StrategyFacts
from rung.economics.tco.book import Book
from rung.economics.tco.driver import Driver
from rung.estimate import Estimate, Figure, Missing, weakest
from rung.strategies.contract import Card
from rung.task.task import Task

DRIVERS = ("label_minutes", "wage_usd_per_hour", "second_label_share", "adjudicated_share")


def label_usd(task: Task, card: Card) -> Figure:
    """USD a label: minutes x wage / 60 x (1 + labelled twice + adjudicated), as in the line of annotation.

    The ends take every driver at its low or at its high end. Missing where the wage is unknown: the annotation budget
    of `lifecycle.annotation_usd` is a sum, and says nothing of how many labels it buys.
    """
    book = Book(task, SharedFacts())
    found: dict[str, Driver] = {}
    for name in DRIVERS:
        _, driver = book.settle(name, StrategyFacts(card), None)
        if isinstance(driver, Missing):
            return Missing(f"the price of a label is unknown: {driver.because}", driver.remedy)
        found[name] = driver

    def at(end: str) -> float:
        minutes, wage, twice, settled = (float(getattr(found[name], end)) for name in DRIVERS)
        return minutes * wage / 60.0 * (1.0 + twice + settled)

    return Estimate(
        at("mode"),
        at("low"),
        at("high"),
        "USD per label",
        None,
        weakest(driver.provenance for driver in found.values()),
        "minutes x wage x (1 + labelled twice + adjudicated)",
        "every driver at its low or at its high end together",
    )
