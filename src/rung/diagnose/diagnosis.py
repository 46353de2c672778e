"""What failure analysis found: the value that guardrails, decision and report read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rung.diagnose.abstention import Abstention
from rung.diagnose.capacity import Capacity
from rung.diagnose.causes import Cause
from rung.diagnose.classes import FailureClass
from rung.diagnose.context import Context
from rung.diagnose.contract import Contract
from rung.diagnose.gap import NO_GAP
from rung.diagnose.groundedness import Groundedness
from rung.diagnose.owner import Owner
from rung.diagnose.robustness import Robustness
from rung.diagnose.stages import Stage
from rung.diagnose.wordings import Wordings
from rung.diagnose.worth import Worth
from rung.estimate import Figure
from rung.task.task import Kind

Dimension = Literal["segment", "flow", "label", "field", "question"]
"""question: whether the corpus holds an answer to it."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Items of label `expected` answered `answered`; the ids lead back to the rows."""

    expected: str
    answered: str
    count: int
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """Failures of one outcome (`evaluate/judging/outcomes.py`), errors of form first. `share` is of all failures."""

    outcome: str
    sentence: str
    count: int
    share: Figure
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Failures within one part of the data. A field's items are those that expect or answer it, and its failures those
    where it is wrong."""

    dimension: Dimension
    value: str
    items: int
    failures: int
    failure_rate: Figure


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The failure analysis of one strategy on dev.

    `owed` maps each owner to its share of all failures (shares sum to 1 when there are failures, empty when
    there are none). `retrieval_recall` is recall@k of the passage naming the right label or holding the answer,
    Missing when the strategy retrieves nothing. `concentrated` is the share of failures (weighted by requests x value
    where the flows say so) in the worst fifth of slices, with what it was computed over in its source.
    `gap` is the target on task success less what was reached. `causes` come largest first. Each of the parts after
    them is one question of the analysis (docs/concepts/diagnosis.md); None: it was not asked. `absent` says of each
    question that this task or strategy cannot be asked why not.
    """

    strategy: str
    items: int
    failures: int
    slices: tuple[Slice, ...]
    confusions: tuple[Confusion, ...]
    owed: dict[Owner, Figure]
    retrieval_recall: Figure
    concentrated: Figure
    sentences: tuple[str, ...]
    error_classes: tuple[ErrorClass, ...] = ()
    kind: Kind = "classify"
    gap: Figure = NO_GAP
    causes: tuple[Cause, ...] = ()
    contract: Contract | None = None
    context: Context | None = None
    stages: tuple[Stage, ...] = ()
    wordings: Wordings | None = None
    capacity: Capacity | None = None
    classes: tuple[FailureClass, ...] = ()
    groundedness: Groundedness | None = None
    robustness: Robustness | None = None
    abstention: Abstention | None = None
    worth: Worth | None = None
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def largest_owner(self) -> Owner | None:
        """The owner of the largest share of the failures; None without failures."""
        known = [(figure.value, owner) for owner, figure in self.owed.items() if hasattr(figure, "value")]
        return max(known)[1] if known else None
