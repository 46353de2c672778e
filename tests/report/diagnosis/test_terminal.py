from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis import render_diagnosis

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


def words(told: str) -> str:
    """On one line, as a person reads it."""
    return " ".join(told.split())


@pytest.mark.parametrize("name", ["everything", "nothing_fails"])
def test_the_words_at_80_columns_are_those_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_diagnosis(request.getfixturevalue(name), 80)
    assert told == (SNAPSHOTS / f"diagnosis-{name}.txt").read_text(encoding="utf-8")


def test_an_opened_class_reads_as_reviewed(everything: Diagnosed) -> None:
    told = render_diagnosis(everything, 80, opened="customs, fee, invoice")
    assert told == (SNAPSHOTS / "diagnosis-opened.txt").read_text(encoding="utf-8")


def test_three_sentences_stand_before_everything_else(everything: Diagnosed) -> None:
    told = words(render_diagnosis(everything, 80))
    order = [*everything.diagnosis.sentences[:3], "Also", "Causes, the largest first", "Gates", "D7", "D1 ", "D11"]
    places = [told.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", ["everything", "nothing_fails", "hostile_analysis", "vast"])
def test_no_line_is_wider_than_the_terminal(name: str, width: int, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(name)
    told = render_diagnosis(found, width)
    assert max(cell_len(line) for line in told.splitlines()) <= width
    first = next((one.name for one in found.diagnosis.classes), "none")
    opened = render_diagnosis(found, width, opened=first)
    assert max(cell_len(line) for line in opened.splitlines()) <= width


def test_names_in_wide_characters_stay_within_the_page_too(everything: Diagnosed) -> None:
    wide = replace(everything.diagnosis.classes[0], name="荷物が届かない" * 12)
    found = replace(everything, diagnosis=replace(everything.diagnosis, classes=(wide,)))
    assert max(cell_len(line) for line in render_diagnosis(found, 60).splitlines()) <= 60


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_figure_of_a_table_is_cut(everything: Diagnosed, width: int) -> None:
    told = render_diagnosis(everything, width)
    for figure in ("31.6% ●", "24.5–40.6%", "720–1,530", "18 of 30", "980–1,610", "−11.0 to −1.0"):
        assert figure in told


def test_every_opened_item_has_its_four_texts(everything: Diagnosed) -> None:
    told = render_diagnosis(everything, 100, opened="customs, fee, invoice")
    blocks = re.findall(
        r"^p-\d{4}$\n  input +(.*)\n  expected +(.*)\n  answered +(.*)\n  outcome +(.*)$", told, flags=re.M
    )
    assert len(blocks) == 7
    assert {block[1:] for block in blocks} == {("customs", "payment", "wrong label")}


def test_an_empty_answer_is_called_nothing(everything: Diagnosed) -> None:
    assert "answered  nothing" in render_diagnosis(everything, 80, opened="unclustered")


def test_a_name_that_no_class_has_is_answered_with_those_there_are(everything: Diagnosed) -> None:
    told = words(render_diagnosis(everything, 80, opened="lost and delayed"))
    assert "No class of failures of few-shot is called lost and delayed." in told
    assert "lost ↔ delayed" in told


def test_a_long_class_opens_to_two_hundred_items_and_counts_the_rest(vast: Diagnosed) -> None:
    name = vast.diagnosis.classes[0].name
    told = render_diagnosis(vast, 80, opened=name)
    assert len(re.findall(r"^v-\d{5}$", told, flags=re.M)) == 200
    assert "4,800 more items" in told
    assert len(told) < 100_000  # the texts of 32,000 characters are cut


def test_many_classes_and_parts_are_cut_and_counted(vast: Diagnosed) -> None:
    told = words(render_diagnosis(vast, 80))
    assert "25 more classes" in told
    assert "9,990 more rows" in told


def test_hostile_text_neither_moves_the_cursor_nor_forges_markup(hostile_analysis: Diagnosed) -> None:
    for told in (
        render_diagnosis(hostile_analysis, 120),
        render_diagnosis(hostile_analysis, 120, opened=hostile_analysis.diagnosis.classes[0].name),
        render_diagnosis(hostile_analysis, 120, opened="\x1b]0;gone\x07"),
    ):
        assert not [character for character in told if character != "\n" and not character.isprintable()]
    assert "[bold red]" in render_diagnosis(hostile_analysis, 120)


def test_colour_changes_no_word(everything: Diagnosed) -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", render_diagnosis(everything, 80, colour=True))
    assert [line.rstrip() for line in coloured.splitlines()] == render_diagnosis(everything, 80).splitlines()


def test_a_slice_says_how_much_more_often_it_fails(everything: Diagnosed) -> None:
    told = words(render_diagnosis(everything, 80, opened="channel = phone"))
    assert "Failure rate less that of all other items: +28 points (+12 to +43)" in told
    assert "less that of all other" not in render_diagnosis(everything, 80, opened="unclustered")


def test_a_locked_gate_comes_first_with_its_reason_and_what_would_mend_it(everything: Diagnosed) -> None:
    told = render_diagnosis(everything, 80)
    assert "gap. Strategies that would mend it: retrieval-prompt." in words(told)
    assert told.index("■ locked  Retrieval: retrieval owes 14%") < told.index("□ open    Failure analysis")


def test_without_any_value_the_column_of_losses_is_left_out(everything: Diagnosed) -> None:
    from rung.estimate import Missing

    gone = Missing("no flow states requests and value", "flows[].value_usd")
    classes = tuple(replace(one, value_usd_per_month=gone) for one in everything.diagnosis.classes)
    found = replace(everything, diagnosis=replace(everything.diagnosis, classes=classes, worth=None))
    assert "USD a month" not in render_diagnosis(found, 80)
