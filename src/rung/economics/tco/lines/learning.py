"""Labels, training, and training again."""

from __future__ import annotations

from rung.economics.assumptions import DAYS_PER_MONTH
from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Floor, Formula, Month
from rung.economics.tco.lines.people import engineer_hour


def annotation(ask: Asker) -> Formula:
    """The stated budget; or, where rung.yaml states the labels instead, the people who make, repeat and settle them.

    Labels x minutes x wage x (1 + labelled twice + adjudicated).
    """
    if not ask.is_stated("labels_to_collect"):
        return ask("annotation_usd")
    times = 1.0 + (ask("second_label_share") + ask("adjudicated_share"))
    return ask("labels_to_collect") * ask("label_minutes") / 60.0 * ask("wage_usd_per_hour") * times


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
