"""From what a model wrote to a record, strictly; and leniently, to tell what strictness costs."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

LONGEST_REPAIRED = 10_000
"""Characters of a text that is tried leniently: repair reads some texts as often as they have characters."""
_REFUSAL = re.compile(r"\W*(?:i(?:\W?m| am) (?:sorry|not able|unable)|sorry,|i can(?:no|\W)t\b|as an ai\b)", re.I)


def strict_record(text: str) -> tuple[Any, str]:
    """The JSON value of the text and "", or None and why it cannot be read.

    The reasons, in this order: "empty", "refusal" (apologetic prose without any brace), "truncated" (its braces never
    close), "prose_wrapped" (an object with other text around it), "bad_json". Keys that stand twice and numbers that
    are none are bad JSON.
    """
    if not text.strip():
        return None, "empty"
    try:
        return _decoder().decode(text.strip()), ""
    except (ValueError, RecursionError):
        pass
    start = text.find("{")
    if start < 0:
        return None, "refusal" if _REFUSAL.match(text) else "bad_json"
    if _never_closes(text[start:]):
        return None, "truncated"
    try:
        _decoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return None, "bad_json"
    return None, "prose_wrapped"


def lenient_record(text: str) -> dict[str, Any] | None:
    """The first object that a forgiving reader finds in the text; None without one."""
    from json_repair import repair_json

    if len(text) > LONGEST_REPAIRED:
        return None
    start = text.find("{")
    if start < 0:
        return None
    try:
        value = repair_json(text[start:], return_objects=True)
    except (ValueError, RecursionError):
        return None
    found = next((one for one in value if isinstance(one, dict)), None) if isinstance(value, list) else value
    return found if isinstance(found, dict) else None


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key stands in the object twice")
    return values


def _never_closes(text: str) -> bool:
    """Whether the text ends inside its first object."""
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif quoted:
            escaped = letter == "\\"
            quoted = letter != '"'
        elif letter == '"':
            quoted = True
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
            if depth <= 0:
                return False
    return True
