"""The values of one row as they are found under their several names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from rung.evidence.traces.columns import OUTCOME_COLUMNS
from rung.evidence.traces.reading import RawTrace, Rejected, shown

Text = str | bytes | Callable[[], str]


class Collected:
    """Values by column. Of several names the lowest rank that has a value stands; names of one rank must agree."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str, object]] = {}
        self._conflict: str | None = None

    def add(self, column: str, value: object, name: str, rank: int = 0, factor: float = 1.0) -> None:
        """Take a value that stands under `name`; a number is multiplied by `factor` to reach the column's unit."""
        value = None if value == "" else scaled(value, factor)
        held = self._found.get(column)
        if held is None or held[2] is None or (value is not None and rank < held[0]):
            self._found[column] = (rank, name, value)
        elif value is not None and rank == held[0] and not _same(value, held[2]):
            self._conflict = f"{held[1]!r} and {name!r} both tell {column} and differ"

    def add_outcome(self, values: Mapping[str, object], name: str) -> None:
        """Take the outcome that the judgement `name` tells. Of several times the latest stands, as ISO 8601 text."""
        for column in OUTCOME_COLUMNS:
            if column == "outcome_at":
                times = [str(time) for time in (self.get(column), values.get(column)) if time is not None]
                self._found |= {column: (0, name, max(times))} if times else {}
            elif column in values:
                self.add(column, values[column], name)

    def get(self, column: str) -> object:
        """The value that stands so far; None where there is none."""
        held = self._found.get(column)
        return None if held is None else held[2]

    def has(self, column: str) -> bool:
        """Whether the log has a name for the column, with a value or without."""
        return column in self._found

    def row(self, line: int, text: Text, schema_version: str | None = None) -> RawTrace | Rejected:
        """The row, or why there is none: two names of one column that differ. `text` is what is shown then."""
        if self._conflict is not None:
            return Rejected(line, self._conflict, shown(text() if callable(text) else text))
        return RawTrace({column: value for column, (_, _, value) in self._found.items()}, line, schema_version)


def scaled(value: object, factor: float) -> object:
    """The value in the column's unit. What is no number stays as it is, for the check that names it."""
    if factor == 1.0 or value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str | int | float):
        return value
    try:
        number = float(value) * factor
    except (ValueError, OverflowError):
        return value
    return number if isfinite(number) else value


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return one == other or (isinstance(one, str) != isinstance(other, str) and str(one) == str(other))
