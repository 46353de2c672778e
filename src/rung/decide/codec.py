"""Frozen values to JSON values and back, by their declared types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rung.estimate import Estimate, Missing, Provenance


def encode(value: Any) -> Any:
    """The value in dicts, lists, text, numbers, booleans and None. Dataclasses become dicts of their fields."""
    if isinstance(value, Missing):
        return {"missing": value.because, "remedy": value.remedy}
    if isinstance(value, Provenance):
        return value.word
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [encode(one) for one in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"a record cannot hold a {type(value).__name__}")


def decode(declared: Any, value: Any) -> Any:
    """The value of the declared type. KeyError, TypeError or ValueError when it does not fit."""
    if declared is Any:
        return value
    if declared is Provenance:
        return Provenance[value.upper()]
    if declared is Missing:
        return Missing(value["missing"], value["remedy"])
    if isinstance(declared, type) and is_dataclass(declared):
        hints = _hints(declared)
        # A record of an earlier version lacks the fields that came later; those have defaults.
        told = [field for field in fields(declared) if field.name in value or not _has_default(field)]
        return declared(**{field.name: decode(hints[field.name], value[field.name]) for field in told})
    origin = get_origin(declared)
    if origin in (Union, UnionType):
        return _decode_union(get_args(declared), value)
    if origin is tuple:
        return tuple(_decode_items(get_args(declared), value))
    if origin is dict:
        key_type, item_type = get_args(declared)
        return {decode(key_type, key): decode(item_type, one) for key, one in value.items()}
    if origin is Literal:
        if value not in get_args(declared):
            raise ValueError(f"{value!r} is not one of {get_args(declared)}")
        return value
    return _decode_plain(declared, value)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _decode_union(members: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in members:
        return None
    present = [member for member in members if member is not NoneType]
    if set(present) == {Estimate, Missing}:
        return decode(Missing if "missing" in value else Estimate, value)
    if len(present) != 1:
        raise TypeError(f"a record cannot tell {members} apart")
    return decode(present[0], value)


def _decode_items(members: tuple[Any, ...], value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    if len(members) == 2 and members[1] is Ellipsis:
        return [decode(members[0], one) for one in value]
    return [decode(member, one) for member, one in zip(members, value, strict=True)]


def _decode_plain(declared: Any, value: Any) -> Any:
    accepted = (int, float) if declared is float else declared
    if not isinstance(value, accepted) or (declared in (int, float) and isinstance(value, bool)):
        raise TypeError(f"expected {getattr(declared, '__name__', declared)}, got {value!r}")
    return value


@cache
def _hints(declared: type) -> dict[str, Any]:
    return get_type_hints(declared)
