"""How deep a row may be nested: deep enough for every log, and so that no code that walks it can run out of stack."""

from __future__ import annotations

MAX_DEPTH = 100


def too_deep(value: object) -> bool:
    """Whether lists and objects stand in each other more than MAX_DEPTH times."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return any(isinstance(one, dict | list) for one in level)
