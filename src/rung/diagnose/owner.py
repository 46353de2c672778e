"""Who owns a failure: the first of the owners, in a fixed order, whose test it fails.

The order is the one in which a person would look. Conflicting labels come first, because no strategy can be right
on both. Then the output contract: an answer of the wrong form cannot be judged further. Then retrieval: the right
answer could not be read off what was shown. What is left is the model's own.

Where the same prompt was asked again with the right passages (an arm, `arms.py`), that answer takes the place of the
guess about retrieval: what turns right was owed to what was shown, and what stays wrong is the model's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rung.evaluate.judging.outcomes import CONTRACT
from rung.evaluate.run import Row
from rung.evidence.duplicates import normalised
from rung.task.example import CorpusEntry, Example
from rung.task.task import Kind

Owner = Literal["retrieval", "orchestration", "data_hygiene", "model"]
"""Who owns a failure. retrieval: the passage that names the right label, or holds the answer, was not retrieved.
orchestration: what came back cannot be used, whatever it says. data_hygiene: the same text stands with another label.
model: everything else."""

_ONE_OUTCOME = frozenset({"classify", "extract"})
OWNERS: tuple[Owner, ...] = ("data_hygiene", "orchestration", "retrieval", "model")
"""In the order in which they are asked."""


def conflicting_texts(examples: Iterable[Example]) -> frozenset[str]:
    """Normalised texts that stand with more than one label."""
    seen: dict[str, str] = {}
    conflicts: set[str] = set()
    for example in examples:
        text = normalised(example.input)
        if seen.setdefault(text, example.expected) != example.expected:
            conflicts.add(text)
    return frozenset(conflicts)


def in_conflict(rows: Sequence[Row], train: Sequence[Example], *, kind: Kind) -> frozenset[str]:
    """The ids of the items whose text also stands with another label or record, here or in train; none for kinds of
    task where several outcomes can be right."""
    if kind not in _ONE_OUTCOME:
        return frozenset()
    conflicts = conflicting_texts([*(row.example for row in rows), *train])
    return frozenset(row.example.id for row in rows if normalised(row.example.input) in conflicts)


def labels_by_entry(corpus: Iterable[CorpusEntry]) -> dict[str, str]:
    """The label that each entry stands for, by entry id; entries without one are left out."""
    return {entry.id: entry.label for entry in corpus if entry.label is not None}


def retrieves(rows: Iterable[Row]) -> bool:
    """Whether the strategy behind these rows looks things up at all."""
    return any(row.prediction.retrieved for row in rows)


def found_right_entry(row: Row, entry_labels: Mapping[str, str]) -> bool:
    """Whether an entry that stands for the right label is among those retrieved."""
    return any(entry_labels.get(entry) == row.example.expected for entry in row.prediction.retrieved)


def found_right_passage(row: Row) -> bool:
    """Whether a passage that holds the answer is among those retrieved."""
    return bool(set(row.example.passages) & set(row.prediction.retrieved))


def owners(
    rows: Sequence[Row],
    *,
    corpus: Sequence[CorpusEntry],
    labels: Sequence[str],
    train: Sequence[Example],
    kind: Kind = "classify",
    multi_label: bool = False,
    with_right_passages: Mapping[str, bool] | None = None,
) -> list[Owner | None]:
    """The owner of each row's failure, None for a success; same order as `rows`.

    `with_right_passages` says by item id whether the answer was right when the passages that hold it were shown.

    Retrieval can be held to account only when the strategy retrieves and it is known where the answer stands: the
    corpus says which labels its entries stand for, or the item names its passages. Texts conflict only where one of
    several outcomes can be right.
    """
    conflicts = in_conflict(rows, train, kind=kind)
    entry_labels = labels_by_entry(corpus) if kind == "classify" and not multi_label else {}
    retrieving = retrieves(rows)
    known = frozenset(labels)
    shown = with_right_passages or {}

    def is_unusable(row: Row) -> bool:
        if row.prediction.failure is not None or row.outcome in CONTRACT:
            return True
        return kind == "classify" and not multi_label and row.prediction.output not in known

    def missed(row: Row) -> bool:
        if row.example.id in shown:
            return shown[row.example.id]
        if not retrieving:
            return False
        if row.outcome == "not_retrieved":
            return True
        if row.example.passages:
            return not found_right_passage(row)
        return bool(entry_labels) and not found_right_entry(row, entry_labels)

    def owner(row: Row) -> Owner | None:
        if row.success:
            return None
        if row.example.id in conflicts:
            return "data_hygiene"
        if is_unusable(row):
            return "orchestration"
        return "retrieval" if missed(row) else "model"

    return [owner(row) for row in rows]
