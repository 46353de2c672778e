"""What would mend a class of failures: by the kind of answers that came back, else by what the class is.

These are first suggestions for a person; what the arms of the analysis measured goes before them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rung.diagnose.classes.attributes import AttributeKind
from rung.diagnose.classes.judged import form_of
from rung.diagnose.remedies import RemedyName
from rung.evaluate.run import Row

FEW_ITEMS = 10
"""Fewer items of a kind say too little, to a model that learns from as many as to a person who judges by them."""

_BY_OUTCOME: dict[str, RemedyName] = {
    "not_retrieved": "improve_retrieval",
    "answered_unanswerable": "abstain",
    "wrong_refusal": "reword",
    "not_in_passages": "reword",
}
_BY_ATTRIBUTE: dict[AttributeKind, RemedyName] = {
    "rare_label": "collect",  # too few examples to learn from, whatever learns
    "script": "larger_model",  # a model of few languages does not learn one from some hundred examples
}


def by_outcome(failed: Sequence[Row]) -> RemedyName | None:
    """What the answers of at least half of these failures call for; None where they are of the right form and wrong."""
    remedies = Counter("constrain" if form_of(row) else _BY_OUTCOME.get(row.outcome) for row in failed)
    remedy, count = remedies.most_common(1)[0]
    return remedy if 2 * count >= len(failed) else None


def of_slice(kind: AttributeKind, name: str, items: int, failed: Sequence[Row]) -> RemedyName:
    """Few items of a label, flow, field or metadata value: collect more. The shortest inputs say too little: abstain.
    The longest: shorten or split what the prompt shows. Otherwise what is decided wrongly again and again is tuned."""
    found = by_outcome(failed)
    if found is not None:
        return found
    if kind in _BY_ATTRIBUTE:
        return _BY_ATTRIBUTE[kind]
    if kind == "length" and name.startswith("shortest"):
        return "abstain"
    if kind == "length" and name.startswith("longest"):
        return "reword"
    return "collect" if items < FEW_ITEMS else "tune"
