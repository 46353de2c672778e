from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from rung.estimate import Missing
from rung.evaluate.contrast import Contrast, contrast
from rung.evaluate.paired_scores import PairedScores
from rung.report.contrast import contrast_document, render_contrast

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOSTILE = "\x1b[2J\x07[bold]law[/bold]</td>\u202e"


def planted(
    *cells: tuple[str, int, int, int], names: tuple[str, str] = ("retrieval", "zero-shot"), divided: bool = True
) -> Contrast:
    """A contrast of items by (topic, wins, losses, alike)."""
    first: list[float] = []
    second: list[float] = []
    topics: list[str] = []
    for topic, wins, losses, alike in cells:
        first += [1.0] * wins + [0.0] * losses + [1.0] * alike
        second += [0.0] * wins + [1.0] * losses + [1.0] * alike
        topics += [topic] * (wins + losses + alike)
    ids = tuple(map(str, range(len(first))))
    parts: dict[str, tuple[str, ...]] = {"topic": tuple(topics)} if divided else {}
    return contrast(PairedScores(*names, np.array(first), np.array(second), ids, "a test", parts))


MIXED = (("tax", 60, 5, 35), ("law", 20, 6, 74), ("wills", 2, 30, 68), ("deeds", 3, 6, 61), ("odd", 1, 0, 2))


def words(told: str) -> str:
    """On one line, as a person reads it."""
    return " ".join(told.split())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mixed", planted(*MIXED)),
        ("undivided", planted(("", 12, 9, 79), divided=False)),
        ("worse", planted(("tax", 1, 30, 69), ("law", 2, 20, 78))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_words_at_80_columns_are_those_reviewed(name: str, found: Contrast) -> None:
    assert render_contrast(found, 80) == (SNAPSHOTS / f"contrast-{name}.txt").read_text(encoding="utf-8")


def test_a_part_that_regresses_stands_in_the_first_lines_though_the_whole_gains() -> None:
    told = render_contrast(planted(*MIXED), 80)
    first, second, *_ = told.splitlines()
    assert first.startswith("retrieval is better than zero-shot on 373 items")
    assert second.startswith("Regresses in wills (−28.0 points).")
    assert "aggregate gain does not make up" in words(told)


def test_a_loss_is_not_summed_up_as_a_gain() -> None:
    for found in (planted(("", 1, 30, 69), divided=False), planted(("tax", 1, 30, 69), ("law", 2, 20, 78))):
        told = words(render_contrast(found, 80))
        assert "is worse than" in told
        assert "gain" not in told.partition("All items")[0]


def test_an_open_comparison_says_how_many_items_would_settle_it() -> None:
    found = planted(("", 12, 9, 79), divided=False)
    assert found.items_needed is not None
    assert f"About {found.items_needed:,} items in all would tell the two apart" in words(render_contrast(found, 80))


def test_what_cannot_be_computed_is_said_and_no_number_is_shown() -> None:
    found = planted(*MIXED)
    parts = tuple(replace(part, against_rest=Missing("every item is in this part")) for part in found.parts)
    told = render_contrast(replace(found, parts=parts), 80)
    assert [line.split()[-1].rstrip("*") for line in told.splitlines() if line.startswith(("tax", "law"))] == ["–", "–"]
    open_whole = replace(found.difference, low=-0.1, high=0.3)
    told = render_contrast(replace(found, parts=(), items_needed=None, difference=open_whole), 80)
    assert "How many more items would tell the two apart cannot be said from these." in words(told)


def test_a_single_part_is_no_division() -> None:
    found = planted(("tax", 12, 9, 79))
    assert found.parts == ()
    assert "not divided into parts" in render_contrast(found, 80)


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_cut(width: int) -> None:
    found = planted(*MIXED)
    told = render_contrast(found, width)
    assert max(cell_len(line) for line in told.splitlines()) <= width
    for figure in ("+55.0", "+14.0", "−28.0", "✗ regresses", "✓ gains"):
        assert figure in told


@pytest.mark.parametrize("width", [60, 80])
def test_a_very_long_name_is_broken_between_its_words_and_its_row_stays_whole(width: int) -> None:
    name = "reasoning_about_colored_objects_of_every_kind_and_size"
    told = render_contrast(planted((name, 60, 5, 35), ("tax", 20, 6, 74)), width)
    lines = told.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("reasoning_about_"))
    assert lines[start].split()[:2] == ["reasoning_about_", "100"]
    assert lines[start + 1] == "colored_objects_of_"
    assert max(map(cell_len, lines)) <= width


def test_a_name_without_a_break_is_broken_all_the_same() -> None:
    told = render_contrast(planted(("x" * 100, 60, 5, 35), ("tax", 20, 6, 74)), 80)
    assert max(map(cell_len, told.splitlines())) <= 80
    assert "x" * 22 in told


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    found = planted((HOSTILE, 60, 5, 35), ("tax", 2, 40, 58), names=(HOSTILE, "old\x1b]0;gone\x07"))
    told = render_contrast(replace(found, too_few={HOSTILE: 2}), 100)
    assert not [character for character in told if character != "\n" and not character.isprintable()]
    assert "\\x1b[2J" in told
    assert "[bold]law" in told


def test_colour_changes_no_word() -> None:
    found = planted(*MIXED)
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", render_contrast(found, 80, colour=True))
    assert [line.rstrip() for line in coloured.splitlines()] == render_contrast(found, 80).splitlines()


def test_the_document_holds_every_part_with_its_figures_and_names_the_regressions() -> None:
    found = planted(*MIXED)
    document = json.loads(json.dumps(contrast_document(found), allow_nan=False))
    assert document["regressions"] == [{"dimension": "topic", "name": "wills"}]
    assert document["lower"] == [{"dimension": "topic", "name": "deeds"}]
    assert document["too_few"] == {"topic": 1}
    assert (document["wins"], document["losses"], document["items"]) == (86, 47, 373)
    assert document["difference"]["value"] == pytest.approx((86 - 47) / 373)
    parts = {part["name"]: part["difference"]["value"] for part in document["parts"]}
    assert parts == pytest.approx({"tax": 0.55, "law": 0.14, "wills": -0.28, "deeds": -3 / 70})
