"""What was seen in the failures of each owner, in words, and the remedy."""

from __future__ import annotations

from rung.diagnose.owner import Owner
from rung.diagnose.remedies import RemedyName
from rung.task.task import Kind

NAMES: dict[Owner, str] = {
    "data_hygiene": "Data hygiene",
    "orchestration": "Orchestration",
    "retrieval": "Retrieval",
    "model": "The model itself",
}
FINDINGS: dict[Owner, str] = {
    "data_hygiene": "the same text stands with another label",
    "orchestration": "no valid label came back",
    "retrieval": "no retrieved passage stands for the right label",
    "model": "a valid label came back and it was the wrong one",
}
OTHER_FINDINGS: dict[Owner, str] = {
    "data_hygiene": "the same text stands with another right answer",
    "orchestration": "what came back cannot be used, whatever it says",
    "retrieval": "no retrieved passage holds the answer",
    "model": "an answer of the right form came back and it was the wrong one",
}
ASKED_AGAIN = "the answer is right once the right passages are shown"
REMEDY_OF: dict[Owner, RemedyName] = {
    "data_hygiene": "relabel",
    "orchestration": "constrain",
    "retrieval": "improve_retrieval",
    "model": "in_order",
}


def finding(owner: Owner, kind: Kind, *, asked_again: bool = False) -> str:
    """What was seen in the failures that this owner has, as a clause; `asked_again`: with the right passages."""
    if asked_again and owner == "retrieval":
        return ASKED_AGAIN
    return FINDINGS[owner] if kind == "classify" else OTHER_FINDINGS[owner]
