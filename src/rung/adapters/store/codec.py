"""Values to the JSON text that is stored, and back, checked strictly: stored records are outside data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from rung.errors import StoreDamaged
from rung.evaluate.run import Latency
from rung.task.protocols import Prediction

Value = TypeVar("Value")
_PREDICTION = TypeAdapter(Prediction)
_LATENCY = TypeAdapter(Latency)


def to_text(value: Mapping[str, Any]) -> str:
    """JSON in ASCII, keys in the order given. ValueError on NaN or infinity, TypeError on what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def object_from_text(text: str, where: str) -> dict[str, Any]:
    """The mapping that `to_text` wrote; StoreDamaged naming `where` otherwise."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise _unreadable(where) from error
    if not isinstance(value, dict):
        raise _unreadable(where)
    return value


def prediction_to_text(answer: Prediction) -> str:
    """One prediction. A lone surrogate in the model's words becomes U+FFFD: no Unicode text can hold it."""
    return to_text(
        {
            "output": _well_formed(answer.output),
            "confidence": None if answer.confidence is None else float(answer.confidence),
            "retrieved": [_well_formed(entry) for entry in answer.retrieved],
            "input_tokens": None if answer.input_tokens is None else int(answer.input_tokens),
            "output_tokens": None if answer.output_tokens is None else int(answer.output_tokens),
            "cost_usd": None if answer.cost_usd is None else float(answer.cost_usd),
            "raw": _well_formed(answer.raw),
            "failure": answer.failure,
            "abstained": answer.abstained,
        }
    )


def prediction_from_text(text: str, where: str) -> Prediction:
    """The prediction that was written; StoreDamaged naming `where` otherwise."""
    return _checked(_PREDICTION, text, where)


def latency_to_text(latency: Latency) -> str:
    """One latency pass."""
    return to_text(
        {
            "requests": [
                {
                    "milliseconds": float(one.milliseconds),
                    "item_id": _well_formed(one.item_id),
                    "group": _well_formed(one.group),
                    "segment": one.segment,
                    "flow": None if one.flow is None else _well_formed(one.flow),
                }
                for one in latency.requests
            ],
            "machine": _well_formed(latency.machine),
            "measured_at": latency.measured_at,
        }
    )


def latency_from_text(text: str, where: str) -> Latency:
    """The latency pass that was written; StoreDamaged naming `where` otherwise."""
    return _checked(_LATENCY, text, where)


def _checked(adapter: TypeAdapter[Value], text: str, where: str) -> Value:
    try:
        return adapter.validate_json(text, strict=True)
    except ValueError as error:
        raise _unreadable(where) from error


def _unreadable(where: str) -> StoreDamaged:
    return StoreDamaged(
        f"{where} does not read as it was written; restore the store from a backup, or move it away and run again"
    )


def _well_formed(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
