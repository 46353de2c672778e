"""Engineers' time: building, owning, and looking after what runs."""

from __future__ import annotations

from rung.economics.assumptions import HOURS_PER_WEEK, WEEKS_PER_MONTH
from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Formula


def engineer_hour(ask: Asker) -> Formula:
    """USD of a loaded engineer hour."""
    return ask("engineer_week_usd") / HOURS_PER_WEEK


def integration(ask: Asker) -> Formula:
    """Building it in, once."""
    return ask("integration_weeks") * ask("engineer_week_usd")


def ownership(ask: Asker) -> Formula:
    """A share of a loaded salary, each month."""
    return ask("owner_share") * ask("engineer_week_usd") * WEEKS_PER_MONTH


def safety(ask: Asker) -> Formula:
    """Safety evaluation and red team, spread over the year."""
    return _weeks(ask, "safety_weeks_per_year")


def governance(ask: Asker) -> Formula:
    """Documents, reviews and audits, spread over the year; more of them under a strict audit."""
    usual = _weeks(ask, "governance_weeks_per_year")
    return usual * ask("strict_audit_factor") if ask.task.constraints.audit == "strict" else usual


def data_pipeline(ask: Asker) -> Formula:
    """The pipeline of training data of a model of one's own."""
    return _weeks(ask, "data_pipeline_weeks_per_year")


def serving_operations(ask: Asker) -> Formula:
    """Running the serving of a model that nobody else serves."""
    return _weeks(ask, "serving_weeks_per_year")


def incidents(ask: Asker) -> Formula:
    """Incidents of the month by an engineer's hours for each."""
    return ask("incidents_per_year") / 12.0 * ask("incident_hours") * engineer_hour(ask)


def evaluation_work(ask: Asker) -> Formula:
    """Keeping the eval set and reading its results."""
    return _weeks(ask, "evaluation_weeks_per_year")


def observability_work(ask: Asker) -> Formula:
    """Traces, dashboards and alarms."""
    return _weeks(ask, "observability_weeks_per_year")


def _weeks(ask: Asker, name: str) -> Formula:
    return ask(name) / 12.0 * ask("engineer_week_usd")
