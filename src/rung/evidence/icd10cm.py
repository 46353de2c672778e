"""Medical coding from public data: clinical terms and the ICD-10-CM category that each belongs to.

The terms are the inclusion terms of the official tabular list, as carried by the package `simple-icd-10-cm`; the
corpus is the official code titles. ICD-10-CM is published by the U.S. National Center for Health Statistics.
"""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from rung.errors import InvalidData, MissingExtra
from rung.evidence.duplicates import normalised
from rung.task.example import content_hash

CATEGORIES = (
    "C83", "C91", "D47", "D68", "D69", "D72", "D75", "E34", "E72", "E74", "E88", "I21",
    "I22", "K00", "K03", "K08", "M26", "O03", "O04", "O07", "O08", "Q87", "S25", "S35",
)  # fmt: skip
"""Frozen: of the 70 categories with at least 25 terms over at least 5 codes, the 24 most confused with each other."""
LONGEST_TERM = 120
TERMS_PER_CATEGORY = 40
_CODING_NOTES = ("this category", "this code", "code ", "use ", "see ", "note")


@dataclass(frozen=True, slots=True)
class Term:
    """A clinical term and the code it is listed under."""

    code: str
    text: str

    @property
    def category(self) -> str:
        """The first three characters: the label."""
        return self.code[:3]

    @property
    def subcategory(self) -> str:
        """The first four characters: the group (`D68.3`)."""
        return self.code[:5]


def build(directory: Path) -> None:
    """Write data/examples.jsonl and data/corpus.jsonl under the directory, the same bytes every time.

    Dropped: terms over 120 characters or ending in a period, coding notes, terms that stand in more than one
    category of the whole classification, and repetitions within a category. Each category keeps the first 40 terms
    in the order of a hash of the term.
    """
    table = _table()
    terms = _terms(table)
    missing = [category for category in CATEGORIES if not any(term.category == category for term in terms)]
    if missing:
        raise InvalidData(
            f"simple-icd-10-cm holds no usable terms for {', '.join(missing)}; install the version named in "
            "constraints.txt"
        )
    data = directory / "data"
    data.mkdir(parents=True, exist_ok=True)
    _write(data / "examples.jsonl", _example_rows(terms))
    _write(data / "corpus.jsonl", _corpus_rows(table))


def _table() -> ModuleType:
    try:
        with warnings.catch_warnings():
            # The package reads its data through an importlib function that newer Pythons deprecate.
            warnings.simplefilter("ignore", DeprecationWarning)
            import simple_icd_10_cm
    except ImportError as error:
        raise MissingExtra("local", "the medical-coding data") from error
    table: ModuleType = simple_icd_10_cm
    return table


def _terms(table: ModuleType) -> list[Term]:
    listed = [
        Term(code, " ".join(text.split()))
        for code in table.get_all_codes(with_dots=True)
        if not table.is_chapter_or_block(code)
        for text in table.get_inclusion_term(code)
    ]
    categories: defaultdict[str, set[str]] = defaultdict(set)
    for term in listed:
        categories[normalised(term.text)].add(term.category)
    kept: dict[str, list[Term]] = {category: [] for category in CATEGORIES}
    seen: set[str] = set()
    for term in listed:
        key = normalised(term.text)
        if term.category in kept and _usable(term.text) and len(categories[key]) == 1 and key not in seen:
            seen.add(key)
            kept[term.category].append(term)
    return [
        term
        for category in CATEGORIES
        for term in sorted(kept[category], key=lambda term: content_hash(term.text))[:TERMS_PER_CATEGORY]
    ]


def _usable(text: str) -> bool:
    return len(text) <= LONGEST_TERM and not text.endswith(".") and not text.casefold().startswith(_CODING_NOTES)


def _example_rows(terms: list[Term]) -> Iterator[dict[str, object]]:
    for term in sorted(terms, key=lambda term: (term.code, term.text)):
        yield {
            "id": f"{term.code}-{content_hash(term.text)[:6]}",
            "input": term.text,
            "expected": term.category,
            "group": term.subcategory,
            "metadata": {"code": term.code},
        }


def _corpus_rows(table: ModuleType) -> Iterator[dict[str, object]]:
    for category in CATEGORIES:
        for code in [category, *table.get_descendants(category)]:
            yield {"id": code, "title": table.get_description(code), "text": "", "label": category}


def _write(path: Path, rows: Iterator[dict[str, object]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
