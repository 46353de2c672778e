"""What the charts of amounts share: the axis in USD, and rows of labels, bars and words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.report.charts.colours import GRID, INK, MUTED

LETTER_PX = 6.6
"""Mean width of a character at 12 px in the widest of the usual sans-serif faces (DejaVu Sans)."""
DIGIT_PX = 7.2
"""The same for text that is mostly digits, which are wider than most letters."""
NARROW_PX = 480
USD_LABELS = "format(datum.value, '~s')"


def usd_axis(title: str | None = None, *, values: Sequence[float] | None = None) -> Any:
    """An axis of amounts: 20k, 1.5M; with labels at `values`, where they are given."""
    import altair as alt

    return alt.Axis(
        title=title, titleFontSize=12, titleFontWeight="normal", titleColor=MUTED, labelFontSize=11, labelColor=MUTED,
        domain=False, ticks=False, grid=True, labelOverlap=True, labelFlush=False, labelPadding=6,
        labelExpr=USD_LABELS, **({"tickCount": 5} if values is None else {"values": list(values)}),
    )  # fmt: skip


class Rows:
    """Rows of equal height, each with a label at the left (narrow: above its bar) and words at the right."""

    def __init__(self, labels: list[str], words: list[str], width_px: int, *, most_px: int = 280) -> None:
        self.narrow = width_px < NARROW_PX
        self.labels_px = 16 if self.narrow else min(most_px, round(max(map(len, labels), default=1) * LETTER_PX) + 16)
        self.words_px = 18 if self.narrow else round(max(map(len, words), default=1) * DIGIT_PX) + 22
        self.plot_px = width_px - self.labels_px - self.words_px
        self.row_px = 42 if self.narrow else 30
        self.middle = 29 if self.narrow else 15
        self.height = self.row_px * max(len(labels), 1)
        self.margins = {"left": self.labels_px, "right": self.words_px, "top": 4, "bottom": 24}
        self._count = max(len(labels), 1)

    def down(self, field: str = "row") -> Any:
        """The vertical place of a record, in rows."""
        import altair as alt

        return alt.Y(
            f"{field}:Q", scale=alt.Scale(domain=[0, self._count], range=[0, self.height], nice=False), axis=None
        )

    def edges(self, row: int, half_px: float) -> dict[str, float]:
        """`top` and `bottom` of a bar in this row, in rows."""
        middle = row + self.middle / self.row_px
        return {"top": middle - half_px / self.row_px, "bottom": middle + half_px / self.row_px}

    def texts(self, base: Any) -> list[Any]:
        """A line above each row, its `label` and its `words`."""
        import altair as alt

        text: dict[str, Any] = {"baseline": "middle", "fontSize": 12, "color": INK}
        text["dy"] = 14 if self.narrow else self.middle
        return [
            base.mark_rule(color=GRID, strokeWidth=1).encode(
                x=alt.value(-self.labels_px + 4), x2=alt.value(self.plot_px)
            ),
            base.mark_text(align="left", **text).encode(
                x=alt.value(0 if self.narrow else -self.labels_px + 4), text="label:N"
            ),
            base.mark_text(align="right" if self.narrow else "left", **text).encode(
                x=alt.value(self.plot_px if self.narrow else self.plot_px + 12), text="words:N"
            ),
        ]
