"""One part of the account of the cost, in the form that terminal, Markdown and page share."""

from __future__ import annotations

from dataclasses import dataclass

ABSENT = "–"
"""A cell of a line that the strategy does not have."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The first column holds names, every row has as many cells as `head`.

    `sums` is the number of rows at the end that are sums or percentiles of those above; a rule stands before them.
    `captioned`: the caption says more than the heading does, so it is told even of a table that stands alone.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: int = 0
    captioned: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what is said first, tables, and what is said after. `key` names the place of its drawings."""

    key: str
    title: str
    lead: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.lead or self.tables or self.after)
