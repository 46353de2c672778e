"""What is wanted: the values that `rung.yaml` declares, and the protocols a strategy is built on.

The readers live in `rung.task.file` and `rung.task.scaffold`, apart from this door: they load pydantic, which
`rung --help` can do without.
"""

from rung.task.example import CorpusEntry, Example, content_hash
from rung.task.targets import targets_hash
from rung.task.task import (
    METRICS,
    SEGMENTS,
    Constraints,
    DataPaths,
    EndpointChoice,
    Flow,
    Lifecycle,
    Metric,
    Moat,
    ModelChoices,
    Policy,
    Prices,
    Segment,
    Target,
    Task,
    Team,
)

__all__ = [
    "METRICS",
    "SEGMENTS",
    "Constraints",
    "CorpusEntry",
    "DataPaths",
    "EndpointChoice",
    "Example",
    "Flow",
    "Lifecycle",
    "Metric",
    "Moat",
    "ModelChoices",
    "Policy",
    "Prices",
    "Segment",
    "Target",
    "Task",
    "Team",
    "content_hash",
    "targets_hash",
]
