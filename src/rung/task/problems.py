"""What pydantic found wrong with rung.yaml, as sentences with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rung.task.yaml import Document, Place

SHOWN = 5

_UNITS = {
    "_usd": "an amount in USD",
    "_usd_per_hour": "an amount in USD per hour",
    "_ms": "a time in milliseconds",
    "_minutes": "a time in minutes",
    "_days": "a time in days",
    "_weeks": "a time in weeks",
    "_months": "a time in months",
    "_per_month": "a number per month",
    "_items": "a whole number of items",
}
_LISTED = re.compile(r"'[^']*'")
_EXPECTED = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "list_type": "must be a list, each line starting with '-'",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
}


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest known word, or the whole (short) list, as the end of a sentence."""
    words = sorted(known)
    close = get_close_matches(word.casefold(), [other.casefold() for other in words], n=1, cutoff=0.6)
    if close:
        match = next(other for other in words if other.casefold() == close[0])
        return f"did you mean {match!r}?"
    listed = ", ".join(words[:12])
    return f"known: {listed}" + (f" and {len(words) - 12} more" if len(words) > 12 else "")


def sentences(error: ValidationError, document: Document, model: type[BaseModel]) -> list[str]:
    """One `file:line: key: what was found; what to do` per problem, in the order of the file, at most `SHOWN`."""
    found: dict[Place, tuple[int, str]] = {}
    for detail in error.errors(include_url=False):
        place = _place_in_file(detail, document)
        line = document.line(place)
        if place not in found or detail["type"] == "extra_forbidden":
            found[place] = (line, f"{document.path}:{line}: {_sentence(detail, place, model)}")
    ordered = [sentence for _, sentence in sorted(found.values(), key=lambda pair: pair[0])]
    if len(ordered) > SHOWN:
        ordered[SHOWN:] = [f"and {len(ordered) - SHOWN} more problems in {document.path}"]
    return ordered


def _place_in_file(detail: ErrorDetails, document: Document) -> Place:
    """The location without the union and key markers that pydantic puts between keys that stand in the file."""
    place: list[str | int] = []
    value: Any = document.content
    for part in detail["loc"]:
        inside: Any = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(inside, dict) and part in inside:
            place.append(part)
            value = inside[part]
    if detail["type"] == "missing" and place[-1:] != [detail["loc"][-1]]:
        place.append(detail["loc"][-1])
    return tuple(place)


def _written(place: Place) -> str:
    """The place as people say it: list items counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _unknown_key(place: Place, known: set[str]) -> str:
    where = f" in {_written(place[:-1])}" if len(place) > 1 else ""
    return f"unknown key {str(place[-1])!r}{where}; {nearest(str(place[-1]), known)}"


def _sentence(detail: ErrorDetails, place: Place, model: type[BaseModel]) -> str:
    key = _written(place) or "the file"
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(place, _keys(model, place[:-1]))
    if kind == "literal_error" and detail["loc"][-1] == "[key]":
        return _unknown_key(place, {word.strip("'") for word in _LISTED.findall(detail["ctx"]["expected"])})
    if kind == "missing":
        return f"{key}: is missing; add it"
    if kind == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        return f"{key}: {message}" if place else message
    return f"{key}: {_expected(detail, place)}, found {_shown(value)}"


def _expected(detail: ErrorDetails, place: Place) -> str:
    kind = detail["type"]
    limits: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "literal_error":
        return f"must be {limits['expected']}"
    if kind in {"greater_than_equal", "less_than_equal", "float_type", "greater_than", "less_than"}:
        return _numeric(kind, limits, str(place[-1]) if place else "")
    if kind in {"string_too_long", "string_too_short", "too_short"}:
        bound = limits.get("max_length", limits.get("min_length"))
        unit = "entries" if kind == "too_short" else "characters"
        return f"must be {'at most' if 'max_length' in limits else 'at least'} {bound} {unit} long"
    return _EXPECTED.get(kind, detail["msg"])


def _numeric(kind: str, limits: Mapping[str, Any], key: str) -> str:
    if "share" in key:
        return "must be a share between 0 and 1"
    unit = next((text for suffix, text in _UNITS.items() if key.endswith(suffix)), "a number")
    if kind == "float_type":
        return f"must be {unit}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    bounds = " and ".join(f"{words[name]} {limit:g}" for name, limit in limits.items() if name in words)
    return f"must be {unit}, {bounds}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel], place: Place) -> set[str]:
    """The keys that may stand at this place, read from the models."""
    models: list[type[BaseModel]] = [model]
    for part in place:
        if isinstance(part, int):
            continue
        inner: list[type[BaseModel]] = []
        for candidate in models:
            for name, info in candidate.model_fields.items():
                if part in {name, info.alias}:
                    inner += _models_in(info.annotation)
        models = inner or models
    return {info.alias or name for candidate in models for name, info in candidate.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
