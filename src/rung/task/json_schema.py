"""JSON Schemas that a team declares, made safe to walk, and what is wrong with a record under one.

Draft 2020-12, with references only inside the file: nothing is ever fetched. References are replaced by what they name
when the schema is read, so that nobody further in meets one; a schema that contains itself has no such form and is
refused. `format` stays an annotation, as the draft has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from rung.errors import InvalidTask
from rung.task.pattern import TEXT_LIMIT, found, pattern_problem

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
"""Values in a schema once its references are written out: a handful of lines may name each other into billions."""
_LONGEST_MESSAGE = 200
_ANNOTATIONS = frozenset({"title", "description", "default", "examples", "deprecated", "$comment"})
_BY_NAME = "name parts of the file as #/$defs/NAME"
_OUT_OF_REACH = {
    "$dynamicRef": _BY_NAME,
    "$dynamicAnchor": _BY_NAME,
    "$anchor": _BY_NAME,
    "patternProperties": "declare each field under properties",
}
_MAPS_OF_SCHEMAS = frozenset({"properties", "dependentSchemas"})
_VALUES = frozenset({"enum", "const", "default", "examples"})
_WRITTEN_OUT = frozenset({"$ref", "$defs", "definitions", "$schema", "$id"})


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value breaks a schema. `pointer` is a JSON pointer into the value ("" is the whole of it),
    `keyword` the keyword of the schema that it breaks, `problem` the sentence."""

    pointer: str
    keyword: str
    problem: str


def read_schema(path: Path, *, where: str) -> dict[str, Any]:
    """The schema in this file, references written out.

    `where` is "file:line: key"; InvalidTask names it, the schema's file and the JSON pointer in it.
    """
    schema = _json(path, where)
    if not isinstance(schema, dict):
        raise InvalidTask(f"{where}: {path.name} must hold a JSON object, the schema itself")
    try:
        _check(schema, path, where)
        plain: dict[str, Any] = _Inlining(schema, path.name, where).inlined(schema, "", ())
    except RecursionError as error:
        raise InvalidTask(f"{where}: {path.name} is nested too deeply; flatten it") from error
    return plain


def read_record_schema(path: Path, *, where: str) -> dict[str, Any]:
    """As `read_schema`, for a record: an object whose properties are declared."""
    schema = read_schema(path, where=where)
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict) or not properties:
        raise InvalidTask(
            f"{where}: {path.name}: a record is an object with declared fields; "
            'write "type": "object" and "properties" at the top of the schema'
        )
    return schema


def violations(schema: Mapping[str, Any], value: Any) -> list[Violation]:
    """Everything that is wrong with the value, nearest to the top first; empty when it meets the schema.

    Raises InvalidTask when a `pattern` of the schema takes too long on a text of the value.
    """
    validator = _validator(json.dumps(schema, sort_keys=True))
    errors = sorted(validator.iter_errors(value), key=lambda error: (len(error.absolute_path), _pointer(error)))
    return [Violation(_pointer(error), str(error.validator), _shortened(error.message)) for error in errors]


def _pointer(error: Any) -> str:
    return "".join(f"/{_escaped(str(part))}" for part in error.absolute_path)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 3]}..."


def _json(path: Path, where: str) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidTask(f"{where}: {path.name} cannot be read ({error.strerror}); check its permissions") from error
    if len(data) > MAX_BYTES:
        raise InvalidTask(f"{where}: {path.name} is larger than {MAX_BYTES:,} bytes; no record needs such a schema")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidTask(
            f"{where}: {path.name}:{error.lineno}: not JSON: {error.msg} at column {error.colno}; correct it"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidTask(f"{where}: {path.name} is not JSON that can be read ({error}); correct it") from error


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _check(schema: dict[str, Any], path: Path, where: str) -> None:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InvalidTask(
            f"{where}: {path.name}: {_pointer(error) or 'the schema'}: {_shortened(error.message)}; "
            "write it in JSON Schema draft 2020-12"
        ) from error
    draft = schema.get("$schema", "")
    if draft and "2020-12" not in draft:
        raise InvalidTask(f"{where}: {path.name}: /$schema: {draft!r} is not read; write the schema in draft 2020-12")


class _Inlining:
    """One schema with every reference replaced by what it names."""

    def __init__(self, root: dict[str, Any], name: str, where: str) -> None:
        self._root = root
        self._name = name
        self._where = where
        self._nodes = 0

    def inlined(self, schema: Any, place: str, within: tuple[str, ...]) -> Any:
        """The schema at this JSON pointer; `within` are the references that led here."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(place, f"more than {MAX_NODES:,} values once references are written out; simplify the schema")
        if not isinstance(schema, dict):
            return schema
        for keyword, instead in _OUT_OF_REACH.items():
            if keyword in schema:
                self._refuse(f"{place}/{keyword}", f"is not supported; {instead}")
        problem = pattern_problem(schema["pattern"]) if isinstance(schema.get("pattern"), str) else None
        if problem is not None:
            self._refuse(f"{place}/pattern", f"{schema['pattern']!r} {problem}")
        parts = {
            key: self._part(key, value, f"{place}/{_escaped(key)}", within)
            for key, value in schema.items()
            if key not in _WRITTEN_OUT
        }
        if "$ref" not in schema:
            return parts
        target = self._target(schema["$ref"], f"{place}/$ref", within)
        if isinstance(target, dict) and parts.keys() <= _ANNOTATIONS:
            return {**target, **parts}
        return {**parts, "allOf": [*parts.get("allOf", []), target]}

    def _part(self, key: str, value: Any, place: str, within: tuple[str, ...]) -> Any:
        if key in _VALUES:
            return value
        if key in _MAPS_OF_SCHEMAS:
            return {name: self.inlined(one, f"{place}/{_escaped(name)}", within) for name, one in value.items()}
        if isinstance(value, list):
            return [self.inlined(one, f"{place}/{number}", within) for number, one in enumerate(value)]
        return self.inlined(value, place, within)

    def _target(self, reference: str, place: str, within: tuple[str, ...]) -> Any:
        if not reference.startswith("#"):
            self._refuse(place, f"{reference!r} lies outside the file; copy what it names into $defs of the schema")
        if reference in within:
            self._refuse(place, f"{reference!r} contains itself; a record has a known depth, so write the levels out")
        target: Any = self._root
        for part in reference.removeprefix("#").split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or name not in target:
                self._refuse(place, f"{reference!r} names nothing in the file; correct it")
            target = target[name]
        return self.inlined(target, place, (*within, reference))

    def _refuse(self, place: str, problem: str) -> NoReturn:
        raise InvalidTask(f"{self._where}: {self._name}: {place or 'the schema'}: {problem}")


@lru_cache(maxsize=32)
def _validator(schema_text: str) -> Any:
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(_validator: Any, wanted: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        # The library searches with `re`, which a hostile pattern or text can stall.
        if not isinstance(instance, str):
            return
        where = f"the pattern {wanted!r} of the JSON Schema"
        if len(instance) > TEXT_LIMIT or not found(wanted, instance, where=where):
            yield ValidationError(f"{_shortened(instance)!r} does not match {wanted!r}")

    return extend(Draft202012Validator, {"pattern": pattern})(json.loads(schema_text))
