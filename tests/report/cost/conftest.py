"""A made-up year of the parcel company that exists nowhere: three strategies, amounts that a hand adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rung.decide.decision import Decision
from rung.economics.costs import AnnualCost, LineItem
from rung.economics.tco.analysis import (
    BreakEven,
    CostAnalysis,
    DriverRow,
    FlipThreshold,
    MeasureWorth,
    SampleWorth,
    Standing,
    TornadoBar,
)
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.report.cost.account import Account

TITLES = {"zero-shot": "Prompt only", "retrieval-prompt": "Retrieval and prompt", "lora": "Adapter"}


def usd(value: float, low: float, high: float, provenance: Provenance = Provenance.ASSUMED) -> Estimate:
    return Estimate(value, low, high, "USD", None, provenance, "made up")


def share(value: float) -> Estimate:
    return exact(value, "share", Provenance.MODELLED, "5,000 draws")


def cost(name: str, lines: dict[str, float], monthly: tuple[float, float, float], success: float) -> AnnualCost:
    """Three months; each line from a tenth below to a tenth above, the total from a fifth below to a fifth above."""
    items = tuple(
        LineItem(
            line,
            usd(value, 0.9 * value, 1.1 * value, Provenance.MEASURED if "calls" in line else Provenance.ASSUMED),
            f"how {line} is worked out",
        )
        for line, value in lines.items()
    )
    total = sum(lines.values())
    p90 = exact(1.15 * total, "USD", Provenance.ASSUMED, "5,000 draws")
    return AnnualCost(
        name,
        3,
        items,
        usd(total, 0.8 * total, 1.2 * total),
        p90,
        1,
        (),
        (),
        tuple(usd(one, 0.9 * one, 1.1 * one) for one in monthly),
        Estimate(success, 0.9 * success, 1.3 * success, "USD/outcome", None, Provenance.ASSUMED, "made up"),
        Estimate(24_000, 20_000, 27_000, "outcomes", None, Provenance.ASSUMED, "made up"),
    )


def row(name: str, low: float, mode: float, high: float, unit: str, **more: object) -> DriverRow:
    figure = Estimate(mode, low, high, unit, None, Provenance.ASSUMED, "prices of rung.yaml")
    found = DriverRow(name, f"what {name} is", figure, "bounds", "2026-11", f"prices.{name}", tuple(TITLES))
    return replace(found, **more)  # type: ignore[arg-type]


def bar(driver: str, at_low: float, at_high: float, against: str = "", base: float = 10_000.0) -> TornadoBar:
    low, high = (exact(one, "USD/hour", Provenance.ASSUMED, "x") for one in (25.0, 40.0))
    return TornadoBar("zero-shot", driver, low, high, at_low, at_high, base, against)


NOW = exact(10_000, "requests/month", Provenance.VALIDATED, "log")


WAGE = exact(30, "USD/hour", Provenance.ASSUMED, "prices of rung.yaml")


def flip(driver: str, at: Figure, to: str, because: str, *, within: bool, now: Estimate = NOW) -> FlipThreshold:
    return FlipThreshold(driver, "zero-shot", to, at, now, within, because, "above" if to else "")


def analysis() -> CostAnalysis:
    volume = Estimate(42_000, 21_000, 160_000, "requests/month", None, Provenance.MODELLED, "5,000 draws")
    return CostAnalysis(
        months=3,
        draws=5000,
        seed=7,
        objective="net_benefit",
        candidates=("zero-shot", "retrieval-prompt"),
        excluded={"lora": "annotation and adjudication cannot be priced"},
        best="zero-shot",
        break_even=(
            BreakEven("zero-shot", "retrieval-prompt", volume, 0.12, "Searched from 10 to 10,000,000 a month"),
            BreakEven("zero-shot", "lora", Missing("no draw crosses"), 1.0, "zero-shot is cheaper in every draw"),
        ),
        tornado=(
            bar("wage_usd_per_hour", 9_000, 13_000),
            bar("requests_per_month", 8_000, 15_000),
            bar("task_success[zero-shot]", 3_000, -1_000, "retrieval-prompt", 1_500),
        ),
        flips=(
            flip("peak_factor", Missing("not within 1 to 80"), "", "no value flips it", within=False),
            flip(
                "wage_usd_per_hour", exact(90, "USD/hour", Provenance.MODELLED, "x"), "retrieval-prompt",
                "The decision flips to retrieval-prompt when wage_usd_per_hour > 90 USD/hour (now 30)", within=False,
                now=WAGE,
            ),
            flip(
                "requests_per_month", volume, "retrieval-prompt",
                "The decision flips to retrieval-prompt when requests_per_month > 42,000 (now 10,000)", within=True,
            ),
        ),
        perfect_information_usd=usd(1_900, 1_700, 2_100, Provenance.MODELLED),
        worth_measuring=(
            MeasureWorth("task_success[zero-shot]", usd(1_200, 900, 1_500, Provenance.MODELLED), "rung run zero-shot"),
            MeasureWorth("requests_per_month", usd(300, 0, 500, Provenance.MODELLED), "rung ingest FILE"),
        ),
        samples=(
            SampleWorth(
                200, usd(850, 700, 1_000), usd(400, 300, 500),
                "A 200-item evaluation first is worth USD 850 and costs USD 400",
            ),
        ),
        drivers=DRIVERS,
        standings=(
            Standing("zero-shot", share(0.62), share(0.9), usd(120, 90, 160, Provenance.MODELLED)),
            Standing("retrieval-prompt", share(0.81), share(0.1), usd(900, 700, 1_100, Provenance.MODELLED)),
            Standing("lora", Missing("no cost"), Missing("no cost"), Missing("no cost")),
        ),
        notes=("Corrections are drawn independently of volume.",),
        in_question=("zero-shot", "retrieval-prompt"),
        feasible_information_usd=usd(640, 500, 800, Provenance.MODELLED),
    )  # fmt: skip


DRIVERS = (
    row("requests_per_month", 8_000, 10_000, 14_000, "requests/month", ends="p5_p95", remedy="rung ingest FILE"),
    row("wage_usd_per_hour", 25, 30, 40, "USD/hour"),
    row(
        "task_success[zero-shot]", 0.7, 0.78, 0.85, "share", ends="p5_p95", remedy="rung run STRATEGY",
        strategies=("zero-shot",),
    ),
    row("utilisation_cap", 0.65, 0.65, 0.65, "share", ends="fixed", remedy="drivers.utilisation_cap", as_of=""),
)  # fmt: skip


@pytest.fixture
def account() -> Account:
    """Everything that can be told, for three months. Lines of zero-shot: 2,000.4 + 7,000.4 + 1,000.4 = 10,001.2."""
    light = cost(
        "zero-shot",
        {"build and integration": 2_000.4, "metered model calls": 7_000.4, "human correction": 1_000.4},
        (4_667.4, 2_666.9, 2_666.9),
        0.42,
    )
    heavier = cost(
        "retrieval-prompt",
        {
            "build and integration": 5_000.0,
            "metered model calls": 6_000.0,
            "retrieval index upkeep": 900.5,
            "human correction": 600.0,
        },
        (7_500.1, 2_500.2, 2_500.2),
        0.52,
    )
    unknown = Missing("the annotation budget is unknown", "set lifecycle.annotation_usd")
    open_ = AnnualCost(
        "lora",
        3,
        (
            LineItem("build and integration", usd(9_000, 8_000, 11_000), "weeks x rate"),
            LineItem("annotation and adjudication", unknown, "labels"),
        ),
        Missing("annotation and adjudication cannot be priced", "set lifecycle.annotation_usd"),
        Missing("annotation and adjudication cannot be priced", "set lifecycle.annotation_usd"),
        1,
        ("annotation and adjudication: the annotation budget is unknown",),
        cost_per_success_usd=unknown,
        accepted=Missing("lora was not evaluated", "rung run lora"),
    )
    return Account(
        name="parcels",
        months=3,
        costs=(light, heavier, open_),
        titles=TITLES,
        analysis=analysis(),
        drivers=DRIVERS,
        draws=5000,
        seed=7,
        not_run={"scratch": "", "encoder-head": "", "retrieval-lora": "it needs a corpus to retrieve from"},
        stated=("wage_usd_per_hour",),
        budget_usd=10_000,
        most_per_success_usd=0.6,
    )


@pytest.fixture
def bare() -> Account:
    """A year of one strategy without any analysis: what a record of an earlier version holds."""
    light = cost("zero-shot", {"build and integration": 30.25, "human correction": 12.5}, (35.0, 3.875, 3.875), 0.001)
    return Account("parcels", 3, (light,), TITLES, None, ())


@pytest.fixture
def hostile(account: Account) -> Account:
    """Names that try to steer a terminal, a document and a page."""
    name = "\x1b[31mred\u202e<script>alert(1)</script>|`#"
    found = account.analysis
    assert found is not None
    first, *others = account.costs
    bars = tuple(replace(one, driver=name) for one in found.tornado)
    return replace(
        account,
        name=name,
        costs=(replace(first, strategy=name, unknown=(name,)), *others),
        titles={**account.titles, name: name},
        drivers=tuple(replace(one, name=f"{name}{place}", meaning=name) for place, one in enumerate(account.drivers)),
        analysis=replace(found, tornado=bars, excluded={name: name}, notes=(name,), best=name),
        not_run={name: name},
    )


@pytest.fixture
def analysed_cost(decision: Decision) -> Decision:
    """A decision whose record holds the analysis of its cost."""
    return replace(decision, cost_analysis=analysis())
