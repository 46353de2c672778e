from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import altair as alt
import pytest

from rung.decide.decision import Decision
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.report.charts import Drawing, IntervalRow, family_bars, interval_rows
from rung.report.charts.colours import DARK, STATE_COLOURS, dark_rules

SVG = "{http://www.w3.org/2000/svg}"


def measured(value: float, low: float, high: float, unit: str) -> Estimate:
    return Estimate(value, low, high, unit, 150, Provenance.MEASURED, "run 1")


def bars() -> Drawing:
    return family_bars(
        {
            "pretrained": measured(80, 70, 90, "index"),
            "classical": measured(40, 35, 45, "index"),
            "fine_tuned": exact(50, "index", Provenance.DIRECTIONAL, "planning"),
            "from_scratch": Missing("nobody knows", ""),
        },
        title="Quality",
        key="quality",
    )


def rows(label: str = "one") -> Drawing:
    return interval_rows(
        [
            IntervalRow(label, measured(0.5, 0.4, 0.6, "share"), "misses"),
            IntervalRow("two", measured(0.9, 0.85, 0.95, "share"), "meets"),
            IntervalRow("three", Missing("not run"), None),
        ],
        bound=0.8,
        unit="share",
        bound_words="at least 80%",
        title="Task success",
        key="success",
        width_px=900,
    )


def widths(svg: str, fill: str) -> list[float]:
    return [float(width) for width in re.findall(rf'd="M0,[\d.]+h([\d.]+)v[^"]*" fill="{re.escape(fill)}"', svg)]


def place(svg: str, label: str) -> float:
    """Where the axis has this label, in px from the left of the plot."""
    found = re.search(rf'translate\(([\d.]+),[\d.]+\)"[^>]*>{label}<', svg)
    assert found is not None
    return float(found[1])


def test_a_bar_is_as_long_as_its_value() -> None:
    own = widths(bars().svg, "#0072b2")
    assert own[0] / own[1] == pytest.approx(80 / 40)


def test_a_planning_value_is_hatched_and_outlined_and_named_and_an_own_value_is_not() -> None:
    svg = bars().svg
    planned = widths(svg, "url(#quality-hatch)")
    own = widths(svg, "#0072b2")
    assert planned[0] / own[0] == pytest.approx(50 / 80)
    assert "stroke-dasharray" in svg
    assert re.findall(r">(◇ [^<]*)<", svg) == ["◇ 50 planning"]
    assert 'id="quality-hatch"' in svg


def test_families_keep_the_order_of_the_ladder_whatever_their_values() -> None:
    names = re.findall(r">(Pre-trained|Classical|Fine-tuned|From scratch)<", bars().svg.partition("</desc>")[2])
    assert names == ["Pre-trained", "Classical", "Fine-tuned", "From scratch"]


def test_a_missing_value_has_no_bar_and_is_called_unknown() -> None:
    assert ">unknown<" in bars().svg
    assert "From scratch: unknown: nobody knows" in bars().alt


def test_intervals_and_target_stand_where_the_axis_says() -> None:
    svg = rows().svg
    zero, full = (place(svg, label) for label in ("0%", "100%"))
    line = re.search(r'<line transform="translate\(([\d.]+),0\)"[^>]*stroke-dasharray="5,4"', svg)
    ends = re.search(r'<line transform="translate\(([\d.]+),[\d.]+\)" x2="([-\d.]+)"[^>]*stroke="#b54a00"', svg)
    assert line is not None
    assert ends is not None
    assert (float(line[1]) - zero) / (full - zero) == pytest.approx(0.8, abs=0.002)
    first, length = float(ends[1]), float(ends[2])
    low, high = sorted((first, first + length))
    assert (low - zero) / (full - zero) == pytest.approx(0.4, abs=0.002)
    assert (high - zero) / (full - zero) == pytest.approx(0.6, abs=0.002)


def test_a_state_has_a_colour_a_shape_and_a_symbol_of_its_own() -> None:
    points = re.findall(r'd="(M[^"]*)" fill="(#[0-9a-f]{6})"', rows().svg)
    assert {colour for _, colour in points} == {STATE_COLOURS["misses"], STATE_COLOURS["meets"]}
    assert len({shape for shape, _ in points}) == 2
    assert re.findall(r">([✗✓])<", rows().svg) == ["✗", "✓"]


@pytest.mark.parametrize(
    "label",
    [
        "</svg><script>alert(1)</script>",
        '<img src=x onerror="x">',
        "datum.value",
        "{'signal': 'width'}",
        "\x1b[2J\u202e&\ud800",
    ],
)
def test_a_hostile_label_is_text_and_nothing_else(label: str) -> None:
    tree = ET.fromstring(rows(label).svg)
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "path", "line", "text", "defs", "pattern"}
    texts = [element.text or "" for element in tree.iter(f"{SVG}text")]
    shown = label.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e").replace("\ud800", "\\ud800")
    assert shown in texts


def test_every_drawing_has_a_name_and_a_description_for_those_who_do_not_see_it() -> None:
    for drawing in (bars(), rows()):
        tree = ET.fromstring(drawing.svg)
        ids = {element.get("id"): element for element in tree.iter() if element.get("id")}
        assert tree.get("role") == "img"
        title, alt = (ids[one] for one in str(tree.get("aria-labelledby")).split())
        assert title.text in {"Quality", "Task success"}
        assert alt.text == drawing.alt


def test_the_specification_is_valid_vega_lite_and_holds_its_data() -> None:
    for drawing in (bars(), rows()):
        alt.LayerChart.from_dict(drawing.spec, validate=True)
        assert "url" not in drawing.spec["data"]


def test_a_key_that_could_break_out_of_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="key of a drawing"):
        family_bars({"pretrained": Missing("no")}, title="t", key='a"onload=')


def test_the_dark_side_has_a_rule_for_every_colour_drawn(decision: Decision) -> None:
    drawn = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', bars().svg + rows().svg))
    assert drawn <= set(DARK)
    assert all(f'[fill="{colour}"]' in dark_rules(".chart") for colour in drawn)
