"""Which is the lightest strategy that is enough: the decision and its record."""

from rung.decide.decision import Decision, SealedOpening
from rung.decide.evidence import DataFacts, DevEvidence, SealedEvidence, StrategyEvidence
from rung.decide.procedure import CandidateChoice, choose_candidate, conclude, restricted_strategies
from rung.decide.record import from_json, to_json

__all__ = [
    "CandidateChoice",
    "DataFacts",
    "Decision",
    "DevEvidence",
    "SealedEvidence",
    "SealedOpening",
    "StrategyEvidence",
    "choose_candidate",
    "conclude",
    "from_json",
    "restricted_strategies",
    "to_json",
]
