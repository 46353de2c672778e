"""From which volume on another strategy is the cheaper one."""

from __future__ import annotations

from rung.report.cost.account import Account
from rung.report.cost.amounts import ranged
from rung.report.cost.part import Part, Table
from rung.report.words import sentence


def part(account: Account) -> Part:
    """A row a pair, with the share of draws that never cross."""
    found = () if account.analysis is None else account.analysis.break_even
    if not found:
        return Part("break_even", "Break-even volume")
    rows = tuple(
        (
            f"{one.second} for {one.first}",
            "never" if one.no_crossing >= 1.0 else ranged(one.requests_per_month),
            f"{one.no_crossing:.0%}",
        )
        for one in found
    )
    head = ("The second for the first", "Requests a month", "No crossing")
    lead = (
        "The monthly volume from which the second costs less than the first: the median and the range among the draws "
        "that cross, and the share of draws without such a volume; below stands which is the cheaper then.",
    )
    after = tuple(dict.fromkeys(sentence(one.because) for one in found if one.because))
    return Part("break_even", "Break-even volume", lead, (Table("Break-even volume", head, rows),), after)
