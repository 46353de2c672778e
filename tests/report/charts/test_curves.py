from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import altair as alt
import pytest

from rung.diagnose.worth import Loss
from rung.estimate import Estimate, Missing, Provenance
from rung.report.charts import Drawing, lorenz_curve, pareto, risk_coverage
from rung.report.charts.colours import DARK
from rung.report.charts.plane import MARGINS_PX, MOST_POINTS, thinned

SVG = "{http://www.w3.org/2000/svg}"
WIDTH = 520
PLOT = WIDTH - MARGINS_PX["left"] - MARGINS_PX["right"]


def share(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "share", 150, Provenance.MEASURED, "run 1")


def lorenz(points: tuple[float, ...] = (0.0, 0.1, 0.3, 1.0)) -> Drawing:
    return lorenz_curve(points, gini=Missing("no draws"), key="lorenz", width_px=WIDTH)


def risk(most_risk: float | None = 0.2) -> Drawing:
    return risk_coverage(
        (0.25, 0.5, 1.0),
        (0.1, 0.2, 0.35),
        most_risk=most_risk,
        at_target=share(0.5, 0.4, 0.6),
        key="risk",
        width_px=WIDTH,
    )


def losses(*shares: float, name: str = "part") -> tuple[Loss, ...]:
    found = []
    added = 0.0
    for place, one in enumerate(shares):
        added += one
        usd = Estimate(1000 * one, 0.0, 2000 * one, "USD", None, Provenance.ASSUMED, "flows")
        found.append(Loss(f"{name} {place}", "flow", 10, 5, share(0.5, 0.3, 0.7), usd, one, added))
    return tuple(found)


def curve(svg: str, colour: str = "#0072b2") -> list[tuple[float, float]]:
    """The points of the line in this colour, in px from the top left of the plot."""
    found = re.search(rf'd="M([-\d.,L]+)" stroke="{colour}"', svg)
    assert found is not None
    points = [tuple(map(float, one.split(","))) for one in found[1].split("L")]
    return [(one[0], one[1]) for one in points]


def test_the_lorenz_curve_passes_through_its_points() -> None:
    height = round(PLOT * 0.72)
    told = [(across / PLOT, 1 - down / height) for across, down in curve(lorenz().svg)]
    assert [across for across, _ in told] == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=0.002)
    assert [up for _, up in told] == pytest.approx([0.0, 0.1, 0.3, 1.0], abs=0.002)


def test_the_diagonal_of_an_even_spread_is_dashed_and_named() -> None:
    svg = lorenz().svg
    assert 'stroke-dasharray="5,4"' in svg
    assert re.findall(r">(spread evenly)<", svg) == ["spread evenly"]


@pytest.mark.parametrize(
    ("points", "larger_half"),
    [((0.0, 0.5, 1.0), "50%"), ((0.0, 0.0, 0.0, 0.0, 1.0), "100%"), ((0.0, 0.1, 0.3, 1.0), "80%")],
)
def test_the_words_say_what_the_larger_half_holds(points: tuple[float, ...], larger_half: str) -> None:
    # With three parts half of them lies between the first and the second: (0.1 + 0.3) / 2 = 0.2 below, 0.8 above.
    assert f"the larger half of the parts holds {larger_half} of what is lost" in lorenz(points).alt


def test_the_risk_stands_over_its_coverage_and_the_target_is_one_dashed_line() -> None:
    svg = risk().svg
    height = round(PLOT * 0.72)
    told = [(across / PLOT, 0.4 * (1 - down / height)) for across, down in curve(svg)]
    assert [across for across, _ in told] == pytest.approx([0.25, 0.5, 1.0], abs=0.002)
    assert [up for _, up in told] == pytest.approx([0.1, 0.2, 0.35], abs=0.002)
    assert svg.count('stroke-dasharray="5,4"') == 1
    assert re.findall(r">(target: [^<]*)<", svg) == ["target: at most 20% wrong"]


def test_the_words_say_the_risk_and_the_coverage_at_the_target() -> None:
    told = risk().alt
    assert "Of the surest 25% of the items 10% are wrong, of all that are answered 35%." in told
    assert "kept for 50% (40% to 60%)" in told


def test_without_a_target_no_line_is_drawn() -> None:
    drawing = risk(None)
    assert "stroke-dasharray" not in drawing.svg
    assert "target" not in drawing.alt


def test_a_bar_is_as_long_as_its_share_and_the_sums_reach_the_whole() -> None:
    drawing = pareto(losses(0.5, 0.3, 0.2), key="pareto", width_px=1080)
    bars = re.findall(r'x2="-?([\d.]+)"[^>]*stroke="#0072b2" stroke-width="12"', drawing.svg)
    lengths = [float(one) for one in bars]
    assert [one / lengths[0] for one in lengths] == pytest.approx([1, 0.6, 0.4], abs=0.01)
    sums = [across for across, _ in curve(drawing.svg, "#1b1d20")]
    assert sums == pytest.approx([2 * 0.5 * lengths[0], 2 * 0.8 * lengths[0], 2 * lengths[0]], abs=0.5)


def test_many_small_parts_stand_together_in_the_last_row() -> None:
    drawing = pareto(losses(0.4, *[0.006] * 100), key="pareto", width_px=350)
    # Twelve rows hold 0.4 + 11 x 0.006 = 0.466.
    assert ">all smaller parts<" in drawing.svg
    assert "all smaller parts: 53%" in drawing.alt
    assert drawing.svg.count('stroke-width="12"') == 13


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    points = [(place / 10_000, (place / 10_000) ** 2) for place in range(10_001)]
    kept = thinned(points)
    assert len(kept) == MOST_POINTS
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert set(kept) <= set(points)


@pytest.mark.parametrize("drawing", [lorenz(), risk(), pareto(losses(0.7, 0.3), key="pareto", width_px=350)])
def test_each_is_valid_described_and_has_a_dark_side(drawing: Drawing) -> None:
    alt.LayerChart.from_dict(drawing.spec, validate=True)
    tree = ET.fromstring(drawing.svg)
    ids = {element.get("id"): element for element in tree.iter() if element.get("id")}
    title, description = (ids[one] for one in str(tree.get("aria-labelledby")).split())
    assert title.text
    assert description.text == drawing.alt
    assert set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', drawing.svg)) <= set(DARK)


@pytest.mark.parametrize("name", ["</svg><script>alert(1)</script>", "datum.value", "\x1b[2J\u202e&\ud800"])
def test_a_hostile_part_is_text_and_nothing_else(name: str) -> None:
    tree = ET.fromstring(pareto(losses(1.0, name=name), key="pareto", width_px=1080).svg)
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "path", "line", "text"}
