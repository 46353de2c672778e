from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.decide import Decision, choose_candidate, conclude, from_json, to_json
from rung.decide.codec import decode, encode
from rung.decide.decision import Score, TargetResult
from rung.decide.evidence import Production
from rung.economics.costs import AnnualCost
from rung.errors import StoreDamaged
from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.run import Comparison, Metrics
from rung.task.task import Constraints

KEYS = {
    "schema_version", "id", "verdict", "strategy", "family", "because", "strategies", "targets", "scores", "scenario",
    "guardrails", "excluded", "cost_12_months", "flips_when", "measure_next", "rollout", "seed", "data_hash",
}  # fmt: skip


def decision(build: Any, **changes: Any) -> Decision:
    compared = build.comparison("retrieval", "prompt", 0.4, 0.05, {"edge": (0.4, 0.05)})
    inputs = build.dev(
        build.evidence("prompt", 0.5),
        build.evidence("few-shot", None, rank=20),
        build.evidence("retrieval", 0.9, rank=50, against_lighter=compared, against_current=compared),
        build.evidence(
            "lora", 0.6, "fine_tuned", 100, cost=None, weeks_to_launch=Missing("not fitted", "rung run lora")
        ),
        **changes,
    )
    return conclude(inputs, choose_candidate(inputs), build.sealed("retrieval", against_current=compared))


def test_a_decision_reads_back_whole_from_its_json_text(build: Any) -> None:
    made = decision(build)
    assert from_json(json.loads(json.dumps(to_json(made), allow_nan=False))) == made


def test_the_record_has_the_published_keys(build: Any) -> None:
    record = to_json(decision(build))
    assert record.keys() >= KEYS
    assert set(record["scores"]) == {
        "quality_gap", "data_readiness", "latency_budget", "unit_economics", "governance_pressure",
        "control_requirements",
    }  # fmt: skip
    assert set(record["scores"]["quality_gap"]) >= {"score", "because", "inputs"}
    assert {"steps", "gates"} <= set(record["rollout"])
    assert all({"name", "fired", "because"} <= set(one) for one in record["guardrails"])


def test_a_strategy_shows_its_metrics_and_states_by_name(build: Any) -> None:
    by_name = {one["name"]: one for one in to_json(decision(build))["strategies"]}
    retrieval = by_name["retrieval"]
    assert (retrieval["family"], retrieval["status"]) == ("pretrained", "recommended")
    assert retrieval["metrics"]["task_success"]["value"] == 0.9
    assert retrieval["metrics"]["task_success"]["provenance"] == "measured"
    assert retrieval["targets"] == {"task_success": "meets"}
    assert by_name["few-shot"]["metrics"] == {}
    assert by_name["lora"]["weeks_to_launch"] == {"missing": "not fitted", "remedy": "rung run lora"}


def test_costs_stand_by_strategy_and_only_where_known(build: Any) -> None:
    costs = to_json(decision(build))["cost_12_months"]
    assert set(costs) == {"prompt", "few-shot", "retrieval"}
    assert costs["retrieval"]["value"] == 20_000.0


def test_the_record_holds_no_draws(build: Any) -> None:
    assert all(one.cost is None or one.cost.draws_usd == () for one in decision(build).strategies)


def test_a_record_of_another_version_is_refused_with_the_remedy(build: Any) -> None:
    record = {**to_json(decision(build)), "schema_version": 99}
    with pytest.raises(StoreDamaged, match=r"schema version 99.*rung decide"):
        from_json(record)


@pytest.mark.parametrize("key", ["verdict", "strategies", "scores", "evidence", "rollout"])
def test_a_record_that_is_not_whole_is_refused(build: Any, key: str) -> None:
    record = to_json(decision(build))
    del record[key]
    with pytest.raises(StoreDamaged, match="rung decide"):
        from_json(record)


@pytest.mark.parametrize(
    ("key", "value"),
    [("verdict", "maybe"), ("seed", "seven"), ("strategies", "none"), ("because", "text"), ("seed", True)],
)
def test_a_value_of_the_wrong_kind_is_refused(build: Any, key: str, value: object) -> None:
    with pytest.raises(StoreDamaged):
        from_json({**to_json(decision(build)), key: value})


finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(max_size=12)
estimates = st.builds(
    Estimate, finite, st.none() | finite, st.none() | finite, text, st.none() | st.integers(0, 10**6),
    st.sampled_from(Provenance), text, text,
)  # fmt: skip
figures = estimates | st.builds(Missing, text, text)
metric_names = st.sampled_from(["task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd"])
named = st.dictionaries(metric_names, figures, max_size=2)
parts = st.dictionaries(text, named, max_size=2)


@given(st.builds(Metrics, named, parts, parts))
def test_metrics_of_any_content_survive_json(value: Metrics) -> None:
    assert decode(Metrics, json.loads(json.dumps(encode(value)))) == value


@given(
    st.builds(
        Comparison,
        text,
        text,
        figures,
        st.none() | finite,
        st.integers(),
        st.integers(),
        st.none() | st.integers(),
        st.dictionaries(text, figures, max_size=2),
        st.dictionaries(text, finite, max_size=2),
    )
)
def test_comparisons_of_any_content_survive_json(value: Comparison) -> None:
    assert decode(Comparison, json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize("declared", [AnnualCost, Score, TargetResult])
def test_an_empty_object_is_no_value(declared: type) -> None:
    with pytest.raises(KeyError):
        decode(declared, {})


def test_what_json_cannot_hold_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError, match="set"):
        encode({"steps": {1, 2}})


def test_a_record_of_a_version_that_knew_less_is_still_read(build: Any) -> None:
    document = json.loads(json.dumps(to_json(decision(build))))
    for later in ("production", "gates", "proofs", "two_by_two", "constraints"):
        del document[later]
    for one in document["strategies"]:
        for later in ("policies", "graded_scores", "fields", "unscored"):
            del one[later]
        for later in ("kinds", "multi_label", "also_needs"):
            del one["card"][later]
    assert [one.card.name for one in from_json(document).strategies] == [one["name"] for one in document["strategies"]]
    assert from_json(document).constraints is None


def test_the_hard_limits_stand_in_the_record_and_read_back(build: Any) -> None:
    limits = Constraints(deployment="on_prem", launch_weeks=8, budget_usd=60_000)
    record = json.loads(json.dumps(to_json(decision(build, of=build.task(constraints=limits)))))
    assert record["constraints"]["deployment"] == "on_prem"
    assert record["constraints"]["budget_usd"] == 60_000
    assert from_json(record).constraints == limits


def test_what_a_log_shows_of_today_stands_in_the_record_and_reads_back(build: Any) -> None:
    log = build.four(0.7)
    made = decision(build, of=build.task(current=None, current_traces=True), production=Production(log))
    record = json.loads(json.dumps(to_json(made)))
    assert record["current"] == "production"
    assert set(record["production"]) == {
        "task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd",
    }  # fmt: skip
    assert record["production"]["task_success"]["value"] == 0.7
    assert from_json(record).production == log.overall


def test_a_log_that_is_not_there_is_said_for_each_metric(build: Any) -> None:
    made = decision(build, of=build.task(current=None, current_traces=True), production=Production(None, "no log"))
    assert set(made.production.values()) == {Missing("no log")}
