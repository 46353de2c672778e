from __future__ import annotations

from dataclasses import replace

import pytest

from rung.estimate import Missing
from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis.drawings import analysis_drawings, most_risk


def test_the_target_is_what_was_reached_and_what_is_missing_to_it(everything: Diagnosed) -> None:
    # 57 of 150 fail, 18 points are missing: a target of 80 % allows 20 % of the answers to be wrong.
    assert most_risk(everything.diagnosis) == pytest.approx(0.20)
    assert most_risk(replace(everything.diagnosis, gap=Missing("no target"))) is None


def test_there_are_two_forms_of_each_chart_and_none_of_what_was_not_asked(
    everything: Diagnosed, nothing_fails: Diagnosed
) -> None:
    drawn = analysis_drawings(everything.diagnosis, key="a")
    assert {name: len(forms) for name, forms in drawn.items()} == {"causes": 2, "risk": 2, "lorenz": 2, "pareto": 2}
    assert analysis_drawings(nothing_fails.diagnosis, key="a") == {"causes": [], "risk": [], "lorenz": [], "pareto": []}


def test_causes_that_nobody_could_size_are_not_drawn(everything: Diagnosed) -> None:
    unknown = tuple(replace(cause, share=Missing("not known")) for cause in everything.diagnosis.causes)
    assert analysis_drawings(replace(everything.diagnosis, causes=unknown), key="a")["causes"] == []
