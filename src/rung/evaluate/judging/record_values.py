"""When two values of a record are the same.

Text: equal after Unicode NFC with every run of white space one space; case counts. Numbers: by value, so 1 and 1.0 are
one. A field with null says the same as no field: whether either is allowed is the schema's to say. A list is compared
without regard to its order, because JSON Schema has no word for one, except where `prefixItems` gives positions a
meaning.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


def same(one: Any, other: Any, schema: Mapping[str, Any]) -> bool:
    """Whether two values under this schema (references written out) are the same."""
    return _text(comparable(one, schema)) == _text(comparable(other, schema))


def comparable(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value in a form in which the same values are equal."""
    if isinstance(value, dict):
        return {
            _plain(key): comparable(part, property_of(schema, key)) for key, part in value.items() if part is not None
        }
    if isinstance(value, list):
        parts = [comparable(part, item_of(schema, place)) for place, part in enumerate(value)]
        return parts if is_ordered(schema) else sorted(parts, key=_text)
    if isinstance(value, str):
        return _plain(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def leaf_f1(expected: Any, answered: Any, schema: Mapping[str, Any]) -> float:
    """F1 over the single values of two records, each with the path that leads to it; 1 when neither has any.

    Items of a list share a path unless their positions mean something.
    """
    wanted = Counter(_leaves(expected, schema, ""))
    given = Counter(_leaves(answered, schema, ""))
    total = wanted.total() + given.total()
    return 2 * (wanted & given).total() / total if total else 1.0


def property_of(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The schema of a property; an empty one where none is declared."""
    for part in _conjuncts(schema):
        properties = part.get("properties", {})
        if key in properties and isinstance(properties[key], Mapping):
            return _mapping(properties[key])
    return {}


def item_of(schema: Mapping[str, Any], place: int) -> Mapping[str, Any]:
    """The schema of a list's item; an empty one where none is declared."""
    for part in _conjuncts(schema):
        prefix = part.get("prefixItems", [])
        if place < len(prefix):
            return _mapping(prefix[place])
        if "items" in part:
            return _mapping(part["items"])
    return {}


def is_ordered(schema: Mapping[str, Any]) -> bool:
    """Whether positions in the list mean something."""
    return any("prefixItems" in part for part in _conjuncts(schema))


def _conjuncts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema and the alternatives or conditions that it is made of."""
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, []):
            if isinstance(part, Mapping):
                yield from _conjuncts(part)


def _mapping(schema: Any) -> Mapping[str, Any]:
    return schema if isinstance(schema, Mapping) else {}


def _leaves(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if part is not None:
                yield from _leaves(part, property_of(schema, key), f"{path}/{key}")
    elif isinstance(value, list):
        ordered = is_ordered(schema)
        for place, part in enumerate(value):
            yield from _leaves(part, item_of(schema, place), f"{path}/{place if ordered else '[]'}")
    else:
        yield path, _text(comparable(value, schema))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
