"""The charts of the account, each in a wide and a narrow form, by the part that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.economics.costs import AnnualCost
from rung.estimate import Estimate, Figure
from rung.report.cost.account import Account
from rung.report.cost.amounts import added_up, told
from rung.report.cost.sensitivity import grouped, in_short
from rung.report.cost.waterfall import shown_places
from rung.report.words import title_words

if TYPE_CHECKING:
    from rung.report.charts import Drawing

ROWS_PX = {"wide": 1080, "narrow": 350}
CURVE_PX = {"wide": 420, "narrow": 350}
MOST_STRATEGIES = 4
"""Of which a waterfall and a cash flow are drawn; the tables have all of them."""

Named = tuple[str, "list[Drawing]"]
"""What the drawing is of, and its wide and narrow form."""


def cost_drawings(account: Account, *, key: str = "cost") -> dict[str, list[Named]]:
    """By part: `waterfall`, `cash_flow`, `break_even`, `tornado`. `key` makes their ids unique in a page: lower-case
    letters, digits, hyphens."""
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):  # the tests of the charts check them against the schema
        return {
            "waterfall": _waterfalls(account, f"{key}-waterfall"),
            "cash_flow": _cash_flows(account, f"{key}-months"),
            "break_even": _break_even(account, f"{key}-volume"),
            "tornado": _tornados(account, f"{key}-tornado"),
        }


def drawn(account: Account) -> tuple[AnnualCost, ...]:
    """The strategies that are drawn: those the choice is between, the best first; without an analysis the lightest."""
    found = account.analysis
    wanted = [] if found is None else [*([found.best] if found.best else []), *found.in_question, *found.candidates]
    by_name = {one.strategy: one for one in account.priced}
    names = [name for name in dict.fromkeys([*wanted, *by_name]) if name in by_name]
    return tuple(by_name[name] for name in names[:MOST_STRATEGIES])


def _waterfalls(account: Account, key: str) -> list[Named]:
    from rung.report.charts import waterfall

    places = shown_places(account)
    found: list[Named] = []
    for number, one in enumerate(drawn(account)):
        known = {item.name: item.usd for item in one.items if isinstance(item.usd, Estimate)}
        amounts, total = added_up([usd.value for usd in known.values()], places)
        lines = [(title_words(name), float(usd), told(usd, places)) for name, usd in zip(known, amounts, strict=True)]
        title = f"Where the money goes: {account.title(one.strategy)}"
        forms = [
            waterfall(
                lines,
                total=("Total (median)", float(total), told(total, places)),
                title=title,
                key=f"{key}-{number}-{form}",
                width_px=px,
            )
            for form, px in ROWS_PX.items()
        ]
        found.append((account.title(one.strategy), forms))
    return found


def _cash_flows(account: Account, key: str) -> list[Named]:
    from rung.report.charts import cash_flow

    shown = [one for one in drawn(account) if one.monthly_usd]
    most = max((_highest(one.monthly_usd) for one in shown), default=0.0)
    return [
        (
            account.title(one.strategy),
            [
                cash_flow(
                    one.monthly_usd,
                    title=f"Month by month: {account.title(one.strategy)}",
                    most_usd=most,
                    key=f"{key}-{number}-{form}",
                    width_px=px,
                )
                for form, px in CURVE_PX.items()
            ],
        )
        for number, one in enumerate(shown)
    ]


def _highest(months: tuple[Figure, ...]) -> float:
    return max(
        (one.value if one.high is None else one.high for one in months if isinstance(one, Estimate)), default=0.0
    )


def _break_even(account: Account, key: str) -> list[Named]:
    from rung.report.charts import Crossing, break_even

    found = () if account.analysis is None else account.analysis.break_even
    if not found:
        return []
    rows = [Crossing(f"{one.second} for {one.first}", one.requests_per_month, one.no_crossing) for one in found]
    now = next((one.figure for one in account.drivers if one.name == "requests_per_month"), None)
    title = "Requests a month from which the second is the cheaper one"
    return [
        ("", [break_even(rows, now=now, title=title, key=f"{key}-{form}", width_px=px) for form, px in ROWS_PX.items()])
    ]


def _tornados(account: Account, key: str) -> list[Named]:
    from rung.report.charts import TornadoRow, tornado

    found: list[Named] = []
    groups = grouped(() if account.analysis is None else account.analysis.tornado)
    for number, (name, bars) in enumerate(groups.items()):
        rows = [
            TornadoRow(bar.driver, bar.usd_at_low, bar.usd_at_high, in_short(bar.driver_low), in_short(bar.driver_high))
            for bar in bars
        ]
        title = f"What moves the {name}"
        forms = [
            tornado(rows, base_usd=bars[0].usd_base, title=title, key=f"{key}-{number}-{form}", width_px=px)
            for form, px in ROWS_PX.items()
        ]
        found.append((f"{name[:1].upper()}{name[1:]}", forms))
    return found
