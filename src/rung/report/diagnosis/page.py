"""One failure analysis as one HTML file that works offline: every class opens to its items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.report.diagnosis import classes
from rung.report.diagnosis.drawings import analysis_drawings
from rung.report.environment import dark_style, environment

if TYPE_CHECKING:
    from rung.diagnose.classes import FailureClass
    from rung.pipeline.diagnose import Diagnosed

ITEMS_SHOWN = 200
"""Of one class; the document holds all, and the page says how many it left out."""
ROWS_SHOWN = 100
IDS_SHOWN = 50
CONFUSIONS_SHOWN = 20
SLICES_SHOWN = 40


def render_diagnosis_html(found: Diagnosed) -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""

    def opened(one: FailureClass) -> classes.Opened:
        return classes.open_class(one, found.items, ITEMS_SHOWN)

    limits = {
        "confusions": CONFUSIONS_SHOWN,
        "slices": SLICES_SHOWN,
        "ids": IDS_SHOWN,
        "rows": ROWS_SHOWN,
        "classes": len(found.diagnosis.classes),
    }
    return (
        environment()
        .get_template("diagnosis.html.j2")
        .render(
            told=found,
            found=found.diagnosis,
            opened=opened,
            drawings=analysis_drawings(found.diagnosis, key="analysis"),
            dark_rules=dark_style(),
            limits=limits,
        )
    )
