"""`rung baseline` as a person runs it, on small logs: right figures, hostile strings, and what is not known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HOSTILE = "</script><img src=x onerror=alert(2)> \x1b]0;gone\x07\x1b[2J \u202e=cmd()"


def project(folder: Path, rows: Sequence[dict[str, Any]] = (), *, extra: str = "") -> Path:
    (folder / "rung.yaml").write_text(f"task: {{name: live}}\ndata: {{traces: 'logs/*.jsonl'}}\n{extra}")
    (folder / "logs").mkdir(exist_ok=True)
    if rows:
        (folder / "logs" / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def request(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "at": f"2026-03-{2 + number % 20:02d}T10:{number % 60:02d}:00Z", "status": "ok", **more}


def test_the_figures_are_those_of_the_rows_and_rate_limits_stay_out_of_latency(desk: Any, tmp_path: Path) -> None:
    rows = [request(n, latency_ms=100 + n, success=n % 4 > 0, flow="web" if n % 2 else "mail") for n in range(200)]
    rows += [{**request(n, latency_ms=90_000), "status": "rate_limited"} for n in range(200, 220)]
    said = desk.rung("baseline", "--json", "--project", project(tmp_path, rows))
    assert said.code == 0, said.err
    found = said.document
    assert found["requests"] == 220
    assert found["metrics"]["task_success"]["value"] == pytest.approx(150 / 200)
    assert found["rate_limited_rate"]["value"] == pytest.approx(20 / 220)
    assert found["metrics"]["latency_p95_ms"]["value"] == pytest.approx(100 + 0.95 * 200, abs=2)
    flows = {one["name"]: one["requests"] for one in found["by"]["flow"]}
    assert (flows["web"], flows["mail"]) == (100, 100)
    for_people = desk.rung("baseline", "--project", tmp_path)
    assert for_people.out.startswith("What runs today: production log in .rung/traces (1 batch), 220 requests")
    assert "220 new rows" not in for_people.err  # taken in once


def test_an_outcome_that_arrives_later_counts_and_one_that_never_does_is_unknown(desk: Any, tmp_path: Path) -> None:
    folder = project(tmp_path, [request(n, latency_ms=5) for n in range(60)])
    before = desk.rung("baseline", "--json", "--project", folder).document
    assert "missing" in before["metrics"]["task_success"]
    assert before["outcomes"]["unknown"] == 60
    late = tmp_path / "late.jsonl"
    late.write_text("".join(json.dumps({"id": f"r{n}", "success": n % 2 == 0}) + "\n" for n in range(40)))
    taken = desk.rung("ingest", late, "--outcomes", "--project", folder)
    assert taken.code == 0, taken.err
    assert "late outcomes: 40 new" in taken.out
    after = desk.rung("baseline", "--json", "--project", folder).document
    assert after["outcomes"] | {"right": 20, "wrong": 20, "unknown": 20} == after["outcomes"]


def test_a_hostile_log_is_shown_and_not_obeyed_by_ingest_and_baseline(desk: Any, tmp_path: Path) -> None:
    rows = [request(n, model=HOSTILE, flow=f"{HOSTILE}{n % 2}", latency_ms=n) for n in range(80)]
    rows.append(request(81, latency_ms=-1, model=HOSTILE))
    folder = project(tmp_path, rows)
    for words in (["ingest", folder / "logs" / "log.jsonl"], ["baseline"]):
        said = desk.rung(*words, "--project", folder)
        assert said.code == 0, said.err
        for text in (said.out, said.err):
            assert not [character for character in text if character != "\n" and not character.isprintable()]
    assert "</script><img src=x" in said.out
    document = desk.rung("baseline", "--json", "--project", folder).document
    assert {one["name"] for one in document["by"]["model"]} == {HOSTILE}  # the document keeps it as it was


def test_no_line_of_a_wide_baseline_exceeds_the_terminal(desk: Any, tmp_path: Path) -> None:
    rows = [
        request(n, model=f"model {n % 3}", latency_ms=10_000 + n, success=n % 3 > 0, corrected=n % 3 == 0,
                cost_usd=0.01, input_tokens=900 + n, output_tokens=80, flow="a flow with a name that goes on")
        for n in range(300)
    ]  # fmt: skip
    folder = project(tmp_path, rows, extra="prices: {wage_usd_per_hour: 30}\n")
    for columns in ("60", "80", "120"):
        said = desk.rung("baseline", "--project", folder, COLUMNS=columns)
        assert max(map(len, said.out.splitlines())) <= int(columns)
        by_model = said.out.partition("By model")[2].partition("By week")[0]
        titles = {"requests", "success", "corrected", "p95", "USD/success", "errors", "limited", "in", "out"}
        assert titles <= set(by_model.split())
        assert by_model.count("model 0") == by_model.count("model 2") >= 1


def test_a_project_without_a_log_says_how_to_bring_one(desk: Any, tmp_path: Path) -> None:
    folder = project(tmp_path)
    said = desk.rung("baseline", "--project", folder)
    assert said.code == 1
    assert said.err.endswith("data.traces 'logs/*.jsonl' names no file; correct it, or run: rung ingest FILE\n")


def test_a_log_behind_a_link_out_of_the_project_is_not_read(desk: Any, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "log.jsonl"
    inside.mkdir()
    folder = project(inside)
    outside.write_text(json.dumps(request(1, latency_ms=5)) + "\n")
    (folder / "logs" / "log.jsonl").symlink_to(outside)
    said = desk.rung("baseline", "--project", folder)
    assert said.code == 1
    assert f"leads outside the project directory, by a link to {outside}" in said.err
    assert not (folder / ".rung" / "traces").exists()


def test_a_log_that_was_taken_in_and_moved_away_is_still_measured(desk: Any, tmp_path: Path) -> None:
    folder = project(tmp_path)
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_text("".join(json.dumps(request(n, latency_ms=5)) + "\n" for n in range(30)))
    assert desk.rung("ingest", elsewhere, "--project", folder).code == 0
    elsewhere.unlink()
    said = desk.rung("baseline", "--json", "--project", folder)
    assert said.code == 0, said.err
    assert said.document["requests"] == 30
    assert "names no file; what was taken in before is measured" in said.err


def test_a_project_with_a_log_and_no_items_has_a_baseline_and_no_decision(desk: Any, tmp_path: Path) -> None:
    folder = project(tmp_path, [request(n, latency_ms=5) for n in range(30)])
    assert desk.rung("baseline", "--project", folder).code == 0
    said = desk.rung("decide", "--project", folder)
    assert said.code == 1
    assert "a production log alone gives a baseline but nothing to try a strategy on" in said.err
