from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Metrics, Race, Row, Run, Unscored
from rung.pipeline.ladder import Measured
from rung.report.measured import measured_document, render_measured
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Metric

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOSTILE = "\x1b[2J\x07[bold]city[/bold]\u202e"


def share(value: float, low: float | None, high: float | None, *, note: str = "", n: int = 40) -> Estimate:
    return Estimate(value, low, high, "share", n, Provenance.MEASURED, "run 5f0c", note)


FOUR: Mapping[Metric, Figure] = {
    "task_success": share(0.625, 0.494, 0.740),
    "correction_rate": Missing("rung.yaml does not say which failures people correct", "set flows[]"),
    "latency_p95_ms": Estimate(
        49.3, 46.1, 52.5, "ms", 100, Provenance.MODELLED, "run 5f0c", "measured on a desk, the task runs on a rack"
    ),
    "cost_per_success_usd": Estimate(0.62, 0.16, 1.51, "USD", 40, Provenance.ASSUMED, "run 5f0c"),
}


def item(number: int) -> Example:
    return Example(f"i{number}", f"text {number}", "x", f"g{number}")


def measured(success: Figure = FOUR["task_success"]) -> Measured:
    rows = tuple(Row(item(number), Prediction("x"), number < 25) for number in range(40))
    run = Run("a" * 64, "few-shot", "dev", rows, None, 1.5, 37)
    return Measured(run, Metrics({**FOUR, "task_success": success}, {}, {}))


@pytest.fixture
def full() -> Measured:
    """An extraction that broke a policy, could not be judged on three items, and was stopped early."""
    one = measured(share(0.625, 0.451, 0.771))
    metrics = replace(
        one.metrics,
        policies={"no-phone-number": share(0.1, 0.04, 0.21)},
        scores={"field_f1": share(0.73, 0.61, 0.85), "own_score": Missing("no item has it")},
        fields={"trade": share(0.8, 0.68, 0.88), "since": share(0.4, 0.28, 0.53, n=12)},
        unscored=3,
    )
    unscored = tuple(
        Unscored(item(40 + number), Prediction("x"), because)
        for number, because in enumerate(("the judge gave no verdict (no answer)",) * 2 + ("endpoint_error",))
    )
    race = Race(
        "misses", 0.451, 0.771, 43, 150, "task_success is missed: 43 of 150 items settled it, 107 were not asked"
    )
    return Measured(replace(one.run, unscored=unscored, race=race), metrics)


def test_the_words_at_80_columns_are_those_reviewed(full: Measured) -> None:
    told = render_measured([measured(), full], 80)
    assert told == (SNAPSHOTS / "measured.txt").read_text(encoding="utf-8")


def test_what_was_saved_is_told_with_the_bounds_that_hold_at_every_look(full: Measured) -> None:
    told = " ".join(render_measured([full], 80).split())
    assert "Stopped early task_success is missed after 43 of 150 items, 107 model calls saved" in told
    assert "(45% to 78%), an interval that holds at every look" in told  # ends are rounded outwards
    assert measured_document([full])[0]["stopped_early"]["model_calls_saved"] == 107


def test_bounds_of_a_segment_with_a_target_of_its_own_are_told(full: Measured) -> None:
    assert full.run.race is not None
    race = replace(full.run.race, segments={"adversarial": (0.1, 0.35)})
    told = render_measured([Measured(replace(full.run, race=race), full.metrics)], 80)
    assert "adversarial 10% to 35%" in " ".join(told.split())


def test_answers_that_nobody_judged_are_counted_with_their_reasons(full: Measured) -> None:
    told = " ".join(render_measured([full], 80).split())
    assert "Not judged 3 answers, in no rate: 2 x the judge gave no verdict" in told
    [document] = measured_document([full])
    assert document["unscored"] == 3
    assert document["unscored_because"] == {"the judge gave no verdict (no answer)": 2, "endpoint_error": 1}
    assert document["items"] == 43


def test_a_run_without_any_of_it_says_nothing_of_it() -> None:
    told = render_measured([measured()], 80)
    assert len(told.splitlines()) == 7  # the name, and the four metrics, of which two need a second line
    assert not [word for word in ("policy", "field", "judged", "Stopped", "Graded") if word in told]
    [document] = measured_document([measured()])
    assert (document["policies"], document["stopped_early"]) == ({}, None)


def test_a_judges_word_is_told_with_what_it_is_worth() -> None:
    judged = replace(
        share(0.5, 0.4, 0.6, note="the judge agrees with people on 15 of 20"), provenance=Provenance.MODELLED
    )
    told = " ".join(render_measured([measured(judged)], 80).split())
    assert "the judge agrees with people on 15 of 20" in told


@pytest.mark.parametrize("width", [60, 80, 120])
def test_hostile_and_endless_names_are_shown_within_the_page_and_not_obeyed(full: Measured, width: int) -> None:
    metrics = replace(full.metrics, fields={HOSTILE: share(0.5, 0.4, 0.6), "x" * 300: share(0.5, 0.4, 0.6)})
    unscored = (Unscored(item(90), Prediction("x"), HOSTILE),)
    told = render_measured([Measured(replace(full.run, unscored=unscored), metrics)], width)
    assert not [character for character in told if character != "\n" and not character.isprintable()]
    assert "\\x1b[2J" in told
    assert "[bold]city" in told
    assert max(map(cell_len, told.splitlines())) <= width


def test_the_document_is_json_and_keeps_every_figure(full: Measured) -> None:
    [document] = json.loads(json.dumps(measured_document([full]), allow_nan=False))
    assert document["strategy"] == "few-shot"
    assert document["model_calls"] == 37
    assert document["metrics"]["correction_rate"]["remedy"] == "set flows[]"
    assert document["policies"]["no-phone-number"]["value"] == 0.1
    assert document["fields"]["since"]["n"] == 12
    assert document["graded_scores"]["own_score"] == {"missing": "no item has it", "remedy": ""}
    assert document["stopped_early"]["settled"] == "misses"
