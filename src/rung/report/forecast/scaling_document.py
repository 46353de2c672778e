"""A forecast by scaling, or the published laws' answer, as one JSON document."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.forecast.scaling import ScalingForecast
from rung.forecast.scaling.calculator import PublishedTables
from rung.report.forecast import scaling_lines as lines


def scaling_document(found: ScalingForecast) -> dict[str, Any]:
    """Everything that was found, with the sentences that people read first."""
    return {
        "sentences": list(lines.lead(found)),
        "forecast": encode(found),
        "refused": [one.reason for one in found.refusals],
        "readings": list(lines.readings()),
    }


def published_document(tables: PublishedTables) -> dict[str, Any]:
    """The rows of all laws."""
    document: dict[str, Any] = encode(tables)
    return document
