"""A JSON Schema in words that a small model can follow: one line a field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_DEEPEST = 4
"""Levels of nesting that are spelled out; what lies deeper is named by its type."""
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
    "array": "list",
}


def schema_lines(schema: Mapping[str, Any]) -> list[str]:
    """One line for every field of an object schema: name, type or allowed values, "required", description.

    Fields of objects inside, and of objects in lists, follow their own field, indented. `$ref` is followed inside the
    schema only; one that leads elsewhere, and anything that is no object with fields, gives no line.
    """
    return list(_field_lines(schema, schema, 0))


def count_values(schema: Mapping[str, Any]) -> int:
    """How many values a record holds if each field is filled once and each list twice; at least 1."""
    return max(1, _count(schema, schema, 0))


def _field_lines(node: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Iterator[str]:
    required = node.get("required", ())
    for name, raw in _properties(node, root).items():
        field = _resolved(raw, root)
        details = [_type_words(field, root)] + (["required"] if name in required else [])
        description = " ".join(str(raw.get("description") or field.get("description") or "").split())
        line = f"{'  ' * depth}- {name} ({', '.join(details)})"
        yield f"{line}: {description}" if description else line
        if depth + 1 < _DEEPEST:
            yield from _field_lines(_inner(field, root), root, depth + 1)


def _count(node: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> int:
    if depth >= _DEEPEST:
        return 1
    total = 0
    for raw in _properties(node, root).values():
        field = _resolved(raw, root)
        inside = _count(_inner(field, root), root, depth + 1) or 1
        total += inside * (2 if _is(field, "array") else 1)
    return total


def _properties(node: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    properties = _resolved(node, root).get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {name: field if isinstance(field, Mapping) else {} for name, field in properties.items()}


def _inner(field: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the object that a field holds: its own, or that of its list's items."""
    items = field.get("items")
    return _resolved(items, root) if isinstance(items, Mapping) and _is(field, "array") else field


def _is(field: Mapping[str, Any], name: str) -> bool:
    kind = field.get("type")
    return kind == name or (isinstance(kind, list | tuple) and name in kind)


def _type_words(field: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> str:
    if depth >= _DEEPEST:
        return "any value"
    if "const" in field:
        return f"always {_json(field['const'])}"
    if isinstance(field.get("enum"), list | tuple):
        return "one of " + ", ".join(_json(value) for value in field["enum"])
    for union in ("anyOf", "oneOf"):
        if isinstance(field.get(union), list | tuple):
            parts = [_type_words(_resolved(part, root), root, depth + 1) for part in field[union]]
            return " or ".join(dict.fromkeys(parts))
    kinds = field.get("type")
    names = [kinds] if isinstance(kinds, str) else list(kinds or ())
    return " or ".join(_named(str(name), field, root, depth) for name in names) or "any value"


def _named(name: str, field: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> str:
    if name == "array" and isinstance(field.get("items"), Mapping):
        return f"list of {_type_words(_resolved(field['items'], root), root, depth + 1)}"
    if name == "string" and isinstance(field.get("format"), str):
        return f"text, as {field['format']}"
    return _WORDS.get(name, name)


def _resolved(node: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node behind local references; {} where one leads nowhere, out of the schema or in a circle."""
    seen: set[str] = set()
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#"):
            return {}
        seen.add(reference)
        found: Any = root
        for part in reference[1:].strip("/").split("/") if reference != "#" else ():
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        node = found
    return node if isinstance(node, Mapping) else {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
