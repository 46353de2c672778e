"""From a Vega-Lite specification to a drawing that can stand inside a document without any script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from rung.report.charts.colours import GRID, HATCH_LINE, HATCHED, INK, MUTED
from rung.report.escape import plain

VEGA_LITE = "6.4"
"""The Vega-Lite release that Altair 6 writes for; named so that a newer converter draws the same."""

_SAFE_KEY = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its Vega-Lite specification, the SVG text drawn from it, and what it shows in a sentence or two.

    The SVG loads nothing, runs nothing, and carries `alt` as its description.
    """

    spec: dict[str, Any]
    svg: str
    alt: str


def draw(chart: Any, *, key: str, title: str, alt: str, margins_px: dict[str, int]) -> Drawing:
    """The Altair chart as a `Drawing`. `key` makes its ids unique in a page: lower-case letters, digits, hyphens.

    `margins_px` (left, right, top, bottom) stand around the plot whatever the texts need: panels side by side
    share their zero line, and the fonts of this machine change no size.
    """
    import vl_convert

    if not _SAFE_KEY.fullmatch(key):
        raise ValueError(f"the key of a drawing must match {_SAFE_KEY.pattern}, got {key!r}")
    spec: dict[str, Any] = chart.configure(
        aria=False,
        autosize={"type": "none"},
        padding=margins_px,
        background="transparent",
        font="sans-serif",
        view={"stroke": None},
        axis={"labelColor": INK, "titleColor": MUTED, "domainColor": GRID, "gridColor": GRID, "tickColor": GRID},
    ).to_dict(validate=False)  # the tests validate; it would double the time of a report
    # No base address is allowed: a chart holds its data and never fetches any.
    svg = str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))
    return Drawing(spec, _standing_alone(svg, key, plain(title), plain(alt)), plain(alt))


def _standing_alone(svg: str, key: str, title: str, alt: str) -> str:
    """With a role, a title and a description for those who do not see it, and with the hatch pattern defined."""
    size = re.search(r'width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"', svg)
    start = svg.index(">") + 1
    if size is None:
        raise ValueError("the converter returned an SVG without width, height and viewBox")
    hatch = (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{HATCH_LINE}" stroke-width="2"/>'
        "</pattern></defs>"
        if f'fill="{HATCHED}"' in svg
        else ""
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="{size[1]}" height="{size[2]}" '
        f'viewBox="{size[3]}" aria-labelledby="{key}-title {key}-alt"><title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-alt">{escape(alt)}</desc>{hatch}'
    )
    body = svg[start:].replace(f'fill="{HATCHED}"', f'fill="url(#{key}-hatch)"')
    # Vega names its groups for assistive technology; inside role=img they would only be noise.
    return head + re.sub(r' (?:role|aria-\w+|pointer-events)="[^"]*"', "", body)
