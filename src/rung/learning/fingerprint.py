"""What a training depends on, as one hash: a checkpoint of other work is never continued."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rung.task.example import CorpusEntry, Example, content_hash


def training_fingerprint(
    *,
    settings: dict[str, Any],
    base: str,
    seed: int,
    examples: Sequence[Example],
    entries: Sequence[CorpusEntry],
    labels: Sequence[str],
) -> str:
    """Hex sha256 over settings, base model, seed, training examples and corpus entries (in order), and labels."""
    rows = [[row.id, row.input, row.expected, row.group, *([row.passages] if row.passages else [])] for row in examples]
    passages = [[entry.id, entry.title, entry.text, entry.label] for entry in entries]
    parts: list[Any] = [settings, base, seed, rows, passages, list(labels)]
    return content_hash(*(json.dumps(part, sort_keys=True, ensure_ascii=True) for part in parts))
