from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import altair as alt
import pytest

from rung.estimate import Estimate, Missing, Provenance, exact
from rung.report.charts import Crossing, Drawing, TornadoRow, break_even, cash_flow, tornado, waterfall
from rung.report.charts.colours import ACCENT, DARK, INK

WIDTH = 900


def usd(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "USD", None, Provenance.ASSUMED, "made up")


def falls(width: int = WIDTH, name: str = "build") -> Drawing:
    lines = [(name, 100.0, "100"), ("calls", 300.0, "300"), ("work", 400.0, "400")]
    return waterfall(lines, total=("Total", 800.0, "800"), title="A year", key="falls", width_px=width)


def months(width: int = WIDTH) -> Drawing:
    figures = (usd(50, 40, 70), usd(10, 8, 12), Missing("unknown"))
    return cash_flow(figures, title="Months", most_usd=100.0, key="months", width_px=width)


def bars(width: int = WIDTH, name: str = "wage") -> Drawing:
    rows = [TornadoRow(name, 900.0, 1300.0, "25", "40"), TornadoRow("volume", 1050.0, 950.0, "8,000", "14,000")]
    return tornado(rows, base_usd=1000.0, title="What moves it", key="bars", width_px=width)


def volumes(width: int = WIDTH, name: str = "b for a") -> Drawing:
    crossing = Estimate(1000, 100, 10_000, "requests/month", None, Provenance.MODELLED, "draws")
    rows = [Crossing(name, crossing, 0.25), Crossing("c for a", Missing("none crosses"), 1.0)]
    now = exact(316.2278, "requests/month", Provenance.VALIDATED, "log")
    return break_even(rows, now=now, title="Break-even", key="volumes", width_px=width)


ALL = (falls, months, bars, volumes)


def paths(svg: str, part: str, colour: str) -> list[tuple[float, float]]:
    """Start and length across of each rule or rectangle in this colour, in px from the left of the plot."""
    if part == "stroke":
        found = re.findall(
            rf'<line transform="translate\(([-\d.]+),[-\d.]+\)" x2="([-\d.]+)"[^>]*stroke="{colour}"', svg
        )
        return [(min(float(at), float(at) + float(wide)), abs(float(wide))) for at, wide in found]
    found = re.findall(rf'd="M([-\d.]+),[-\d.]+h([-\d.]+)v[^"]*"[^>]*fill="{re.escape(colour)}"', svg)
    return [(float(at), float(wide)) for at, wide in found]


def test_a_line_begins_where_the_one_before_it_ended_and_the_total_at_nothing() -> None:
    lines = paths(falls().svg, "stroke", ACCENT)
    assert [wide for _, wide in lines] == pytest.approx([lines[0][1] * part for part in (1, 3, 4)], rel=1e-3)
    for (at, wide), (next_at, _) in pairwise(lines):
        assert at + wide == pytest.approx(next_at, abs=0.05)
    total = max(paths(falls().svg, "stroke", INK), key=lambda one: one[1])
    assert total == pytest.approx((0.0, 8 * lines[0][1]), rel=1e-3)


def test_a_bar_of_the_tornado_runs_from_the_base_to_the_amount_at_each_end() -> None:
    svg = bars().svg
    low, high = paths(svg, "fill", "url(#bars-hatch)"), paths(svg, "fill", ACCENT)
    assert high[0][1] == pytest.approx(3 * low[0][1], rel=1e-3)  # 1,000 to 1,300 against 900 to 1,000
    assert low[0][0] + low[0][1] == pytest.approx(high[0][0], abs=0.05)
    # The second driver lowers the amount at its high end: its solid bar lies on the other side.
    assert high[1][0] + high[1][1] == pytest.approx(low[1][0], abs=0.05)
    assert high[1][0] < high[0][0]


def test_volumes_stand_on_a_logarithmic_axis_with_today_as_a_dashed_line() -> None:
    svg = volumes().svg
    [(at, wide)] = paths(svg, "fill", "url(#volumes-hatch)")
    point = re.search(rf'translate\(([\d.]+),[\d.]+\)"[^>]*fill="{ACCENT}"', svg)
    assert point is not None
    assert float(point[1]) == pytest.approx(at + wide / 2, abs=0.5)  # 1,000 is midway from 100 to 10,000
    dashed = re.search(r'translate\(([\d.]+),[\d.]+\)"[^>]*stroke-dasharray', svg)
    assert dashed is not None
    assert float(dashed[1]) == pytest.approx(at + wide / 4, abs=0.5)
    assert "25% never cross" in svg
    assert "never crosses" in svg


def test_the_axis_of_months_ends_where_it_is_told_whatever_is_drawn() -> None:
    heights = re.findall(r">(\d+)</text>", months().svg)
    assert "100" in heights
    points = re.findall(rf'translate\([\d.]+,[\d.]+\)" d="M[^"]+" fill="{INK}"', months().svg)
    assert len(points) == 2


@pytest.mark.parametrize("chart", ALL)
@pytest.mark.parametrize("width", [350, WIDTH])
def test_the_specification_is_valid_and_the_drawing_stands_alone(chart: object, width: int) -> None:
    assert callable(chart)
    drawing = chart(width)
    alt.Chart.from_dict(drawing.spec)
    root = ET.fromstring(drawing.svg)
    assert float(root.attrib["width"]) == pytest.approx(width, abs=1)
    assert root.attrib["role"] == "img"
    assert "<script" not in drawing.svg
    assert "http" not in re.sub(r'xmlns(?::\w+)?="[^"]+"', "", drawing.svg)


@pytest.mark.parametrize("chart", ALL)
def test_every_colour_that_is_drawn_has_a_dark_one(chart: object) -> None:
    assert callable(chart)
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', chart().svg))
    assert used
    assert used <= set(DARK)


@pytest.mark.parametrize("chart", [falls, bars, volumes])
def test_the_words_beside_a_chart_say_what_it_shows_and_names_stay_text(chart: object) -> None:
    assert callable(chart)
    drawing = chart(WIDTH, name="<b>\x1b[1m&")
    assert "<b>" not in drawing.svg
    assert "\x1b" not in drawing.svg + drawing.alt
    assert "&lt;b&gt;" in drawing.svg


def test_the_descriptions_have_the_figures() -> None:
    assert falls().alt == "A year. build 100; calls 300; work 400. Total: 800."
    assert "month 1: USD 50 (40 to 70) ○ assumed" in months().alt
    assert "wage: 900 at 25, 1,300 at 40" in bars().alt
    assert "no crossing in 25% of the draws" in volumes().alt
