"""The JSON form of OTLP: ids in hexadecimal, 64-bit numbers as text, names in camel case (or as in the protocol)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.reading import Rejected, shown
from rung.evidence.traces.spans import EVALUATION, Evaluation, Span, SpanEvent

_ERROR_CODES = (2, "2", "STATUS_CODE_ERROR")


def read_request(row: JsonRow) -> Iterator[Span | Evaluation | Rejected]:
    """The spans and the evaluation records of one export request; a span that cannot be read is rejected alone."""
    groups = [
        *(("scopeSpans", "spans", group) for group in _list(row.values, "resourceSpans")),
        *(("scopeLogs", "logRecords", group) for group in _list(row.values, "resourceLogs")),
    ]
    if not groups:
        yield Rejected(row.line, "holds neither resourceSpans nor resourceLogs", shown(row.data))
    for scopes, items, group in groups:
        resource = attributes_of(_get(_mapping(_get(group, "resource")), "attributes"))
        for scope in _list(group, scopes) or _list(group, "instrumentationLibrarySpans"):
            schema = _get(scope, "schemaUrl") or _get(group, "schemaUrl")
            for item in _list(scope, items):
                try:
                    one = _span(item, resource, str(schema) if schema else None) if items == "spans" else _record(item)
                except (TypeError, ValueError) as error:
                    yield Rejected(row.line, f"not a span or a log record: {error}", shown(json.dumps(item)))
                else:
                    if one is not None:
                        yield one


def _span(item: Mapping[str, object], resource: Mapping[str, object], schema: str | None) -> Span:
    status = _mapping(_get(item, "status"))
    code = status.get("code")
    return Span(
        id=str(_get(item, "spanId") or ""),
        name=str(item.get("name") or ""),
        start=_number(_get(item, "startTimeUnixNano")),
        end=_number(_get(item, "endTimeUnixNano")),
        attributes=attributes_of(_get(item, "attributes")),
        failed=True if code in _ERROR_CODES else None,
        message=str(status.get("message") or ""),
        events=tuple(
            SpanEvent(
                str(event.get("name") or ""),
                _number(_get(event, "timeUnixNano")),
                attributes_of(event.get("attributes")),
            )
            for event in _list(item, "events")
        ),
        resource=resource,
        schema_version=schema,
    )


def _record(item: Mapping[str, object]) -> Evaluation | None:
    attributes = attributes_of(_get(item, "attributes"))
    if EVALUATION not in (_get(item, "eventName"), attributes.get("event.name")):
        return None
    at = _number(_get(item, "timeUnixNano")) or _number(_get(item, "observedTimeUnixNano"))
    return Evaluation(str(_get(item, "spanId") or ""), at, attributes)


def attributes_of(pairs: object) -> dict[str, object]:
    """Values by name, out of OTLP's list of keys and typed values."""
    found: dict[str, object] = {}
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, Mapping) and isinstance(pair.get("key"), str):
            found[pair["key"]] = _value(pair.get("value"))
    return found


def _value(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    for name, inner in value.items():
        match name.replace("_", "").casefold():
            case "intvalue":
                return int(str(inner))
            case "arrayvalue":
                return [_value(one) for one in _list(inner, "values")]
            case "kvlistvalue":
                return attributes_of(_get(_mapping(inner), "values"))
            case _:
                return inner
    return None


def _get(values: Mapping[str, object], name: str) -> object:
    """The value under its camel case name, or under the name of the protocol's own files."""
    if name in values:
        return values[name]
    return values.get("".join(f"_{one.lower()}" if one.isupper() else one for one in name))


def _list(values: object, name: str) -> list[Mapping[str, object]]:
    found = _get(values, name) if isinstance(values, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    return 0 if value is None or value == "" else int(str(value))
