"""The rungs of the ladder: one folder a strategy, each behind the contract in `contract.py`."""

from __future__ import annotations

from rung.strategies.contract import Budget, Card, Checkpoint, Models, Strategy, TrainData
from rung.strategies.needs import unmet_needs
from rung.strategies.registry import all_cards, load_strategy, strategy_names

__all__ = [
    "Budget",
    "Card",
    "Checkpoint",
    "Models",
    "Strategy",
    "TrainData",
    "all_cards",
    "load_strategy",
    "strategy_names",
    "unmet_needs",
]
