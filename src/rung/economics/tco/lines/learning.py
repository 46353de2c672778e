"""Labels, training, and training again."""

from __future__ import annotations

from rung.economics.assumptions import DAYS_PER_MONTH
from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Floor, Formula, Month
from rung.economics.tco.lines.people import engineer_hour


def annotation(ask: Asker) -> Formula:
    """The stated budget of twelve months, in the first month of each year: what is trained again needs new labels. Or,
    where rung.yaml states the labels instead, in the first month alone, the people who make, repeat and settle them.

    Labels x minutes x wage x (1 + labelled twice + adjudicated).
    """
    if not ask.is_stated("labels_to_collect"):
        return ask("annotation_usd") * _begins_a_year()
    times = 1.0 + (ask("second_label_share") + ask("adjudicated_share"))
    usd = ask("labels_to_collect") * ask("label_minutes") / 60.0 * ask("wage_usd_per_hour") * times
    return usd * Floor(1.0 / Month())


def _begins_a_year() -> Formula:
    """1 in months 1, 13, 25 and so on, and 0 in all others."""
    return Floor((Month() + 11.0) / 12.0) - Floor((Month() + 10.0) / 12.0)


def training(ask: Asker) -> Formula:
    """Machine hours of all fits before the first release, failed ones too."""
    return ask("fit_hours") * ask("training_runs") * ask("machine_usd_per_hour")


def retraining(ask: Asker) -> Formula:
    """Fits and an engineer's hours, as often as it falls due in the month."""
    return retrainings_due(ask) * (training(ask) + ask("retrain_hours") * engineer_hour(ask))


def retrainings_due(ask: Asker) -> Formula:
    """How many retrainings fall into the month: one each time another `retrain_every_days` have passed."""
    every = ask("retrain_every_days")
    return Floor(Month() * DAYS_PER_MONTH / every) - Floor((Month() - 1.0) * DAYS_PER_MONTH / every)
