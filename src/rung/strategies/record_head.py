"""A record from a text without writing it word by word: choices are classified, values are found where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rung.strategies.label_set_head import LabelSetHead
from rung.strategies.linear_head import LinearHead
from rung.strategies.record_fields import Field, canonical
from rung.strategies.tagger import Tagger
from rung.strategies.tagging import Span
from rung.strategies.value_forms import read
from rung.strategies.words import Words, words_of
from rung.task.protocols import Prediction

ABSENT = ""
"""The class of a text whose record does not have the field; every other class is the JSON text of a value."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Fields whose values never share words, and the tagger that finds them; the tagger counts them in this order."""

    fields: tuple[Field, ...]
    tagger: Tagger


class RecordHead:
    """Fitted heads and taggers as a `Predictor` whose output is a record that meets the schema, as canonical JSON."""

    def __init__(
        self,
        fields: Sequence[Field],
        layers: Sequence[Layer],
        choices: Sequence[tuple[Field, LinearHead | LabelSetHead | str]],
        is_valid: Callable[[Any], tuple[tuple[str | int, ...], ...]],
    ) -> None:
        """`choices`: the head of each field that is one, or the JSON text of the only value it ever has. `is_valid`:
        the places where a record breaks the schema, none for a valid one."""
        self._fields = tuple(fields)
        self._layers = tuple(layers)
        self._choices = tuple(choices)
        self._breaks = is_valid

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; every input on its own, so that no other can move its digits.

        The confidence is that of the least certain of all the decisions behind the record.
        """
        return [self._answer(text) for text in inputs]

    def _answer(self, text: str) -> Prediction:
        words = words_of(text)
        found: dict[Field, Any] = {}
        confidence = 1.0
        for layer in self._layers:
            values, share = _values(layer, words)
            found.update(values)
            confidence = min(confidence, share)
        for field, head in self._choices:
            value, share = _choice(head, text)
            if value is not None:
                found[field] = value
            confidence = min(confidence, share)
        record = built(self._fields, found)
        if not pruned(record, self._breaks):
            return Prediction(output="", raw=canonical(record), failure="empty")
        return Prediction(output=canonical(record), confidence=confidence)


def _choice(head: LinearHead | LabelSetHead | str, text: str) -> tuple[Any, float]:
    """(the value or None, its probability)."""
    if isinstance(head, str):
        return json.loads(head), 1.0
    if isinstance(head, LabelSetHead):
        labels, share = head.labels_of(text)
        return [json.loads(label) for label in labels] or None, share
    answer = head.predict([text])[0]
    share = 1.0 if answer.confidence is None else answer.confidence
    return (None if answer.output == ABSENT else json.loads(answer.output)), share


def _values(layer: Layer, words: Words) -> tuple[dict[Field, Any], float]:
    """(the values of the layer's fields that were found, the probability of the least certain tag)."""
    shares = layer.tagger.shares(words.words)
    spans, confidence = layer.tagger.spans(shares)
    found: dict[Field, Any] = {}
    for number, field in enumerate(layer.fields):
        own = [span for span in spans if span.field == number]
        values = _read_all(field, own, words)
        if not values and field.blank is None and field.always:
            # A record without it would break the schema, or look like none of those seen: the likeliest will do.
            best = layer.tagger.likeliest(number, shares)
            values = _read_all(field, [] if best is None else [best], words)
            confidence = min(confidence, best.share) if best is not None else confidence
        if values:
            found[field] = values if field.how == "spans" else values[0]
    return found, confidence


def _read_all(field: Field, spans: Sequence[Span], words: Words) -> list[Any]:
    """The values of the spans that can be read as the field's form: in the order of the text for a list, else the
    likeliest first."""
    ordered = spans if field.how == "spans" else sorted(spans, key=lambda span: -span.share)
    values = (read(field.form, field.habit, words.slice(span.start, span.stop)) for span in ordered)
    return [value for value in values if value is not None]


def built(fields: Sequence[Field], found: dict[Field, Any]) -> dict[str, Any]:
    """The record with these values, and with what mostly stands where nothing was found. `fields` in their order:
    an object before what it holds."""
    record: dict[str, Any] = {}
    for field, value in found.items():
        _holder(record, field)[field.path[-1]] = value
    for field in fields:
        around: Any = record
        for key in field.path[:-1]:
            around = around.get(key) if isinstance(around, dict) else None
        if isinstance(around, dict) and field.path[-1] not in around and field.blank is not None:
            around[field.path[-1]] = json.loads(field.blank)
    return record


def _holder(record: dict[str, Any], field: Field) -> dict[str, Any]:
    for key in field.path[:-1]:
        record = record.setdefault(key, {})
    return record


def pruned(record: dict[str, Any], breaks: Callable[[Any], tuple[tuple[str | int, ...], ...]]) -> bool:
    """True when the record meets the schema, after whatever breaks it was taken out; False when the record as a
    whole still breaks it. Changes `record`."""
    while places := breaks(record):
        place = max(places, key=len)
        if not place:
            return False
        around: Any = record
        for key in place[:-1]:
            around = around[key]
        del around[place[-1]]
    return True
