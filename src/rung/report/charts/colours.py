"""The colours of the charts, light and dark, after Okabe and Ito (2008) for readers with any colour vision.

A chart is drawn with the light values. A page that also has a dark side maps each of them by attribute, with
`dark_rules`, so one drawing serves both and stays correct on its own.
"""

from __future__ import annotations

INK = "#1b1d20"
MUTED = "#5a6068"
GRID = "#dcdfe3"
ACCENT = "#0072b2"
MEETS = "#00795c"
MISSES = "#b54a00"
UNDECIDED = "#7d6200"
UNMEASURED = "#6c727a"
HATCHED = "#f1f1f4"  # replaced by a hatch pattern when the drawing is finished
HATCH_LINE = "#868c95"

DARK = {
    INK: "#e9eaec",
    MUTED: "#a9afb8",
    GRID: "#343940",
    ACCENT: "#56b4e9",
    MEETS: "#4fcfa6",
    MISSES: "#ff9b5e",
    UNDECIDED: "#e8c547",
    UNMEASURED: "#a0a6ae",
    HATCH_LINE: "#8e959f",
}
STATE_COLOURS = {"meets": MEETS, "misses": MISSES, "undecided": UNDECIDED, "unmeasured": UNMEASURED}


def dark_rules(selector: str) -> str:
    """CSS that turns the drawings under `selector` to their dark colours."""
    return "\n".join(
        f'{selector} [{part}="{light}"]{{{part}:{dark}}}' for light, dark in DARK.items() for part in ("fill", "stroke")
    )
