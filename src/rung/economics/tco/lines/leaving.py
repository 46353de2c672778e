"""What a provider's model brings with it: it is retired one day, and data leaves to reach it."""

from __future__ import annotations

from datetime import date

from rung.economics.assumptions import DAYS_PER_MONTH
from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Floor, Formula, Month, Number, larger, smaller
from rung.economics.tco.lines.retrieval import KB_PER_GB
from rung.economics.tco.lines.traffic import requests


def migration(ask: Asker) -> Formula:
    """Moving to the next model: in the month in which today's is retired where that is known, else as often as models
    are retired in a year."""
    due = _retires_in(ask)
    times = ask("migrations_per_year") / 12.0 if due is None else _only_in(due)
    return times * ask("migration_weeks") * ask("engineer_week_usd")


def egress(ask: Asker) -> Formula:
    """Gigabytes that the requests send to the provider."""
    return requests(ask) * ask("transfer_kb_per_request") / KB_PER_GB * ask("egress_usd_per_gb")


def _retires_in(ask: Asker) -> int | None:
    """The month of the horizon, 1 for the first, in which the model retires (1 for a date that has passed); None where
    the date, or today, is not known. A stated number of migrations a year goes first."""
    ends, today = ask.task.lifecycle.model_retires_on, ask.book.shared.today
    if ends is None or today is None or ask.is_stated("migrations_per_year"):
        return None
    days = (date.fromisoformat(ends) - date.fromisoformat(today[:10])).days
    return max(1, int(days / DAYS_PER_MONTH) + 1)


def _only_in(month: int) -> Formula:
    """1 in that month and 0 in all others."""
    reached = smaller(Floor(Month() / float(month)), Number(1.0))
    passed = smaller(Floor(Month() / float(month + 1)), Number(1.0))
    return larger(reached - passed, Number(0.0))
