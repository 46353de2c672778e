"""A plan as one JSON document."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.decide.plan import Plan


def plan_document(plan: Plan) -> dict[str, Any]:
    """Everything in the plan; `rung.decide.codec.decode` makes the same value of it again."""
    document: dict[str, Any] = encode(plan)
    return document
