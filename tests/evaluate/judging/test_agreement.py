from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.judging.agreement import FEWEST_PAIRS, Agreement, judged_success, measure_agreement
from rung.evaluate.judging.model_judge import ModelJudge
from rung.evaluate.run import Row
from rung.evaluate.store import RunStore
from rung.evidence.human_labels import HumanLabel
from rung.task.example import Example
from rung.task.protocols import Prediction


def rows(right: int, wrong: int) -> list[Row]:
    return [
        Row(Example(f"r{number}", "t", "", f"r{number}"), Prediction("x"), number < right)
        for number in range(right + wrong)
    ]


def agreement(both_yes: int, only_judge: int, only_people: int, both_no: int) -> Agreement:
    people = [True] * both_yes + [False] * only_judge + [True] * only_people + [False] * both_no
    judge = [True] * (both_yes + only_judge) + [False] * (only_people + both_no)
    return Agreement(tuple(people), tuple(judge), tuple(f"h{number}" for number in range(len(people))))


def test_the_judge_is_asked_about_what_people_judged(planted: Callable[..., Any], store: RunStore) -> None:
    judge = ModelJudge("Polite?", planted(lambda text: None if "odd" in text else "yes"), store)
    labels = [
        HumanLabel(Example(f"i{number}", f"request {number}", "", ""), output, number == 0, 1)
        for number, output in enumerate(("a", "odd", "b"))
    ]
    found = measure_agreement(judge, labels)
    assert found == Agreement((True, False), (True, True), ("item:i0", "item:i2"))
    assert found.agreed == 1


def test_kappa_is_that_of_another_library() -> None:
    both = agreement(40, 9, 4, 27)
    kappa = both.kappa()
    assert isinstance(kappa, Estimate)
    assert kappa.value == pytest.approx(cohen_kappa_score(both.people, both.judge))
    # Agreement 67/80, by chance .55 x .6125 + .45 x .3875.
    assert "agrees with people on 67 of 80 outputs, kappa 0.67" in both.words


def test_too_few_outputs_give_no_kappa() -> None:
    few = agreement(FEWEST_PAIRS - 1, 0, 0, 0).kappa()
    assert isinstance(few, Missing)
    assert "annotations" in few.remedy


def test_without_people_the_rate_is_the_judges_own_and_modelled() -> None:
    alone = judged_success(rows(70, 30), None, "run x")
    assert (alone.value, alone.provenance) == (0.7, Provenance.MODELLED)
    assert "its agreement with people is not known" in alone.note


def test_with_people_the_rate_moves_by_what_they_differ() -> None:
    # Of 100 outputs the judge calls 60 right and people 50. Here it calls 70 of 100 right; tuning weighs its word.
    both = agreement(45, 15, 5, 35)
    corrected = judged_success(rows(70, 30), both, "run x")
    people, judge = (np.array(part, dtype=float) for part in (both.people, both.judge))
    here = np.array([row.success for row in rows(70, 30)], dtype=float)
    weight = np.cov(people, judge, bias=True)[0, 1] / (2 * np.concatenate([judge, here]).var(ddof=1))
    assert corrected.value == pytest.approx(weight * 0.7 + (people - weight * judge).mean())
    assert 0.5 < corrected.value < 0.7
    assert corrected.provenance is Provenance.MODELLED
    assert "a model judged these outputs (70% right); the judge agrees with people on 80 of 100" in corrected.note
