"""How good is one strategy, and which of two is better?"""

from rung.evaluate.cache_key import corpus_hash, examples_hash, predictor_identity, run_id
from rung.evaluate.latency import Clock, measure_latency, with_latency
from rung.evaluate.run import Comparison, Latency, Metrics, Row, Run, SplitName
from rung.evaluate.runner import Progress, evaluate
from rung.evaluate.store import Event, RunStore

__all__ = [
    "Clock",
    "Comparison",
    "Event",
    "Latency",
    "Metrics",
    "Progress",
    "Row",
    "Run",
    "RunStore",
    "SplitName",
    "corpus_hash",
    "evaluate",
    "examples_hash",
    "measure_latency",
    "predictor_identity",
    "run_id",
    "with_latency",
]
