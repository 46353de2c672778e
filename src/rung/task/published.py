"""The JSON Schema of rung.yaml, for editors and for those who write the file by program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rung.task.schema import TaskFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published_schema(meanings: Mapping[str, str]) -> dict[str, Any]:
    """The schema, draft 2020-12, with `meanings` (by key, such as "task.name") as descriptions.

    It accepts every file that `read_task` accepts, and refuses unknown keys, wrong types and numbers out of range.
    What needs two keys or the disk (a missing file, a key of another kind of task, ranges out of order) only
    `read_task` can tell.
    """
    schema = TaskFile.model_json_schema()
    sections = schema.pop("$defs")
    for section in (schema, *sections.values()):
        section.pop("title", None)
        for name, key in section.get("properties", {}).items():
            key.pop("title", None)
            if name == "labels":
                key["anyOf"] = [{"type": "array", "items": {"type": "string"}}, _without(key)]
            section["properties"][name] = _or_empty(key)
    _describe(schema, sections, meanings, "")
    return {
        "$schema": DIALECT,
        "title": "rung.yaml",
        "description": "What a team wants of a model, and what rung decides from.",
        **schema,
        "$defs": sections,
    }


def _without(key: dict[str, Any]) -> dict[str, Any]:
    """Takes the rules of a mapping of labels out of the key; a description may be left empty there."""
    key["additionalProperties"] = _or_empty(key["additionalProperties"])
    return {name: key.pop(name) for name in ("type", "additionalProperties", "propertyNames") if name in key}


def _or_empty(key: dict[str, Any]) -> dict[str, Any]:
    """A key whose value was left empty counts as left out."""
    ways = key.get("anyOf") or key.get("oneOf")
    if {"type": "null"} in (ways or []):
        return key
    if ways is not None:
        ways.append({"type": "null"})
        return key
    return {"anyOf": [key, {"type": "null"}]}


def _describe(
    section: dict[str, Any], sections: dict[str, dict[str, Any]], meanings: Mapping[str, str], prefix: str
) -> None:
    for name, key in section.get("properties", {}).items():
        place = f"{prefix}{name}"
        if place in meanings:
            key["description"] = meanings[place]
        for used in _referred(key):
            _describe(sections[used], sections, meanings, f"{place}.")


def _referred(value: Any) -> list[str]:
    """The names of the sections that a key's schema refers to."""
    if isinstance(value, list):
        return [name for part in value for name in _referred(part)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"].rsplit("/", 1)[1]] if isinstance(value.get("$ref"), str) else []
    return own + [name for part in value.values() for name in _referred(part)]
