"""A failure analysis as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rung.decide.codec import encode
from rung.diagnose.remedies import REMEDIES

if TYPE_CHECKING:
    from rung.pipeline.diagnose import Diagnosed


def diagnosis_document(found: Diagnosed) -> dict[str, Any]:
    """Everything that was found, every failed item with its texts, and the sentence of each remedy that is named."""
    diagnosis = found.diagnosis
    named = [*(one.remedy for one in diagnosis.causes), *(one.remedy for one in diagnosis.classes)]
    return {
        "strategy": diagnosis.strategy,
        "sentences": list(diagnosis.sentences),
        "diagnosis": encode(diagnosis),
        "remedies": {name: REMEDIES[name] for name in dict.fromkeys(named)},
        "gates": encode(found.gates),
        "locked": [gate.name for gate in found.gates if gate.locked],
        "proofs": encode(found.proofs),
        "two_by_two": encode(found.two_by_two),
        "failed_items": encode(found.items),
        "opened": encode(found.opened),
        "folder": str(found.folder),
    }
