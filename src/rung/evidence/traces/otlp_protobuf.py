"""The protobuf form of OTLP: requests as they are sent, and files of several requests.

A file is one request (or several put together, which protobuf reads as one), or requests that each stand after
their length: four bytes with the most significant first, as the collector's file exporter writes, or a varint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import TYPE_CHECKING, BinaryIO

from rung.evidence.traces.reading import MAX_LINE_BYTES, Rejected
from rung.evidence.traces.spans import EVALUATION, Evaluation, Span, SpanEvent

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
    from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

_FIRST_FIELD = 0x0A
"""Tag of field 1 with a length: the resource spans or resource logs of a request, the first byte of every one."""


def read_protobuf(source: BinaryIO) -> Iterator[tuple[int, Span | Evaluation | Rejected]]:
    """The spans and evaluation records with their number in the file, from 1. Memory is that of one resource."""
    number = 0
    try:
        for data in _resources(source):
            for one in _read_resource(data):
                number += 1
                yield number, one
    except _Broken as error:
        yield number + 1, Rejected(number + 1, str(error))


class _Broken(ValueError):
    pass


def _resources(source: BinaryIO) -> Iterator[bytes]:
    start = source.read(5)
    if len(start) == 5 and start[0] != _FIRST_FIELD and start[4] == _FIRST_FIELD and start[0] == 0:
        take_length = _fixed_length
    elif start[:1] == bytes([_FIRST_FIELD]):
        yield from _fields(_Bytes(start, source))
        return
    else:
        take_length = _varint
    framed = _Bytes(start, source)
    while (length := take_length(framed)) is not None:
        yield from _fields(_Bytes(framed.take(length), None))


class _Bytes:
    """Bytes in order, from what was read already and then from a source."""

    def __init__(self, head: bytes, source: BinaryIO | None) -> None:
        self._head, self._at, self._source = head, 0, source

    def byte(self) -> int | None:
        """The next byte; None at the end."""
        if self._at < len(self._head):
            self._at += 1
            return self._head[self._at - 1]
        more = self._source.read(1) if self._source is not None else b""
        return more[0] if more else None

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises _Broken where there are fewer, or too many to hold."""
        if size > MAX_LINE_BYTES:
            raise _Broken(f"a message of {size:,} bytes is longer than {MAX_LINE_BYTES // 2**20} MiB, or no message")
        data = self._head[self._at : self._at + size]
        self._at += len(data)
        if len(data) < size and self._source is not None:
            data += self._source.read(size - len(data))
        if len(data) < size:
            raise _Broken("the file ends in the middle of a message; what came before was read")
        return data


def _varint(data: _Bytes) -> int | None:
    value = 0
    for shift in range(0, 70, 7):
        byte = data.byte()
        if byte is None:
            if shift == 0:
                return None
            break
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise _Broken("not OTLP protobuf: a length does not end")


def _fixed_length(data: _Bytes) -> int | None:
    first = data.byte()
    return None if first is None else int.from_bytes(bytes([first]) + data.take(3), "big")


def _fields(data: _Bytes) -> Iterator[bytes]:
    """The resource spans or resource logs of a request."""
    while (tag := data.byte()) is not None:
        length = _varint(data) if tag == _FIRST_FIELD else None
        if length is None:
            raise _Broken(f"not OTLP protobuf: a request holds a field with the tag {tag}")
        yield data.take(length)


def _read_resource(data: bytes) -> Iterator[Span | Evaluation | Rejected]:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.logs.v1.logs_pb2 import ResourceLogs
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

    try:
        traces = ResourceSpans.FromString(data)
        # A span's first field is its id and a log record's its time: read as the other, neither has an id.
        if any(span.span_id for scope in traces.scope_spans for span in scope.spans):
            yield from _spans(traces)
        else:
            yield from _records(ResourceLogs.FromString(data))
    except DecodeError as error:
        raise _Broken(f"not OTLP protobuf: {error}") from error


def _spans(group: ResourceSpans) -> Iterator[Span]:
    resource = _attributes(group.resource.attributes)
    for scope in group.scope_spans:
        schema = scope.schema_url or group.schema_url or None
        for span in scope.spans:
            yield _span(span, resource, schema)


def _span(span: SpanMessage, resource: dict[str, object], schema: str | None) -> Span:
    return Span(
        id=span.span_id.hex(),
        name=span.name,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes=_attributes(span.attributes),
        failed=True if span.status.code == span.status.STATUS_CODE_ERROR else None,
        message=span.status.message,
        events=tuple(SpanEvent(one.name, one.time_unix_nano, _attributes(one.attributes)) for one in span.events),
        resource=resource,
        schema_version=schema,
    )


def _records(group: ResourceLogs) -> Iterator[Evaluation]:
    for scope in group.scope_logs:
        for record in scope.log_records:
            evaluation = _record(record)
            if evaluation is not None:
                yield evaluation


def _record(record: LogRecord) -> Evaluation | None:
    attributes = _attributes(record.attributes)
    if EVALUATION not in (record.event_name, attributes.get("event.name")):
        return None
    return Evaluation(record.span_id.hex(), record.time_unix_nano or record.observed_time_unix_nano, attributes)


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> object:
    match value.WhichOneof("value"):
        case "array_value":
            return [_value(one) for one in value.array_value.values]
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case "bytes_value":
            return value.bytes_value.hex()
        case "double_value" if not isfinite(value.double_value):
            # As text it reaches the check that names it: JSON has no such number.
            return str(value.double_value)
        case None:
            return None
        case name:
            return getattr(value, name)
