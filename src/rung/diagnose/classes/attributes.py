"""What an item may have in common with others: the attributes that slices of failures are looked for in.

An attribute is a name and, for every item, its value or None. Values with few items stay: the test decides which can be
told apart. Metadata is taken where a field has 2 to 50 values; a field with more is an identifier or a number, and says
nothing of a kind of item.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.evaluate.run import Row
from rung.task.task import Kind

AttributeKind = Literal[
    "label", "rare_label", "question", "field", "segment", "flow", "metadata", "derivation", "script", "length", "digit"
]
MOST_VALUES = 50
RARE_LABEL = 5
"""Items of a label in the run below which the label is rare."""
PARTS_OF_LENGTH = 5
_LETTERS_READ = 500
_BLOCKS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
Values = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """The items (row numbers, ascending) that share one value of an attribute. `name` as a person reads it."""

    kind: AttributeKind
    name: str
    members: tuple[int, ...]


def parts(rows: Sequence[Row], *, kind: Kind, multi_label: bool) -> tuple[Part, ...]:
    """Every value of every attribute but fields of a record, which fail by themselves (weak_slices.py).

    In the order in which a person would rather hear of them: of two parts with the same items the first is told.
    """
    found: list[Part] = []
    if kind == "classify":
        labels = [_labels(row, multi_label) for row in rows]
        found += _by_value("label", "label: {}", labels)
        found += _rare_labels(labels)
    if kind == "answer":
        answerable = [("answerable" if row.example.expected else "unanswerable",) for row in rows]
        found += _by_value("question", "question: {}", answerable)
    found += _by_value("segment", "segment: {}", [_one(row.example.segment) for row in rows])
    found += _by_value("flow", "flow: {}", [_one(row.example.flow) for row in rows])
    found += _metadata(rows)
    found += _by_value("derivation", "derived variants: {}", [_one(row.example.derivation) for row in rows])
    texts = [row.example.input for row in rows]
    found += _by_value("script", "script: {}", [_one(script(text)) for text in texts])
    found += _lengths(texts)
    digits = [("inputs with a digit",) if any(map(str.isdigit, text)) else () for text in texts]
    found += _by_value("digit", "{}", digits)
    return tuple(found)


def script(text: str) -> str | None:
    """The script that most letters of the text belong to (Latin, Cyrillic, Chinese, ...); None without letters.

    By the first word of a letter's Unicode name, which is its script for every script in use.
    """
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text)) else None
    letters = Counter(character for character in text[:_LETTERS_READ] if character.isalpha())
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        block = "LATIN" if letter.isascii() else unicodedata.name(letter, "unnamed").split()[0].split("-")[0]
        scripts[_BLOCKS.get(block, block.capitalize())] += count
    return max(scripts, key=lambda name: (scripts[name], name)) if scripts else None


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _labels(row: Row, multi_label: bool) -> tuple[str, ...]:
    return tuple(json.loads(row.example.expected)) if multi_label else (row.example.expected,)


def _by_value(kind: AttributeKind, name: str, values: Values) -> list[Part]:
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(values):
        for value in own:
            members[value].append(number)
    return [Part(kind, name.format(shortened(value)), tuple(own)) for value, own in members.items()]


def _rare_labels(labels: Values) -> list[Part]:
    counts = Counter(label for own in labels for label in own)
    members = tuple(number for number, own in enumerate(labels) if any(counts[label] < RARE_LABEL for label in own))
    if not 0 < len(members) < len(labels):
        return []
    return [Part("rare_label", f"rare labels (fewer than {RARE_LABEL} items here)", members)]


def _metadata(rows: Sequence[Row]) -> list[Part]:
    found: list[Part] = []
    for key in dict.fromkeys(key for row in rows for key in row.example.metadata):
        values = [_one(row.example.metadata.get(key)) for row in rows]
        if 2 <= len({value for own in values for value in own}) <= MOST_VALUES:
            taken = key in {"label", "question", "segment", "flow", "script", "field"}
            found += _by_value("metadata", f"{'metadata ' if taken else ''}{_plain(shortened(key))}: {{}}", values)
    return found


def _lengths(texts: Sequence[str]) -> list[Part]:
    """Fifths by length: words where texts have several, characters where most are written without spaces."""
    words = np.array([len(text.split()) for text in texts])
    unit, lengths = ("words", words) if np.median(words) >= 3 else ("characters", np.array([len(t) for t in texts]))
    ends = np.unique(np.quantile(lengths, np.arange(1, PARTS_OF_LENGTH) / PARTS_OF_LENGTH, method="lower"))
    fifth = np.searchsorted(ends, lengths, side="left")
    found = []
    for number in np.unique(fifth):
        members = np.flatnonzero(fifth == number)
        shortest, longest = int(lengths[members].min()), int(lengths[members].max())
        told = f"{shortest:,}" if shortest == longest else f"{shortest:,} to {longest:,}"
        place = "shortest " if number == 0 else "longest " if number == fifth.max() else ""
        found.append(Part("length", f"{place}inputs: {told} {unit}", tuple(members.tolist())))
    return found if len(found) > 1 else []


def _plain(key: str) -> str:
    """A key that may stand in a format string."""
    return key.replace("{", "{{").replace("}", "}}")


def shortened(text: str, longest: int = 60) -> str:
    """On one line, cut to `longest` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
