"""What the amounts are, and what is not in them."""

from __future__ import annotations

from rung.report.cost.account import Account
from rung.report.cost.part import Part
from rung.report.words import sentence

NOT_INCLUDED = (
    "Not in it: discounting, inflation, taxes, financing, exchange rates, overhead beyond the loaded salary, and the "
    "loss of business that a wrong answer may cause."
)


def scope_sentences(account: Account) -> tuple[str, ...]:
    """Currency, horizon, how it was drawn, what the ends of ranges are, and what is left out."""
    months = "month" if account.months == 1 else "months"
    told = [f"All amounts are nominal USD over {account.months} {months}, paid in the month in which they fall due."]
    if account.draws is not None and account.seed is not None:
        told.append(
            f"{account.draws:,} draws of every driver, seed {account.seed}: the same inputs give the same figures."
        )
    told.append(
        "Totals are medians; their ends are the 5th and 95th percentile of the draws, and a budget is tested with the "
        "90th. A driver's own ends are bounds that are never passed, or its 5th and 95th percentile; the table of "
        "drivers says which (rung cost --drivers)."
    )
    if account.stated:
        told.append(f"Set on the command line for this account alone: {', '.join(account.stated)}.")
    told.append(NOT_INCLUDED)
    return tuple(told)


def part(account: Account) -> Part:
    """The sentences, then what the analysis notes about itself."""
    notes = () if account.analysis is None else account.analysis.notes
    return Part("scope", "What these amounts are", after=(*scope_sentences(account), *map(_told, notes)))


def _told(note: str) -> str:
    return sentence(note[:1].upper() + note[1:])
