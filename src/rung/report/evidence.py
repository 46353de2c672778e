"""The split and what the items hold, told in lines for people and as the JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rung.decide.codec import encode
from rung.pipeline.records import Looked
from rung.report.escape import plain, shorten

FIELDS_SHOWN = 12
NAME_WIDTH = 40
SPENDS = "Whoever reads the sealed file has spent it: what was seen there can no longer be tested on it."


def evidence_lines(looked: Looked) -> Iterator[str]:
    """A line a part, what the items hold, the hashes, and the notes. Everything that data says is made safe to show."""
    summary = looked.summary
    for part, count in summary.items.items():
        segments = ", ".join(f"{name} {number}" for name, number in summary.segments.get(part, {}).items())
        yield f"{part:<7} {count:>6} items in {summary.groups.get(part, 0)} groups  {segments}"
    yield _held(looked)
    yield f"data {summary.data_hash[:16]}, split {summary.split_hash[:16]}"
    yield from _made("derived", looked.derivations)
    yield from _made("edge", looked.edges)
    yield from (f"note: {plain(note)}" for note in summary.notes)
    yield from (f"written: {plain(path)}" for path in looked.written.values())
    if looked.written:
        yield SPENDS


def _made(what: str, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """How items came to be what they are, a line a part; nothing of a part that has none."""
    for part, found in counts.items():
        if found:
            yield f"{what} in {part}: {', '.join(f'{name} {count}' for name, count in found.items())}"


def evidence_document(looked: Looked) -> dict[str, Any]:
    """The same as JSON values."""
    parts = {"hashes": looked.hashes, "derivations": looked.derivations, "edges": looked.edges}
    document = {"kind": looked.kind, **encode(looked.summary), "holdings": encode(looked.holdings), **encode(parts)}
    return document | ({"written": encode(looked.written)} if looked.written else {})


def _held(looked: Looked) -> str:
    """By kind: labels; fields; questions with and without an answer; outputs that people judged. Then the corpus."""
    holds, corpus = looked.holdings, _counted(looked.summary.corpus_entries, "corpus entry", "corpus entries")
    within = f"of {holds.items} train and dev originals"
    match looked.kind:
        case "classify":
            return f"{_counted(len(looked.summary.labels), 'label', 'labels')}, {corpus}"
        case "extract":
            names = [f"{shorten(name, NAME_WIDTH)} {count}" for name, count in holds.strata.items()]
            more = f" and {len(names) - FIELDS_SHOWN} more" if len(names) > FIELDS_SHOWN else ""
            fields = _counted(len(names), "field", "fields")
            return f"{fields}, {within}: {', '.join(names[:FIELDS_SHOWN])}{more}; {corpus}"
        case "answer":
            answerable, unanswerable = (holds.strata.get(name, 0) for name in ("answerable", "unanswerable"))
            named = f"{holds.with_passages} name the passages that hold it"
            return f"{answerable} have an answer and {unanswerable} have none, {within}; {named}; {corpus}"
        case "generate":
            return f"{_counted(holds.judged, 'output', 'outputs')} judged by people; {corpus}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
