"""A forecast of labels as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rung.decide.codec import encode
from rung.report.forecast import labels_lines as lines

if TYPE_CHECKING:
    from rung.forecast.learning_curve import LabelsForecast


def labels_document(found: LabelsForecast) -> dict[str, Any]:
    """Everything that was found, with the sentences that people read first."""
    return {
        "sentences": list(lines.lead(found)),
        "forecast": encode(found),
        "readings": list(lines.readings()),
    }
