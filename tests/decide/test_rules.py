from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.decide.evidence import DataFacts
from rung.decide.pilot_value import share_by_chance
from rung.decide.rules import Rule, restricted_by_rules, three_rules
from rung.decide.scores import by_name, six_scores
from rung.decide.situation import Situation, read_situation
from rung.diagnose.diagnosis import Slice
from rung.economics.costs import LineItem
from rung.estimate import Missing
from rung.task.task import Constraints, Flow

HARD = Constraints(audit="strict", deployment="on_prem", weights="open", launch_weeks=104, budget_usd=900_000)
URGENT = Constraints(audit="standard", weights="any", launch_weeks=6)
THIN = DataFacts(30, 2, 0.0, 40)


def ladder(build: Any, prompt: float = 0.5, lora: float = 0.9, scratch: float = 0.9) -> list[Any]:
    return [
        build.evidence("prompt", prompt),
        build.evidence("tfidf", 0.6, "classical", 60),
        build.evidence("lora", lora, "fine_tuned", 100),
        build.evidence("scratch", scratch, "from_scratch", 130),
    ]


def judged(inputs: Any) -> tuple[tuple[Rule, Rule, Rule], dict[str, str], Situation]:
    situation = read_situation(inputs)
    rules = three_rules(situation, by_name(six_scores(situation)))
    return rules, restricted_by_rules(situation, rules), situation


def test_changing_requirements_keep_a_team_with_pretrained_models(build: Any) -> None:
    (stay, _, _), restricted, _ = judged(build.dev(*ladder(build), of=build.task(requirements="changing")))
    assert stay.holds is True
    assert set(restricted) == {"tfidf", "lora", "scratch"}


def test_low_readiness_and_an_urgent_launch_keep_a_team_with_pretrained_models(build: Any) -> None:
    (stay, _, _), restricted, _ = judged(build.dev(*ladder(build), of=build.task(constraints=URGENT), data=THIN))
    assert stay.holds is True
    assert "prompt" not in restricted


@pytest.mark.parametrize(
    ("constraints", "data"),
    [(URGENT, DataFacts(1200, 300, 0.0, 400)), (Constraints(audit="standard", weights="any", launch_weeks=8), THIN)],
)
def test_either_alone_does_not(build: Any, constraints: Constraints, data: DataFacts) -> None:
    (stay, _, _), restricted, _ = judged(build.dev(*ladder(build), of=build.task(constraints=constraints), data=data))
    assert stay.holds is False
    assert "tfidf" not in restricted


def test_an_unknown_launch_limit_is_named_and_restricts_nothing_by_itself(build: Any) -> None:
    of = build.task(constraints=Constraints(audit="standard"))
    (stay, _, _), restricted, _ = judged(build.dev(*ladder(build), of=of, data=THIN))
    assert stay.holds is None
    assert "launch_weeks" in stay.because
    assert "tfidf" not in restricted


def test_concentrated_dear_failures_and_solid_data_open_the_pilot(build: Any) -> None:
    (_, pilot, _), restricted, _ = judged(build.dev(*ladder(build)))
    assert pilot.holds is True
    assert "lora" not in restricted


def test_failures_spread_evenly_do_not_open_the_pilot(build: Any) -> None:
    spread = (build.diagnosis("prompt", concentrated=(0.25, 0.2)),)
    (_, pilot, _), restricted, _ = judged(build.dev(*ladder(build), diagnoses=spread))
    assert pilot.holds is False
    assert "lora" in restricted


def test_data_that_are_not_solid_do_not_open_the_pilot(build: Any) -> None:
    (_, pilot, _), _, _ = judged(build.dev(*ladder(build), data=DataFacts(36, 300, 0.0, 400)))
    assert pilot.holds is False
    assert "3.0" in pilot.because


def test_flows_of_little_value_do_not_open_the_pilot(build: Any) -> None:
    # 100 requests a month x 12 x 1 USD x half of them failing = 600 USD a year, against 20,000 for the pilot.
    of = build.task(flows=(Flow("web", 100, 1.0, 4.0, 0.6, 0.02),))
    (_, pilot, _), _, _ = judged(build.dev(*ladder(build), of=of))
    assert pilot.holds is False
    assert "USD 600 a year" in pilot.because


def test_a_pilot_that_was_never_fitted_is_weighed_by_what_is_known_of_its_cost(build: Any) -> None:
    known = LineItem("build and integration", build.share(1.0), "planted")
    unknown = LineItem("training and retraining", Missing("not fitted"), "planted")
    cost = replace(build.year("lora"), items=(known, unknown), total_usd=Missing("?"), p90_usd=Missing("?"))
    untried = build.evidence("lora", None, "fine_tuned", 100, cost=cost)
    (_, pilot, _), restricted, _ = judged(build.dev(build.evidence("prompt", 0.5), untried))
    assert pilot.holds is True
    assert "at least" in pilot.because
    assert "lora" not in restricted
    tried = build.evidence("lora", 0.9, "fine_tuned", 100, cost=cost)
    (_, pilot, _), _, _ = judged(build.dev(build.evidence("prompt", 0.5), tried))
    assert pilot.holds is None


def test_correction_labour_does_not_count_as_a_cost_of_the_pilot(build: Any) -> None:
    dear = LineItem("human correction", replace(build.share(1.0), value=9e9, low=9e9, high=9e9), "planted")
    cost = replace(build.year("lora"), items=(*build.year("lora").items, dear))
    lora = build.evidence("lora", 0.9, "fine_tuned", 100, cost=cost)
    (_, pilot, _), _, _ = judged(build.dev(build.evidence("prompt", 0.5), lora))
    assert pilot.holds is True


def test_flows_of_unknown_value_leave_the_pilot_unknown_and_closed(build: Any) -> None:
    of = build.task(flows=(Flow("web", 40_000, None, 4.0, 0.6, 0.02),))
    (_, pilot, _), restricted, _ = judged(build.dev(*ladder(build), of=of))
    assert pilot.holds is None
    assert "lora" in restricted


def test_failed_adaptation_under_hard_constraints_opens_scratch(build: Any) -> None:
    inputs = build.dev(*ladder(build, lora=0.5), of=build.task(constraints=HARD))
    (_, _, scratch), restricted, _ = judged(inputs)
    assert scratch.holds is True
    assert "scratch" not in restricted


def test_adaptation_ruled_out_by_owned_weights_counts_as_failed(build: Any) -> None:
    owned = Constraints(audit="strict", deployment="on_prem", weights="owned", launch_weeks=104, budget_usd=900_000)
    (_, _, scratch), _, _ = judged(build.dev(*ladder(build), of=build.task(constraints=owned)))
    assert scratch.holds is True


def test_adaptation_that_meets_keeps_scratch_closed(build: Any) -> None:
    (_, _, scratch), restricted, _ = judged(build.dev(*ladder(build), of=build.task(constraints=HARD)))
    assert scratch.holds is False
    assert "scratch" in restricted


def test_adaptation_that_is_undecided_keeps_scratch_closed(build: Any) -> None:
    (_, _, scratch), _, _ = judged(build.dev(*ladder(build, lora=0.8), of=build.task(constraints=HARD)))
    assert scratch.holds is False
    assert "lora is undecided" in scratch.because


def test_adaptation_that_was_never_measured_keeps_scratch_closed(build: Any) -> None:
    one = ladder(build)
    one[2] = build.evidence("lora", None, "fine_tuned", 100)
    (_, _, scratch), _, _ = judged(build.dev(*one, of=build.task(constraints=HARD)))
    assert scratch.holds is False


def test_a_light_strategy_that_the_team_left_out_keeps_scratch_closed(build: Any) -> None:
    one = ladder(build, lora=0.5)
    one[0] = replace(one[0], metrics=None, not_run="not_chosen", not_run_because="not listed")
    (_, _, scratch), restricted, _ = judged(build.dev(*one, of=build.task(constraints=HARD)))
    assert scratch.holds is False
    assert f"{one[0].card.name} was not measured" in scratch.because
    assert "scratch" in restricted


def test_failed_adaptation_without_hard_constraints_keeps_scratch_closed(build: Any) -> None:
    (_, _, scratch), _, _ = judged(build.dev(*ladder(build, lora=0.5)))
    assert scratch.holds is False


def test_few_failures_over_many_labels_do_not_look_concentrated_by_chance(build: Any) -> None:
    base = build.diagnosis("prompt")
    thin = [Slice("label", str(i), 5, 1 if i < 4 else 0, build.share(0.2, 5)) for i in range(20)]
    many = [Slice("label", str(i), 500, 100, build.share(0.2, 500)) for i in range(5)]
    # 4 failures over 20 labels: the worst 4 labels hold nearly all of them whatever happens.
    assert share_by_chance(_with(base, thin)) > 0.95
    # 500 failures over 5 labels: the worst label holds about a fifth.
    assert 0.2 <= share_by_chance(_with(base, many)) < 0.25


def _with(base: Any, slices: list[Any]) -> Any:
    return replace(base, slices=tuple(slices))
