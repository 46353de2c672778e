from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import f1_score

from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evaluate.graded import field_rates, graded, policy_rates
from rung.evaluate.metrics import metrics
from rung.evaluate.run import Race, Row, Unscored
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import DataPaths, Policy, Task

TASK = Task("t", "extract", Path(), DataPaths(None), policies=(Policy("calm", "!", False), Policy("mine", "x", True)))
FREE = exact(0.0, "USD", Provenance.ASSUMED, "no machine")


def row(number: int, **changes: Any) -> Row:
    return Row(Example(f"i{number}", "t", "{}", f"g{number}"), Prediction("{}"), **{"success": True, **changes})


def unscored(number: int, *breaks: str) -> Unscored:
    return Unscored(Example(f"u{number}", "t", "", f"u{number}"), Prediction("x"), "the judge was silent", breaks)


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def test_a_score_is_averaged_over_the_rows_that_have_it() -> None:
    rows = [row(1, scores={"f": 1.0, "r": 0.5}), row(2, scores={"f": 0.0}), row(3)]
    found = graded(rows, "run")
    assert list(found) == ["f", "r"]
    assert (estimate(found["f"]).value, estimate(found["f"]).n) == (0.5, 2)
    low, high = estimate(found["f"]).low, estimate(found["f"]).high
    assert low is not None
    assert high is not None
    assert 0 <= low <= high <= 1
    assert estimate(found["r"]).low is None


def test_a_field_is_counted_where_it_is_expected_or_answered() -> None:
    rows = [row(1, fields={"a": True, "b": False}), row(2, fields={"a": False}), row(3, fields={"a": True})]
    rates = field_rates(rows, "run")
    assert estimate(rates["a"]).value == pytest.approx(2 / 3)
    assert estimate(rates["a"]).n == 3
    assert (estimate(rates["b"]).value, estimate(rates["b"]).n) == (0.0, 1)


def test_policies_have_rates_of_their_own_over_all_answers() -> None:
    outcomes: list[Row | Unscored] = [
        row(1, policy_breaks=("calm",)),
        row(2),
        row(3, policy_breaks=("calm", "mine")),
        unscored(1, "mine"),
    ]
    rates = policy_rates(outcomes, TASK.policies, "run")
    assert {name: estimate(rate).value for name, rate in rates.items()} == {"calm": 0.5, "mine": 0.5}


LABELS = "abc"
SETS = [({"a", "b"}, {"a"}), ({"c"}, {"c"}), (set(), {"b"}), ({"a"}, {"b", "a"})]


def test_micro_f1_is_that_of_another_library() -> None:
    rows = [
        Row(
            Example(f"i{number}", "t", json.dumps(sorted(expected)), f"g{number}"),
            Prediction(json.dumps(sorted(answered))),
            expected == answered,
        )
        for number, (expected, answered) in enumerate(SETS)
    ]
    found = estimate(graded(rows, "run", several_labels=True)["micro_f1"])
    expected, answered = ([[label in one[side] for label in LABELS] for one in SETS] for side in (0, 1))
    assert found.value == pytest.approx(f1_score(expected, answered, average="micro"))


def test_what_could_not_be_judged_is_counted_apart() -> None:
    found = metrics([row(1), row(2, success=False)], TASK, None, FREE, "run", unscored=[unscored(1), unscored(2)])
    assert found.unscored == 2
    assert (estimate(found.overall["task_success"]).value, estimate(found.overall["task_success"]).n) == (0.5, 2)
    assert estimate(found.policies["mine"]).n == 4


def test_a_run_without_any_judgement_has_no_success_rate() -> None:
    found = metrics([], TASK, None, FREE, "run", unscored=[unscored(1)]).overall["task_success"]
    assert isinstance(found, Missing)
    assert found.because == "none of 1 answers could be judged (the judge was silent)"


def test_a_race_keeps_the_interval_that_is_valid_at_every_look() -> None:
    race = Race("misses", 0.2, 0.7, 40, 150, "its upper end is below 0.8")
    rows = [row(number, success=number % 2 == 0) for number in range(40)]
    success = estimate(metrics(rows, TASK, None, FREE, "run", race=race).overall["task_success"])
    assert (success.value, success.low, success.high) == (0.5, 0.2, 0.7)
    assert "stopped after 40 of 150 items" in success.note
