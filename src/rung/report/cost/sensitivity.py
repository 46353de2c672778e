"""What each driver alone does, and at which value of it the choice changes."""

from __future__ import annotations

from collections.abc import Sequence

from rung.economics.tco.analysis import FlipThreshold, TornadoBar
from rung.estimate import Figure, Missing
from rung.report.cost.account import Account
from rung.report.cost.amounts import places_for, short, told
from rung.report.cost.part import Part, Table
from rung.report.figures import shown
from rung.report.words import sentence

BARS_SHOWN = 10
FLIPS_SHOWN = 12


def tornado(account: Account) -> Part:
    """A table a strategy: the drivers that move its amount most, set to their 10th and 90th percentile one by one."""
    groups = grouped(() if account.analysis is None else account.analysis.tornado)
    tables = tuple(_table(name, bars) for name, bars in groups.items())
    if not tables:
        return Part("tornado", "What moves it most")
    lead = (
        "One driver at its 10th and 90th percentile, all others at their mean; the widest first, in USD "
        "over the horizon (◐ modelled from the drivers as they stand).",
    )
    return Part("tornado", "What moves it most", lead, tables)


def grouped(bars: Sequence[TornadoBar]) -> dict[str, list[TornadoBar]]:
    """The bars by what they move, in words, the widest first."""
    groups: dict[str, list[TornadoBar]] = {}
    for bar in bars:
        name = f"lead of {bar.strategy} over {bar.against}" if bar.against else f"total of {bar.strategy}"
        groups.setdefault(name, []).append(bar)
    return {name: sorted(group, key=swing, reverse=True)[:BARS_SHOWN] for name, group in groups.items()}


def swing(bar: TornadoBar) -> float:
    """How far apart the two amounts are, in USD."""
    return abs(bar.usd_at_high - bar.usd_at_low)


def _table(name: str, bars: Sequence[TornadoBar]) -> Table:
    places = places_for([one for bar in bars for one in (bar.usd_at_low, bar.usd_at_high)])
    rows = tuple(
        (
            bar.driver,
            f"{in_short(bar.driver_low)}: {told(bar.usd_at_low, places)}",
            f"{in_short(bar.driver_high)}: {told(bar.usd_at_high, places)}",
            told(swing(bar), places),
        )
        for bar in bars
    )
    base = told(bars[0].usd_base, places) if bars else "0"
    head = ("Driver", "At its P10: USD", "At its P90: USD", "Apart")
    return Table(f"{name[:1].upper()}{name[1:]}; USD {base} with every driver at its mean", head, rows, captioned=True)


def in_short(figure: Figure) -> str:
    """The value without its unit, which stands in the table of drivers; here it would push the amounts off the page."""
    return shown(figure).value.removeprefix("USD ").partition(" ")[0]


def flips(account: Account) -> Part:
    """A sentence for each threshold within its driver's range, a table of all, and how many drivers flip nothing."""
    found = () if account.analysis is None else account.analysis.flips
    at = [one for one in found if not isinstance(one.at, Missing)]
    never = len(found) - len(at)
    told_ = [sentence(one.because) for one in at if one.within_range]
    if at and not told_:
        told_.append("No threshold lies between the 5th and the 95th percentile of its driver.")
    rest = len(at) - FLIPS_SHOWN
    told_ += [f"And {rest:,} more thresholds, further off; the JSON document has them all."] if rest > 0 else []
    told_ += [f"{never:,} {_drivers(never)} the choice at no value that was searched."] if never else []
    return Part(
        "flips",
        "When the decision flips",
        _flips_lead(at),
        (_flip_table(at[:FLIPS_SHOWN]),) if at else (),
        tuple(told_),
    )


def _flips_lead(at: Sequence[FlipThreshold]) -> tuple[str, ...]:
    if not at:
        return ()
    return (
        f"Away from {at[0].from_strategy}, when one driver passes its threshold and all others stay at their mean.",
    )


def _flip_table(at: Sequence[FlipThreshold]) -> Table:
    rows = tuple(
        (
            one.driver,
            one.to_strategy,
            f"{one.side} {in_short(one.at)}".strip(),
            short(one.now),
            "yes" if one.within_range else "no",
        )
        for one in at
    )
    return Table("Thresholds", ("Driver", "Best is then", "When it is", "Likely", "In range"), rows)


def _drivers(count: int) -> str:
    return "driver changes" if count == 1 else "drivers change"
