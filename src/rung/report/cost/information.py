"""What it would be worth to know more before choosing, and what to measure next."""

from __future__ import annotations

from rung.estimate import Missing
from rung.report.cost.account import Account
from rung.report.cost.amounts import roughly
from rung.report.cost.part import Part, Table
from rung.report.figures import show
from rung.report.words import sentence

DRIVERS_SHOWN = 10


def part(account: Account) -> Part:
    """EVPI, the drivers worth most to know (EVPPI), and evaluations of further items (EVSI)."""
    found = account.analysis
    if found is None:
        return Part("information", "What to measure next")
    exact = found.perfect_information_usd
    if isinstance(exact, Missing):
        lead = [f"What it would be worth to know more before choosing is unknown: {sentence(exact.because)}"]
    else:
        lead = [f"To know every driver exactly before choosing would be worth {show(exact)}."]
    if len(found.in_question) > 1 and found.feasible_information_usd is not None:
        lead.append(
            "To know which one is the best that meets every target would be worth "
            f"{show(found.feasible_information_usd)}."
        )
    rows = tuple((one.driver, roughly(one.usd), one.remedy or "–") for one in found.worth_measuring[:DRIVERS_SHOWN])
    head = ("Driver", "Worth, USD", "Measured by")
    tables = (Table("Worth of knowing one driver exactly", head, rows),) if rows else ()
    rest = len(found.worth_measuring) - DRIVERS_SHOWN
    after = [sentence(one.because[:1].upper() + one.because[1:]) for one in found.samples]
    after += [f"And {rest:,} more drivers, worth less."] if rest > 0 else []
    return Part("information", "What to measure next", tuple(lead), tables, tuple(after))
