"""The drivers of a case as its lines ask for them: each settled once, from the best that is known."""

from __future__ import annotations

from dataclasses import replace

from rung.economics.assumptions import ASSUMED, ASSUMED_BY_FAMILY, Assumption
from rung.economics.tco.catalogue import CATALOGUE
from rung.economics.tco.driver import Driver, from_estimate
from rung.economics.tco.evidence_drivers import Found, found
from rung.economics.tco.facts import SharedFacts, StrategyFacts
from rung.economics.tco.formula import Driven, Formula
from rung.economics.tco.kind import Kind, base_name
from rung.economics.tco.overrides import stated_driver
from rung.estimate import Estimate, Missing, Provenance
from rung.task.task import Flow, Task


class Book:
    """Settles a driver at its first use: as stated under `drivers`, else from evidence and the rest of rung.yaml, else
    as assumed, else it is missing."""

    def __init__(self, task: Task, shared: SharedFacts) -> None:
        self.task = task
        self.shared = shared
        self._stated = {one.name: one for one in task.drivers}
        self._settled: dict[str, Driver | Missing] = {}

    @property
    def asked(self) -> frozenset[str]:
        """The full names of all drivers that a line read, known or not."""
        return frozenset(self._settled)

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """The known ones, shared ones first, in the order of the catalogue."""
        known = [one for one in self._settled.values() if isinstance(one, Driver)]
        place = {name: number for number, name in enumerate(CATALOGUE)}
        return tuple(sorted(known, key=lambda one: (one.strategy is not None, place[base_name(one.name)], one.name)))

    def is_stated(self, name: str) -> bool:
        """Whether rung.yaml states the driver of this full name."""
        return name in self._stated

    def settle(self, name: str, facts: StrategyFacts, flow: Flow | None) -> tuple[str, Driver | Missing]:
        """The full name, and the driver or why there is none. KeyError for a name that the catalogue lacks."""
        kind = CATALOGUE[name]
        card = facts.card
        full = kind.full_name(strategy=card.name, family=card.family, flow=flow.name if flow else "")
        if full not in self._settled:
            self._settled[full] = self._worked_out(kind, full, facts, flow)
        return full, self._settled[full]

    def _worked_out(self, kind: Kind, full: str, facts: StrategyFacts, flow: Flow | None) -> Driver | Missing:
        if full in self._stated:
            return stated_driver(kind, self._stated[full])
        known = found(kind.name, self.task, self.shared, facts, flow)
        if known is None:
            known = ASSUMED.get(kind.name) or ASSUMED_BY_FAMILY.get(kind.name, {}).get(facts.card.family)
        driver = _driver(kind, full, known)
        if isinstance(driver, Driver) and driver.source.startswith("prices.") and self.task.prices.as_of:
            return replace(driver, as_of=self.task.prices.as_of)
        return driver


def _driver(kind: Kind, full: str, known: Found | None) -> Driver | Missing:
    if known is None:
        return Missing(f"{full} is unknown", f"set drivers.{full}")
    if isinstance(known, Missing):
        return known
    if isinstance(known, Estimate):
        remedy = _once_more(kind, known) or f"drivers.{full}"
        known = replace(known, unit=kind.unit)
        return from_estimate(full, kind.meaning, known, least=kind.least, most=kind.most, remedy=remedy)
    return _assumed(kind, full, known)


def _once_more(kind: Kind, known: Estimate) -> str:
    """What would make a figure better known that is there already: the same run on the same items repeats it."""
    if kind.name in ("task_success", "task_success_by_flow") and known.n:
        return "more labelled items"
    if kind.name == "seconds_per_request" and known.provenance < Provenance.MEASURED:
        return f"{kind.remedy} on the machine of constraints.machine"
    return kind.remedy


def _assumed(kind: Kind, full: str, known: Assumption) -> Driver:
    return Driver(
        full, kind.meaning, kind.unit, known.low, known.mode, known.high, Provenance.ASSUMED, known.source,
        "bounds", kind.least, kind.most, known.as_of, remedy=kind.remedy or f"drivers.{full}",
    )  # fmt: skip


class Asker:
    """What a line's formula asks: `ask("wage_usd_per_hour")` is the driver, and what is unknown is kept in `gaps`."""

    def __init__(self, book: Book, facts: StrategyFacts) -> None:
        self.book = book
        self.facts = facts
        self.gaps: list[Missing] = []

    @property
    def task(self) -> Task:
        """The task that is priced."""
        return self.book.task

    def __call__(self, name: str, flow: Flow | None = None) -> Formula:
        """The driver of this name: this strategy's, family's or flow's own where it belongs to one."""
        full, driver = self.book.settle(name, self.facts, flow)
        if isinstance(driver, Missing):
            self.gaps.append(driver)
        return Driven(full)

    def is_stated(self, name: str, flow: Flow | None = None) -> bool:
        """Whether rung.yaml states this driver."""
        card = self.facts.card
        full = CATALOGUE[name].full_name(strategy=card.name, family=card.family, flow=flow.name if flow else "")
        return self.book.is_stated(full)

    def settled(self, formula: Formula) -> Formula | Missing:
        """The formula, or all that it lacks in one value."""
        if not self.gaps:
            return formula
        because = "; ".join(dict.fromkeys(gap.because for gap in self.gaps))
        return Missing(because, "; ".join(dict.fromkeys(gap.remedy for gap in self.gaps if gap.remedy)))
