"""OpenTelemetry traces and logs: lines of JSON as the collector's file exporter writes them, and protobuf files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from rung.evidence.traces.documents import read_documents, rejoin
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.otlp_json import read_request
from rung.evidence.traces.otlp_protobuf import read_protobuf
from rung.evidence.traces.reading import Read, Rejected
from rung.evidence.traces.spans import Evaluation, Span, SpanNames, read_evaluation, read_span

REMEMBERED_ANSWERS = 100_000
"""Answers of a file whose span is remembered, the latest, for evaluations that name the answer and not the span."""
_LOOKED_AT = 4_096
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r")


def read_otlp(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of the spans that are calls of a model, and the outcomes that evaluation events tell, in spans or logs."""
    head = source.read(_LOOKED_AT)
    whole = rejoin(head, source)
    span_names = SpanNames(names)
    answers: OrderedDict[str, str] = OrderedDict()
    for line, one in read_protobuf(whole) if is_binary(head) else _read_json(whole):
        if isinstance(one, Rejected):
            yield one
        elif isinstance(one, Span):
            answer = one.attributes.get("gen_ai.response.id")
            if isinstance(answer, str):
                answers[answer] = one.id
                if len(answers) > REMEMBERED_ANSWERS:
                    answers.popitem(last=False)
            yield from read_span(one, line, span_names)
        else:
            answer = str(one.attributes.get("gen_ai.response.id") or "")
            about = one.span_id or answers.get(answer, answer)
            if about:
                yield read_evaluation(one.attributes, one.at, about, line, span_names)
            else:
                yield Rejected(line, "an evaluation names neither the span nor the answer that it judges")


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are no text."""
    return any(byte in _CONTROL for byte in head)


def _read_json(source: BinaryIO) -> Iterator[tuple[int, Span | Evaluation | Rejected]]:
    for row in read_documents(source):
        if isinstance(row, JsonRow):
            yield from ((row.line, one) for one in read_request(row))
        else:
            yield row.line, row
