"""The text of a request or an answer, out of the several shapes in which logs keep messages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rung.evidence.traces.lines import loads
from rung.evidence.traces.nesting import too_deep

_TEXT_KEYS = ("text", "content", "parts", "output_text", "value", "messages", "message", "choices", "output")


def text_of(value: object) -> str | None:
    """The text; None where there is none. Messages and parts are joined by line breaks, anything else is JSON.

    A message of several keeps its role before its text. What is no text, such as an image or the call of a tool,
    stays as JSON.
    """
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [text for one in value if (text := _part(one, alone=len(value) == 1))]
        return "\n".join(parts) or None
    return _part(value, alone=True)


def _part(value: object, *, alone: bool) -> str | None:
    if not isinstance(value, Mapping):
        return text_of(value) if isinstance(value, str | list) else json.dumps(value, ensure_ascii=False)
    inner = next(
        (value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str | list | dict) and value[key]), None
    )
    text = text_of(inner) if inner is not None else json.dumps(value, ensure_ascii=False)
    role = value.get("role")
    return text if alone or not isinstance(role, str) else f"{role}: {text}"


def decoded(value: object, *, scalars: bool = False) -> object:
    """The value that a text of JSON holds, where it is an object or a list (or anything, with `scalars`)."""
    if isinstance(value, str) and (scalars or value[:1] in {"[", "{"}):
        try:
            inner = loads(value)
        except (ValueError, RecursionError):
            return value
        return value if too_deep(inner) else inner
    return value
