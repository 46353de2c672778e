"""The decision as JSON, and back: what `rung decide --json` prints and the store keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from rung.decide.codec import decode, encode
from rung.decide.decision import Decision, StrategyResult
from rung.errors import StoreDamaged

SCHEMA_VERSION = 1


def to_json(decision: Decision) -> dict[str, Any]:
    """The whole record in JSON values. Estimates carry value, low, high, unit, n, provenance, source and note;
    what is missing carries why and the remedy."""
    record: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **encode(decision)}
    record["strategies"] = [_strategy(one) for one in decision.strategies]
    record["scores"] = {one.name: encode(one) for one in decision.scores}
    record["cost_12_months"] = {
        one.card.name: encode(one.cost.total_usd) for one in decision.strategies if one.cost is not None
    }
    return record


def from_json(record: Mapping[str, Any]) -> Decision:
    """The decision that `to_json` wrote. StoreDamaged when the record is of another version or not whole."""
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise StoreDamaged(
            f"the stored decision has schema version {version!r}, this rung reads {SCHEMA_VERSION}; run: rung decide"
        )
    try:
        plain = dict(record)
        plain["strategies"] = [_plain_strategy(one) for one in record["strategies"]]
        plain["scores"] = list(record["scores"].values())
        decision: Decision = decode(Decision, plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreDamaged(f"the stored decision cannot be read ({error}); run: rung decide") from error
    return decision


def decision_id(decision: Decision) -> str:
    """Hex sha256 over everything in the record but its id and time: the same inputs give the same id."""
    content = to_json(replace(decision, id="", made_at=""))
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


_NOTHING: dict[str, Any] = {
    "overall": {},
    "by_segment": {},
    "by_flow": {},
    "policies": {},
    "scores": {},
    "fields": {},
    "unscored": 0,
}
"""The parts of a strategy that was not measured."""


def _strategy(result: StrategyResult) -> dict[str, Any]:
    encoded = encode(result)
    metrics = encoded.pop("metrics")
    parts = _NOTHING if metrics is None else metrics
    return {
        "name": result.card.name,
        "family": result.card.family,
        "measured": metrics is not None,
        **encoded,
        "metrics": parts["overall"],
        "metrics_by_segment": parts["by_segment"],
        "metrics_by_flow": parts["by_flow"],
        "policies": parts["policies"],
        "graded_scores": parts["scores"],
        "fields": parts["fields"],
        "unscored": parts["unscored"],
        "targets": {one.target.name: one.state for one in result.targets},
        "target_results": encoded["targets"],
    }


def _plain_strategy(record: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(record)
    plain["metrics"] = (
        {
            "overall": record["metrics"],
            "by_segment": record["metrics_by_segment"],
            "by_flow": record["metrics_by_flow"],
            # Earlier records have none of these.
            "policies": record.get("policies", {}),
            "scores": record.get("graded_scores", {}),
            "fields": record.get("fields", {}),
            "unscored": record.get("unscored", 0),
        }
        if record["measured"]
        else None
    )
    plain["targets"] = record["target_results"]
    return plain
