"""The published laws' answer on a terminal."""

from __future__ import annotations

from rung.estimate import Estimate, Figure, Missing
from rung.forecast.scaling.calculator import PublishedTables
from rung.report.magnitudes import magnitude, show_magnitude
from rung.report.page import Page
from rung.report.words import PROVENANCES

NONE = "–"


def render_published(tables: PublishedTables, width: int, *, colour: bool = False) -> str:
    """A row a law, then what limits the text, the cautions and the sources."""
    from rich.text import Text

    page = Page(width, colour=colour)
    page.console.print(Text(f"Published scaling laws: {tables.question}", style=page.bold))
    page.console.print()
    names = [row.name + (" (!)" if row.caution else "") for row in tables.rows]
    columns = [
        ("FLOPs ◇", [_cell(row.flops) for row in tables.rows]),
        ("parameters ◇", [_cell(row.parameters) for row in tables.rows]),
        ("tokens ◇", [_cell(row.tokens) for row in tables.rows]),
        ("nats a token ◇", [_loss(row.loss) for row in tables.rows]),
    ]
    # What all laws were asked for stands in the title.
    page.tables(("law", names), [one for one in columns if len(set(one[1])) > 1 or one[1][0] == NONE])
    page.sentences(
        "With few distinct tokens", [f"{name}: {show_magnitude(one)}" for name, one in tables.limited.items()]
    )
    if tables.transfer is not None:
        page.sentences("What pre-training saves", [f"beside the text to tune on: {show_magnitude(tables.transfer)}"])
    page.sentences("Caution", [f"{row.name}: {row.caution}" for row in tables.rows if row.caution])
    gaps: dict[str, list[str]] = {}
    for row in tables.rows:
        for one in (row.loss, row.flops):
            if isinstance(one, Missing) and row.name not in gaps.setdefault(one.because, []):
                gaps[one.because].append(row.name)
    page.sentences("Unknown", [f"{', '.join(names)}: {because}" for because, names in gaps.items()])
    page.sentences("Sources", list(dict.fromkeys(row.source for row in tables.rows)))
    page.console.print()
    directional = PROVENANCES[next(iter(PROVENANCES))]
    page.say(
        f"{directional.symbol} {directional.word}: {directional.meaning}. Each law tells the loss on its authors' text "
        "with their tokens; losses of different laws are not to be compared. Kaplan's parameters leave embeddings out."
    )
    return page.text


def _cell(figure: Figure) -> str:
    return magnitude(figure.value) if isinstance(figure, Estimate) else NONE


def _loss(figure: Figure) -> str:
    return f"{figure.value:.3f}" if isinstance(figure, Estimate) else NONE
