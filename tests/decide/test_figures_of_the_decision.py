"""The three first figures: families, pressure, scenarios."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.decide.directional import DIRECTIONAL, SOURCE_NOTE
from rung.decide.evidence import DataFacts
from rung.decide.families import family_views
from rung.decide.pressure import CONTROL, DATA_REQUIREMENTS, GOVERNANCE_BURDEN, SETUP_COMPLEXITY, pressure_views, ticked
from rung.decide.scenario import scenario_rows
from rung.decide.scores import by_name, six_scores
from rung.decide.situation import read_situation
from rung.estimate import Estimate, Missing, Provenance
from rung.task.task import Constraints, Flow, Moat


def views(build: Any, *strategies: Any, candidate: str | None = None) -> dict[str, Any]:
    return {one.family: one for one in family_views(read_situation(build.dev(*strategies)), candidate)}


def test_the_published_planning_values_stand_as_published() -> None:
    # The guide's figures 1 and 2.
    table = {
        family: (v.quality, v.relative_cost, v.launch_speed, v.control, v.setup_complexity, v.data_requirements,
                 v.governance_burden)
        for family, v in DIRECTIONAL.items()
    }  # fmt: skip
    assert table == {
        "pretrained": (82, 28, 95, 35, 18, 22, 30),
        "fine_tuned": (90, 52, 68, 62, 46, 58, 55),
        "from_scratch": (94, 100, 24, 95, 92, 96, 90),
    }


def test_a_family_without_measurements_shows_planning_values_that_say_so(build: Any) -> None:
    scratch = views(build, build.evidence("prompt", 0.5))["from_scratch"]
    assert scratch.strategy is None
    assert (scratch.quality.value, scratch.quality.provenance) == (94.0, Provenance.DIRECTIONAL)
    assert scratch.quality.source == SOURCE_NOTE


def test_own_figures_replace_planning_values_one_by_one(build: Any) -> None:
    lora = build.evidence("lora", 0.6, "fine_tuned", 100, cost=None, weeks_to_launch=Missing("not fitted"))
    tuned = views(build, build.evidence("prompt", 0.5), lora)["fine_tuned"]
    assert tuned.quality.value == pytest.approx(60.0)
    assert tuned.quality.provenance is Provenance.MEASURED
    assert tuned.relative_cost.provenance is Provenance.DIRECTIONAL
    assert tuned.launch_speed.provenance is Provenance.DIRECTIONAL


def test_relative_cost_is_of_the_dearest_own_family_and_never_of_a_planning_value(build: Any) -> None:
    found = views(
        build,
        build.evidence("prompt", 0.5, cost=build.year("prompt", 10_000)),
        build.evidence("lora", 0.6, "fine_tuned", 100, cost=build.year("lora", 40_000)),
    )
    assert found["pretrained"].relative_cost.value == pytest.approx(25.0)
    assert found["fine_tuned"].relative_cost.value == pytest.approx(100.0)


def test_launch_speed_counts_down_a_year_and_stops_at_zero(build: Any) -> None:
    def weeks(value: float) -> Estimate:
        return Estimate(value, value - 1, value + 1, "weeks", None, Provenance.ASSUMED, "planted")

    found = views(
        build,
        build.evidence("prompt", 0.5, weeks_to_launch=weeks(13.0)),
        build.evidence("scratch", 0.6, "from_scratch", 130, weeks_to_launch=weeks(80.0)),
    )
    assert found["pretrained"].launch_speed.value == pytest.approx(75.0)
    assert found["from_scratch"].launch_speed.value == 0.0
    speed = found["pretrained"].launch_speed
    assert speed.low < speed.value < speed.high


def test_a_family_is_shown_by_its_candidate_else_by_its_best_on_dev(build: Any) -> None:
    two = (build.evidence("light", 0.85, rank=20), build.evidence("good", 0.9, rank=50))
    assert views(build, *two)["pretrained"].strategy == "good"
    assert views(build, *two, candidate="light")["pretrained"].strategy == "light"


def test_classical_has_no_planning_value_and_is_missing_until_measured(build: Any) -> None:
    assert isinstance(views(build, build.evidence("prompt", 0.5))["classical"].quality, Missing)


def test_pressure_is_the_share_of_the_checklist_that_the_duties_tick(build: Any) -> None:
    situation = read_situation(build.dev(build.evidence("prompt", 0.5)))
    profile: Any = pressure_views(situation, family_views(situation, None))[0]
    # A prompt alone: wording (1 of 8), version control (1 of 9), nothing of data, review of the asking (1 of 8).
    assert profile.control.value == pytest.approx(100 / 8)
    assert profile.setup_complexity.value == pytest.approx(100 / 9)
    assert profile.data_requirements.value == 0.0
    assert profile.governance_burden.value == pytest.approx(100 / 8)
    assert profile.control.provenance is Provenance.MODELLED


@pytest.mark.parametrize("checklist", [CONTROL, SETUP_COMPLEXITY, DATA_REQUIREMENTS, GOVERNANCE_BURDEN])
def test_owning_more_never_lowers_the_pressure(build: Any, checklist: Any) -> None:
    every = tuple({duty for _, duties in checklist for duty in duties})
    base = build.card("x")
    previous = 0
    for count in range(len(every) + 1):
        now = len(ticked(checklist, replace(base, owns=every[:count])))
        assert now >= previous
        previous = now
    assert previous == len(checklist)


def rows(build: Any, of: Any, **changes: Any) -> list[bool | None]:
    inputs = build.dev(build.evidence("prompt", 0.5), build.evidence("lora", 0.6, "fine_tuned", 100), of=of, **changes)
    situation = read_situation(inputs)
    return [row.matches for row in scenario_rows(situation, by_name(six_scores(situation)))]


def test_one_several_or_no_scenario_may_match(build: Any) -> None:
    hard = Constraints(audit="strict", deployment="on_prem", weights="owned", launch_weeks=6)
    thin = DataFacts(30, 1, 0.0, 40)
    assert rows(build, build.task(constraints=hard, moat=Moat(5e9, exclusive=True)), data=thin) == [True, True, True]
    assert rows(build, build.task()) == [False, True, False]
    assert rows(build, build.task(flows=(Flow("web", 10, 0.1, 1, 0.1, 0.0),))) == [False, False, False]


def test_a_scenario_whose_facts_are_unknown_is_neither_matched_nor_ruled_out(build: Any) -> None:
    unknown = build.task(constraints=Constraints(), moat=Moat(), flows=())
    assert rows(build, unknown, data=DataFacts()) == [None, None, None]


def test_a_moat_alone_or_a_constraint_alone_does_not_match_scratch(build: Any) -> None:
    hard = Constraints(audit="strict", deployment="on_prem", weights="owned")
    soft = Constraints(audit="standard", weights="any")
    assert rows(build, build.task(constraints=hard, moat=Moat(1000, exclusive=True)))[2] is False
    assert rows(build, build.task(constraints=soft, moat=Moat(5e9, exclusive=True)))[2] is False
