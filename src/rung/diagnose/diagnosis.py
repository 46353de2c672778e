"""What failure analysis found: the value that guardrails, decision and report read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.estimate import Figure

Owner = Literal["retrieval", "orchestration", "data_hygiene", "model"]
"""Who owns a failure. retrieval: the passage that names the right label was not retrieved. orchestration: no
valid label came back. data_hygiene: the same text stands with another label. model: everything else."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Items of label `expected` answered `answered`; the ids lead back to the rows."""

    expected: str
    answered: str
    count: int
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Failures within one part of the data: a segment, a flow or a label."""

    dimension: Literal["segment", "flow", "label"]
    value: str
    items: int
    failures: int
    failure_rate: Figure


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """First failure analysis of one strategy on dev.

    `owed` maps each owner to its share of all failures (shares sum to 1 when there are failures, empty when
    there are none). `retrieval_recall` is recall@k of the passage naming the right label, Missing when the
    strategy retrieves nothing. `concentrated` is the share of failures (weighted by requests x value where the
    flows say so) in the worst fifth of slices, with what it was computed over in its source.
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

    @property
    def largest_owner(self) -> Owner | None:
        """The owner of the largest share of the failures; None without failures."""
        known = [(figure.value, owner) for owner, figure in self.owed.items() if hasattr(figure, "value")]
        return max(known)[1] if known else None
