"""What a fit has chosen, in a file of its own: read back by a later fit on the same data, and by no other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def load_kept(path: Path, key: str) -> dict[str, Any] | None:
    """The record kept under this key; None when there is none, or when the file is damaged or of other data."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        return dict(kept["choice"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def save_kept(path: Path, key: str, choice: Mapping[str, Any]) -> None:
    """Keep the record, durable when this returns; a kill in between leaves the old file or none, never half."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump({"key": key, "choice": dict(choice)}, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
