"""What reopens a decision, in sentences."""

from __future__ import annotations

from rung.decide.decision import Decision, Trigger

TITLES = {
    "model_retirement": "Model retirement",
    "retraining_due": "Retraining due",
    "drift": "Drift",
    "price_change": "Price",
    "volume": "Volume",
    "statement_change": "Statement",
}
DATES = ("model_retirement", "retraining_due")


def trigger_sentence(trigger: Trigger) -> str:
    """`Price: machine_usd_per_hour below 0.55 USD/hour (why).`"""
    title = TITLES.get(trigger.name, trigger.name.replace("_", " ").capitalize())
    return f"{title}: {trigger.watch} {trigger.threshold} ({trigger.because})."


def trigger_sentences(decision: Decision, *names: str) -> tuple[str, ...]:
    """Every trigger of these names in the order of the record; of all names where none is given."""
    return tuple(trigger_sentence(one) for one in decision.reopen_when if not names or one.name in names)
