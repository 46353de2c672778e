"""The parts of an input that a change of spelling must not touch, or the right answer would be another one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rung.evidence.changes.perturb import Span
from rung.task.example import Example
from rung.task.task import Kind

_TOKENS = re.compile(r"\S+")
_SENTENCE_END = (".", "!", "?", ":")
_SPEAKER = re.compile(r"I(?:['’](?:m|ve|ll|d))?[.,;:!?]*")
_INNER_SIGN = re.compile(r"(?=\S*\d)\w+(?:[.,:/'’-]\w+)+")


def kept_spans(example: Example, kind: Kind) -> list[Span]:
    """Spans of the input. extract: every value of the record that stands in it, in any case. answer and generate: names
    and numbers, told by a digit or by a capital inside a sentence. classify: numbers and codes that a sign holds
    together (3.5, E11.9), and no word, as no label hangs on one."""
    if kind == "extract":
        return [span for value in _values(json.loads(example.expected)) for span in _occurrences(value, example.input)]
    if kind in {"answer", "generate"}:
        return list(_names_and_numbers(example.input))
    return [found.span() for found in _INNER_SIGN.finditer(example.input)]


def _values(value: Any) -> Iterator[str]:
    """Every text and number of a record."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _values(part)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part)
    elif isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, bool):
        yield json.dumps(value)


def _occurrences(value: str, text: str) -> Iterator[Span]:
    if value.strip():
        for found in re.finditer(re.escape(value.strip()), text, flags=re.IGNORECASE):
            yield found.span()


def _names_and_numbers(text: str) -> Iterator[Span]:
    starts_sentence = True
    for found in _TOKENS.finditer(text):
        token = found.group()
        letters = [letter for letter in token if letter.isalpha()]
        speaker = _SPEAKER.fullmatch(token) is not None
        named = (
            bool(letters)
            and not speaker
            and any(letter.isupper() for letter in letters[0 if not starts_sentence else 1 :])
        )
        if named or any(letter.isdigit() for letter in token):
            end = len(token.rstrip(".,;:!?)\"'"))
            yield found.start(), found.start() + end
        starts_sentence = token.endswith(_SENTENCE_END)
