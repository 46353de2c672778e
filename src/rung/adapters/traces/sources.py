"""Where the columns of a trace stand among the cells of a flat row, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rung.adapters.traces.session import name_of
from rung.evidence.traces.aliases import RAW_NAMES, Alias, plain


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of a column stands: at this 1-based place of the cells of a row."""

    place: int
    alias: Alias

    @property
    def text(self) -> str:
        """The cell in SQL; an empty one says nothing."""
        return f"nullif(v[{self.place}], '')"

    @property
    def value(self) -> str:
        """The cell in the column's unit. What is no number stays as it is, for the check that names it."""
        if self.alias.factor == 1.0:
            return self.text
        return (
            f"coalesce(CAST(TRY_CAST({self.text} AS DOUBLE) * {self.alias.factor!r}::DOUBLE AS VARCHAR), {self.text})"
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """The cells `v` of a row as columns. `unknown` are names that mean no column."""

    found: tuple[Source, ...]
    unknown: frozenset[str]

    def told(self) -> set[str]:
        """The columns that the log has a name for."""
        return {source.alias.column for source in self.found}

    def values(self) -> str:
        """A select list of the columns told: of several names the lowest rank that has a value stands."""
        told = self.told()
        return "".join(f", {_value_of(self._of(name))} AS {name_of(name)}" for name in RAW_NAMES if name in told)

    def disagreements(self) -> list[str]:
        """When two names of one column and rank have different values."""
        return [
            f"coalesce({one.value} <> {other.value}, false)"
            for name in RAW_NAMES
            for one, other in combinations(self._of(name), 2)
            if one.alias.rank == other.alias.rank
        ]

    def _of(self, column: str) -> list[Source]:
        return sorted((one for one in self.found if one.alias.column == column), key=lambda one: one.alias.rank)


def sources_of(names: Sequence[str], aliases: Mapping[str, Alias]) -> Sources:
    """What cells with these names, in their order, are."""
    known = [(place, aliases.get(plain(name))) for place, name in enumerate(names, start=1)]
    return Sources(
        tuple(Source(place, alias) for place, alias in known if alias is not None),
        frozenset(name for name in names if plain(name) not in aliases),
    )


def _value_of(sources: Sequence[Source]) -> str:
    values = [source.value for source in sources]
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"
