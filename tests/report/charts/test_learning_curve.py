from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import altair as alt
import pytest

from rung.estimate import Estimate, Missing, Provenance, exact
from rung.forecast.learning_curve import BandPoint, FittedCurve, PartForecast, Refusal, SizePoint, TargetLabels
from rung.report.charts import Drawing
from rung.report.charts.learning_curve import MARGINS_PX, learning_curve

WIDTH = 760
PLOT = WIDTH - MARGINS_PX["left"] - MARGINS_PX["right"]
NOTHING = Missing("nothing")


def share(value: float) -> Estimate:
    return Estimate(value, value - 0.04, value + 0.04, "share", 150, Provenance.MEASURED, "points")


POINTS = (SizePoint(10, 3, share(0.5)), SizePoint(100, 3, share(0.3)), SizePoint(1000, 1, share(0.2)))
BAND = tuple(BandPoint(n, share(e), n > 1000) for n, e in ((10.0, 0.5), (100.0, 0.3), (1000.0, 0.2), (10_000.0, 0.15)))
CURVE = FittedCurve(NOTHING, NOTHING, NOTHING, BAND, 1000, 10_000, exact(1.0, "share", Provenance.MODELLED, "draws"))
TARGET = TargetLabels("task_success", 0.82, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)


def drawn(curve: FittedCurve | None = CURVE, refused: Refusal | None = None) -> Drawing:
    part = PartForecast("", 150, 150, POINTS, curve, refused, None, (TARGET,) if curve else ())
    return learning_curve(part, title="A & B", key="curve", width_px=WIDTH)


def lines(svg: str) -> list[list[tuple[float, float]]]:
    """The points of the curve's two pieces, in px from the top left of the plot."""
    paths = re.findall(r'd="M([-\d.,L]+)" stroke="#0072b2"', svg)
    return [[(float(x), float(y)) for x, y in (one.split(",") for one in path.split("L"))] for path in paths]


def test_labels_lie_on_a_scale_of_logarithms() -> None:
    measured, beyond = lines(drawn().svg)
    assert [across for across, _ in measured] == pytest.approx([0, PLOT / 3, 2 * PLOT / 3], abs=0.5)
    assert [across for across, _ in beyond] == pytest.approx([2 * PLOT / 3, PLOT], abs=0.5)


def test_the_curve_beyond_what_was_measured_is_dashed_and_joins_on() -> None:
    svg = drawn().svg
    measured, beyond = lines(svg)
    assert measured[-1] == pytest.approx(beyond[0])
    assert len(re.findall(r'stroke="#0072b2"[^>]*stroke-dasharray="5,4"', svg)) == 1


def test_the_words_tell_points_forecast_and_target() -> None:
    told = drawn().alt
    for said in ("10 training labels", "1,000", "10,000", "last point", "at least 82%", "15"):
        assert said in told


def test_without_a_curve_the_points_stand_alone_and_the_words_say_why() -> None:
    found = drawn(None, Refusal("rising", "the error rises", "look"))
    assert lines(found.svg) == []
    assert "the error rises" in found.alt


def test_the_drawing_is_a_valid_chart_and_well_formed() -> None:
    found = drawn()
    assert ET.fromstring(found.svg).tag.endswith("svg")
    assert alt.LayerChart.from_dict(found.spec).to_dict() == found.spec


def test_no_point_no_drawing() -> None:
    with pytest.raises(ValueError, match="measured point"):
        learning_curve(PartForecast("", 0, 0, (), None, None, None, ()), title="A", key="a", width_px=WIDTH)
