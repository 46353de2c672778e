"""What can be learned about each field of a record: is it a choice, does it stand in the text, or neither?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rung.strategies.value_forms import HABITS, Form, Habit, read, written
from rung.strategies.words import Words, collapsed, overlaps, places_of

Path = tuple[str, ...]
Place = tuple[int, int]
How = Literal["choice", "choices", "span", "spans", "object", "out_of_reach"]
LEAST_WRITTEN = 0.5
"""The share of a field's training values that must stand in the text for the field to be looked for there."""
MOST_CHOICES = 50
LEAST_PER_CHOICE = 2.0
"""Values outside the text are a choice when they are this few and recur at least this often on average."""
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the record and how its value is found.

    `choice`: one of the values seen; `choices`: any number of them; `span` and `spans`: stands in the text, read by
    `form` and `habit`; `object`: holds other fields. `blank` is the JSON text of what mostly stands there when
    nothing was found, though the object around it is there; None for no key at all. `always`:
    no training record was without. `values` and `written` count the training values and those of them that stand in
    the text.
    """

    path: Path
    how: How
    form: Form = "text"
    habit: Habit = "as_written"
    blank: str | None = None
    always: bool = False
    values: int = 0
    written: int = 0

    @property
    def name(self) -> str:
        """The path as people write it."""
        return ".".join(self.path)


def canonical(value: Any) -> str:
    """The value as JSON text, keys sorted: the form of `Example.expected`."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def leaves(record: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of all that is no object with keys, in the record's order."""
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def fields_of(records: Sequence[Mapping[str, Any]], texts: Sequence[Words], schema: Mapping[str, Any]) -> list[Field]:
    """A field for each key that the training records have at any depth, by path; an object comes before what it
    holds. `records` and `texts` belong together."""
    flat = [dict(leaves(record)) for record in records]
    paths = {path for row in flat for path in row}
    # One record may have {} or null where another has an object with keys: the keys decide.
    objects = {path[:length] for path in paths for length in range(1, len(path))}
    found = [Field(path, "object", blank=_blank(path, records)) for path in objects]
    for path in paths - objects:
        values = [row.get(path) for row in flat]
        found.append(_field(path, _blank(path, records), values, texts, node_at(schema, path)))
    return sorted(found, key=lambda field: field.path)


def _blank(path: Path, records: Sequence[Mapping[str, Any]]) -> str | None:
    """What most records have at this path when it holds nothing, among those that have the object around it."""
    around = [parent for record in records if isinstance(parent := value_at(record, path[:-1]), dict)]
    seen = Counter(
        canonical(parent[path[-1]]) if path[-1] in parent else None
        for parent in around
        if _is_blank(parent.get(path[-1]))
    )
    return max(seen, key=lambda text: (seen[text], text is None, text or "")) if seen else None


def value_at(record: Mapping[str, Any], path: Path) -> Any:
    """The value at this path; None where there is none."""
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _field(
    path: Path, blank: str | None, found: Sequence[Any], texts: Sequence[Words], node: Mapping[str, Any] | None
) -> Field:
    """`found` has the value of each record, blank or not; `texts` belong to it."""
    rows = [(value, words) for value, words in zip(found, texts, strict=True) if not _is_blank(value)]
    values = [value for value, _ in rows]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    field = Field(path, "out_of_reach", blank=blank, always=len(rows) == len(found), values=len(items))
    listed = bool(values) and isinstance(values[0], list)
    scalars = not any(isinstance(item, dict | list) for item in items)
    if not items or not scalars or any(isinstance(value, list) != listed for value in values):
        return field
    form, habit, standing = _best_reading(rows, node)
    field = replace(field, form=form, habit=habit, written=standing)
    closed = _is_closed(node) or all(isinstance(item, bool) for item in items)
    if not closed and standing >= LEAST_WRITTEN * len(items):
        return replace(field, how="spans" if listed else "span")
    distinct = len({canonical(item) for item in items})
    if closed or (distinct <= MOST_CHOICES and len(items) >= LEAST_PER_CHOICE * distinct):
        return replace(field, how="choices" if listed else "choice")
    return field


def _is_blank(value: Any) -> bool:
    """True where nothing is said: null, no text, no items, or an object of which that is true throughout."""
    if isinstance(value, dict):
        return all(_is_blank(below) for below in value.values())
    return value is None or value in ("", [])


def _best_reading(rows: Sequence[tuple[Any, Words]], node: Mapping[str, Any] | None) -> tuple[Form, Habit, int]:
    """(form, habit, values that stand in the text so read); the first of equals."""
    kinds = Counter(_form(item, node) for value, _ in rows for item in (value if isinstance(value, list) else [value]))
    form = max(kinds, key=lambda kind: kinds[kind])
    # Dates may be asked for exactly as they stand in the text.
    tried: list[tuple[Form, Habit]] = [(form, habit) for habit in HABITS[form]]
    if form == "date":
        tried.insert(0, ("text", "as_written"))
    counted = [
        (candidate, habit, sum(len(found_places(value, words, candidate, habit)) for value, words in rows))
        for candidate, habit in tried
    ]
    return max(counted, key=lambda found: found[2])


def _form(item: Any, node: Mapping[str, Any] | None) -> Form:
    if isinstance(item, int):
        return "number" if node is not None and "number" in _types(node) else "integer"
    if isinstance(item, float):
        return "number"
    return "date" if node is not None and node.get("format") == "date" else "text"


def found_places(
    value: Any, words: Words, form: Form, habit: Habit, taken: Sequence[Place] = ()
) -> list[tuple[Place, Any]]:
    """(place, item) of each item of the value that stands in the text, as half-open ranges of words.

    An item that stands there several times is taken where no place of `taken` or of another item is, else at its
    first place; the items of a list are looked for in their order.
    """
    found: list[tuple[Place, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        places = _places(item, words, form, habit)
        own = [place for place, _ in found]
        free = [place for place in places if not overlaps(place, own)]
        best = next((place for place in free if not overlaps(place, taken)), free[0] if free else None)
        if best is not None:
            found.append((best, item))
    return found


def _places(item: Any, words: Words, form: Form, habit: Habit) -> list[Place]:
    if form == "text":
        return places_of(item, words) if isinstance(item, str) else []
    places = (
        words.between(first, last)
        for first, last in written(form, words.text)
        if same(read(form, habit, words.text[first:last]), item)
    )
    return [place for place in places if place is not None]


def same(found: Any, wanted: Any) -> bool:
    """True when two scalars are the same value: numbers by size, text composed (NFC) and with white space made even."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, str) and isinstance(wanted, str):
        return collapsed(found) == collapsed(wanted)
    return found is not None and type(found) in (int, float) and type(wanted) in (int, float) and found == wanted


def node_at(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any] | None:
    """The part of the schema that describes the value at this path, or its items; None where it says nothing.

    Follows `$ref` inside the file, and the one branch of `anyOf` or `oneOf` that is not null.
    """
    node: Mapping[str, Any] | None = schema
    for key in path:
        node = _plain(schema, node)
        if node is None:
            return None
        below = node.get("properties", {}).get(key, node.get("additionalProperties"))
        node = below if isinstance(below, dict) else None
    node = _plain(schema, node)
    items = node.get("items") if node is not None else None
    return _plain(schema, items) if isinstance(items, dict) else node


def is_required(schema: Mapping[str, Any], path: Path) -> bool:
    """True when no record without a value at this path meets the schema."""
    around = (_plain(schema, node_at(schema, path[:length]) if length else schema) for length in range(len(path)))
    return all(node is not None and key in node.get("required", ()) for node, key in zip(around, path, strict=True))


def _plain(schema: Mapping[str, Any], node: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    for _ in range(_DEPTH):
        if node is None:
            return None
        reference = node.get("$ref")
        branches = node.get("anyOf") or node.get("oneOf")
        if isinstance(reference, str):
            node = _pointed_at(schema, reference)
        elif branches:
            telling = [branch for branch in branches if isinstance(branch, dict) and branch.get("type") != "null"]
            if len(telling) != 1:
                return node
            node = telling[0]
        else:
            return node
    return None


def _pointed_at(schema: Mapping[str, Any], reference: str) -> Mapping[str, Any] | None:
    node: Any = schema
    for part in reference.lstrip("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def _is_closed(node: Mapping[str, Any] | None) -> bool:
    return node is not None and ("enum" in node or "const" in node or "boolean" in _types(node))


def _types(node: Mapping[str, Any]) -> tuple[str, ...]:
    types = node.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)
