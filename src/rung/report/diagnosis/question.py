"""What one question of a failure analysis found, in the form that terminal, Markdown and page share."""

from __future__ import annotations

from dataclasses import dataclass

from rung.estimate import Figure
from rung.report.figures import show

TITLES: dict[str, tuple[str, str]] = {
    "contract": ("D1", "Output contract"),
    "context": ("D2, D5", "Retrieval and knowledge"),
    "stages": ("D3", "Stages"),
    "wordings": ("D4", "Wordings of the prompt"),
    "capacity": ("D6", "The model itself"),
    "classes": ("D7", "Error classes"),
    "groundedness": ("D8", "Groundedness"),
    "robustness": ("D9", "Robustness and scope"),
    "abstention": ("D10", "Abstention"),
    "worth": ("D11", "Worth fixing"),
}
"""Number and title of each question by the name of its part of the `Diagnosis` (docs/concepts/diagnosis.md)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in a cell; `difference`: of two shares, told in points with its sign."""

    figure: Figure
    difference: bool = False

    @property
    def text(self) -> str:
        """As one sentence part."""
        return show(self.figure, difference=self.difference)


@dataclass(frozen=True, slots=True)
class Line:
    """One named figure. `note` is a clause that stands behind it."""

    name: str
    told: Told
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its first column holds names, every row has as many cells as `head`."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Told, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What one question found. `headline` is the finding in a clause, "" where it is not known. `readings` are
    sentences; `lines` the figures that are known and `unknown` sentences on those that are not, each reason once; `ids`
    names lists of items by what they have in common.
    """

    key: str
    headline: str
    readings: tuple[str, ...]
    lines: tuple[Line, ...]
    unknown: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    ids: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def number(self) -> str:
        """Such as D1."""
        return TITLES[self.key][0]

    @property
    def title(self) -> str:
        """The title behind the number."""
        return TITLES[self.key][1]
