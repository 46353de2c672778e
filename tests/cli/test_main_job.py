from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

DOCUMENT_KEYS = {
    "verdict", "strategy", "family", "because", "strategies", "targets", "scores", "scenario", "guardrails", "excluded",
    "cost_12_months", "flips_when", "measure_next", "rollout", "seed", "data_hash",
}  # fmt: skip
STRATEGY_KEYS = {"name", "family", "metrics", "targets", "status", "because"}
METRICS = {"task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd"}
SCORES = {
    "quality_gap", "data_readiness", "latency_budget", "unit_economics", "governance_pressure", "control_requirements",
}  # fmt: skip
LADDER = [
    "zero-shot", "few-shot", "retrieval", "retrieval-prompt", "tfidf-linear", "encoder-head", "lora", "retrieval-lora",
    "scratch",
]  # fmt: skip


def test_a_model_that_is_right_and_a_low_target_end_in_a_recommendation_and_exit_0(decided: Any) -> None:
    assert decided["first"].code == 0
    record = decided["first"].document
    assert (record["verdict"], record["strategy"], record["family"]) == ("recommend", "zero-shot", "pretrained")
    measured = {one["name"]: one["metrics"] for one in record["strategies"] if one["metrics"]}
    assert measured["zero-shot"]["task_success"]["value"] == 1.0
    assert measured["zero-shot"]["task_success"]["provenance"] == "measured"


def test_a_model_that_is_always_wrong_ends_in_none_meets_and_exit_3(desk: Any) -> None:
    desk.server.label_of = desk.wrong_label
    said = desk.rung("decide", "--json", "--project", desk.project(success=0.99))
    assert said.code == 3
    assert said.document["verdict"] == "none_meets"
    assert said.document["strategy"] is None
    assert "0 of 30 right" in said.err


def test_a_handful_of_items_ends_in_insufficient_evidence_and_exit_4_with_the_items_needed(desk: Any) -> None:
    said = desk.rung("decide", "--project", desk.project(items=desk.tickets(12), success=0.8))
    assert said.code == 4
    assert "Not enough evidence" in said.out
    # Wilson (1927): n of n right has the lower bound n / (n + z^2), so .80 takes 4 z^2 = 10.8 items at z = 1.645.
    assert "about 11 items (2 now)" in re.sub(r"\s+", " ", said.out)


def test_json_is_one_document_with_every_promised_key_and_all_else_goes_to_stderr(decided: Any) -> None:
    record = decided["first"].document
    assert record.keys() >= DOCUMENT_KEYS
    assert [one["name"] for one in record["strategies"]] == LADDER
    for one in record["strategies"]:
        assert one.keys() >= STRATEGY_KEYS
        assert set(one["metrics"]) in (METRICS, set())
    assert record["scores"].keys() == SCORES
    for score in record["scores"].values():
        assert score.keys() >= {"score", "because", "inputs"}
        assert score["score"] is None or 0 <= score["score"] <= 5
    assert record["rollout"].keys() >= {"steps", "gates"}
    for line in ("evidence: examples.jsonl", "evaluate: 30 dev items", "model calls made"):
        assert line in decided["first"].err


def test_the_record_speaks_only_for_models_that_were_asked(decided: Any) -> None:
    assert list(decided["first"].document["models"]) == ["generator"]


def test_a_second_decide_asks_nothing_and_reaches_the_same_decision(decided: Any) -> None:
    first, second = decided["first"].document, decided["second"].document
    assert decided["second"].code == 0
    assert "0 model calls made" in decided["second"].err
    assert len(decided["desk"].server.asked) == decided["asked"]
    assert {**second, "made_at": ""} == {**first, "made_at": ""}


def test_the_sealed_split_is_opened_once_however_often_is_decided(decided: Any) -> None:
    events = decided["desk"].rung("audit", "--json", "--project", decided["project"]).document
    assert [event["kind"] for event in events] == ["sealed.opened", "sealed.judged", "decision.recorded"]
    assert events[0]["payload"]["candidate"] == "zero-shot"
    assert events[1]["payload"]["passed"] is True
    assert [event["number"] for event in events] == [1, 2, 3]


def test_the_report_shows_the_record_again_and_restores_its_files(decided: Any) -> None:
    desk, project, record = decided["desk"], decided["project"], decided["first"].document
    folder = project / ".rung" / "decisions" / record["id"][:16]
    (folder / "report.html").unlink()
    said = desk.rung("report", "--project", project)
    assert said.code == 0
    assert "Stay with zero-shot" in said.out
    assert {path.name for path in folder.iterdir()} == {
        "decision.json", "decision.md", "report.html", "manifest.json",
    }  # fmt: skip
    assert json.loads((folder / "decision.json").read_text(encoding="utf-8")) == record
    short = desk.rung("report", record["id"][:8], "--json", "--project", project)
    assert short.document == record


def test_a_decision_that_is_not_there_is_named_and_refused(decided: Any) -> None:
    said = decided["desk"].rung("report", "ffff", "--project", decided["project"])
    assert said.code == 1
    assert said.err == "Error: no decision of this project begins with 'ffff'; rung audit lists them\n"


def test_run_measures_what_it_is_told_and_leaves_the_sealed_split_closed(desk: Any) -> None:
    project = desk.project(strategies=("zero-shot", "tfidf-linear"))
    said = desk.rung("run", "zero-shot", "--json", "--project", project)
    assert said.code == 0
    assert [(one["strategy"], one["split"], one["model_calls"]) for one in said.document] == [("zero-shot", "dev", 30)]
    assert desk.rung("audit", "--json", "--project", project).document == []


def test_the_split_is_shown_without_its_items_and_without_running_anything(desk: Any) -> None:
    project = desk.project()
    said = desk.rung("data", "split", "--json", "--project", project)
    assert said.code == 0
    # 120 items: three tenths and a fifth of them held out, then a variant for a quarter of those.
    assert said.document["items"] == {"train": 60, "dev": 24 + 6, "sealed": 36 + 9}
    assert said.document["labels"] == ["billing", "delivery", "login"]
    assert not any(ticket["input"] in said.out for ticket in desk.tickets(120))
    assert not (project / ".rung").exists()
    for_people = desk.rung("data", "split", "--project", project)
    assert "sealed      45 items in 36 groups" in for_people.out


def test_targets_changed_after_an_opening_make_the_next_result_exploratory(desk: Any) -> None:
    desk.rung("decide", "--project", desk.project(success=0.6))
    said = desk.rung("decide", "--json", "--project", desk.project(success=0.7))
    assert said.document["sealed"]["exploratory"] is True
    assert said.document["sealed"]["openings"] == 2
    assert said.document["headline"].startswith("Exploratory:")
    again = desk.rung("decide", "--json", "--project", desk.project(success=0.6))
    assert again.document["sealed"]["exploratory"] is False  # the first look stays what it was


def test_init_writes_a_project_and_overwrites_nothing(desk: Any) -> None:
    target = desk.folder / "new"
    said = desk.rung("init", target)
    assert said.code == 0
    assert {path.name for path in target.iterdir()} == {"rung.yaml", "data"}
    (target / "rung.yaml").write_text("mine", encoding="utf-8")
    again = desk.rung("init", target)
    assert again.code == 2
    assert "already has" in again.err
    assert (target / "rung.yaml").read_text(encoding="utf-8") == "mine"


def test_the_project_that_init_writes_reads_as_it_is(desk: Any) -> None:
    desk.rung("init", desk.folder / "new")
    said = desk.rung("data", "split", "--json", "--project", desk.folder / "new")
    assert said.code == 0
    assert said.document["labels"] == ["account", "billing", "technical"]


@pytest.mark.models
def test_the_models_are_listed_with_licence_and_checksum(desk: Any) -> None:
    said = desk.rung("models", "--json")
    assert said.code == 0
    found = {one["name"]: one for one in said.document}
    assert found.keys() == {"smollm2-135m", "minilm"}
    for one in found.values():
        assert one["ready"] is True
        assert re.fullmatch(r"[0-9a-f]{64}", one["sha256"])
        assert one["licence"]


@pytest.mark.models
def test_the_doctor_finds_this_machine_ready(desk: Any) -> None:
    said = desk.rung("doctor")
    assert said.code == 0, said.out
    assert "smollm2-135m: ready" in said.out


def test_a_project_that_was_never_decided_is_told_what_to_run(desk: Any) -> None:
    project = desk.project()
    for command in (["report"], ["audit"]):
        said = desk.rung(*command, "--project", project)
        assert said.code == 1
        assert said.err.endswith("nothing was run in this project yet; run: rung decide\n")


def test_the_current_directory_is_the_project_when_none_is_named(desk: Any) -> None:
    said = desk.rung("data", "split", cwd=desk.project())
    assert said.code == 0


def test_a_closed_pipe_ends_quietly(decided: Any, tmp_path: Path) -> None:
    import os
    import subprocess

    command = f"'{decided['desk'].program}' report --project '{decided['project']}' --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, env={**os.environ}, check=False)
    assert done.stdout == b"{"
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
