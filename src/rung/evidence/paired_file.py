"""Scores of two strategies from a file of one's own: a row an item, a column a strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rung.errors import InvalidData
from rung.evidence.rows import Problems, RawRow, read_rows

_WORDS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


@dataclass(frozen=True, slots=True)
class PairedFile:
    """Scores in [0, 1] by item, in the order of the file. `parts` has the part of each item by column, "" where the
    cell is empty; `groups` what an item shares with others: its own id where no such column was named."""

    path: Path
    first: tuple[float, ...]
    second: tuple[float, ...]
    groups: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]


def read_paired(
    path: Path, first: str, second: str, *, item: str | None, segments: Sequence[str], group: str | None
) -> PairedFile:
    """The columns `first` and `second` of a JSONL or CSV file. InvalidData with the first problems, each with its line.

    Scores are 0 to 1, true or false. `item` names the id column (None: the line is the id); ids must be unique.
    """
    problems = Problems(path)
    scores: list[tuple[float, float]] = []
    groups: list[str] = []
    parts: dict[str, list[str]] = {name: [] for name in segments}
    lines: dict[str, int] = {}
    columns = [first, second, *([item] if item else []), *segments, *([group] if group else [])]
    seen: set[str] = set()
    for row in read_rows(path, problems):
        seen |= row.values.keys()
        pair = _score(row, first, problems), _score(row, second, problems)
        name = _text(row, item, problems) if item else str(row.line)
        if name in lines:
            problems.add(row.line, f"the {item} {name!r} also stands in line {lines[name]}; give each item one row")
        lines.setdefault(name, row.line)
        if pair[0] is None or pair[1] is None:
            continue
        scores.append((pair[0], pair[1]))
        groups.append(_text(row, group, problems) if group else name)
        for column in segments:
            parts[column].append(str(row.values.get(column, "")).strip())
    absent = [column for column in columns if column not in seen]
    if absent and seen:
        raise InvalidData(f"{path}: has no column {absent[0]!r}; it has {', '.join(sorted(seen))}")
    problems.refuse()
    if not scores:
        raise InvalidData(f"{path}: holds no item; write one row per item with a score of each strategy")
    return PairedFile(
        path,
        tuple(one for one, _ in scores),
        tuple(two for _, two in scores),
        tuple(groups),
        {name: tuple(values) for name, values in parts.items()},
    )


def _score(row: RawRow, column: str, problems: Problems) -> float | None:
    value: Any = row.values.get(column)
    if isinstance(value, str):
        value = _WORDS.get(value.strip().casefold(), value)
    try:
        score = float(value)
    except (TypeError, ValueError):
        problems.add(row.line, f"{column} must be a score from 0 to 1, or true or false, found {value!r}")
        return None
    if not 0.0 <= score <= 1.0:
        problems.add(row.line, f"{column} must lie between 0 and 1, found {value!r}; divide by the largest score")
        return None
    return score


def _text(row: RawRow, column: str, problems: Problems) -> str:
    value = row.values.get(column)
    if value is None or isinstance(value, (dict, list)) or not str(value).strip():
        problems.add(row.line, f"{column} is empty; fill it, or leave the option out")
        return ""
    return str(value).strip()
