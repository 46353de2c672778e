"""The labels that an item's expected outcome names."""

from __future__ import annotations

import json
from collections.abc import Sequence


def right_labels(expected: str, labels: Sequence[str]) -> tuple[str, ...]:
    """The label, or those in a JSON array where items may have several; (): an item that has none."""
    if expected in labels:
        return (expected,)
    try:
        named = json.loads(expected)
    except ValueError:
        named = None
    if isinstance(named, list) and all(isinstance(one, str) for one in named):
        return tuple(named)
    return (expected,)
