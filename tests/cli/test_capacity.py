"""`rung capacity`: plans without a project, its own prices from one, and what cannot be planned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TRAIN = ("capacity", "train", "--parameters", "7e9", "--tokens", "1e9")
SERVE = ("capacity", "serve", "--model", "llama-3.1-8b", "--input-tokens", "1000", "--output-tokens", "200")
VOLUME = ("--requests-per-month", "2e6", "--on", "2026-11-01")


def test_a_training_run_is_planned_without_a_project_and_fits_80_columns(desk: Any) -> None:
    said = desk.rung(*TRAIN, "--method", "lora", COLUMNS="80")
    assert (said.code, said.err) == (0, "")
    assert "GPU-hours" in said.out
    assert "◐ modelled" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_a_fleet_is_planned_beside_hosts_and_fits_80_columns(desk: Any) -> None:
    said = desk.rung(*SERVE, *VOLUME, "--api", "openai:gpt-4o-mini", "--api", "openai:gpt-4o-mimi", COLUMNS="80")
    assert (said.code, said.err) == (0, "")
    assert "openai:gpt-4o-mimi: unknown" in said.out
    assert "gpt-4o-mini" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_json_is_one_document_with_provenance(desk: Any) -> None:
    said = desk.rung(*SERVE, *VOLUME, "--api", "openai:gpt-4o-mini", "--json")
    document = json.loads(said.out)
    assert document["requests_per_second"]["provenance"] == "modelled"
    assert document["usd_per_month"]["provenance"] == "assumed"
    # 2 million requests of 1,000 input and 200 output tokens at .15 and .60 USD a million: 540 USD.
    api = next(one for one in document["hosting"] if one["name"] == "openai:gpt-4o-mini")
    assert api["usd_per_month"]["value"] == pytest.approx(540.0)
    trained = json.loads(desk.rung(*TRAIN, "--json").out)
    assert trained["gpus"]["value"] == 2


def test_cached_input_and_batches_are_cheaper(desk: Any) -> None:
    said = desk.rung(*SERVE, *VOLUME, "--api", "openai:gpt-4o-mini", "--cached-share", "0.5", "--json")
    api = next(one for one in json.loads(said.out)["hosting"] if one["name"] == "openai:gpt-4o-mini")
    assert api["usd_per_month"]["value"] == pytest.approx(2e6 * (500 * 0.15 + 500 * 0.075 + 200 * 0.60) / 1e6)
    batch = desk.rung(*SERVE, *VOLUME, "--api", "openai:gpt-4o-mini", "--batch", "--json")
    api = next(one for one in json.loads(batch.out)["hosting"] if one["name"] == "openai:gpt-4o-mini")
    assert api["usd_per_month"]["value"] == pytest.approx(270.0)


def test_the_projects_own_price_is_used_with_its_source_and_date(desk: Any, tmp_path: Path) -> None:
    project = tmp_path / "priced"
    project.mkdir()
    rows = [json.dumps({"input": f"text {number}", "expected": "ab"[number % 2]}) for number in range(20)]
    (project / "examples.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (project / "rung.yaml").write_text(
        "task: {name: priced, kind: classify}\ndata: {examples: examples.jsonl}\n"
        "prices: {gpu_usd_per_hour: {H100: 1.75}, source: frame contract, as_of: 2026-10-01}\n",
        encoding="utf-8",
    )
    said = desk.rung(*TRAIN, "--project", str(project), "--json")
    rate = json.loads(said.out)["rate"]
    assert rate["value"] == 1.75
    assert "frame contract" in rate["source"]
    assert "2026-10-01" in rate["source"]


def test_a_trace_is_replayed_and_its_broken_rows_are_named(desk: Any, tmp_path: Path) -> None:
    path = tmp_path / "arrivals.csv"
    rows = [f"{number / 2},300,40" for number in range(400)]
    path.write_text("\n".join(["at,input_tokens,output_tokens", "soon,1,1", *rows]), encoding="utf-8")
    said = desk.rung("capacity", "serve", "--model", "llama-3.1-8b", "--trace", str(path), "--p95-ms", "2000", "--json")
    document = json.loads(said.out)
    assert document["trace"]["requests"] == 400
    assert document["trace"]["skipped"] == 1
    assert document["trace"]["problems"][0].startswith("line 2")
    assert document["met"]["total_ms"][1]["value"] <= 2000
    assert document["input_tokens"] == 300


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("capacity", "train", "--parameters", "nan", "--tokens", "1e9"), 2, "nan is not between"),
        (("capacity", "train", "--parameters", "-7e9", "--tokens", "1e9"), 2, "is not between"),
        (("capacity", "train", "--parameters", "1e300", "--tokens", "1e9"), 2, "is not between"),
        (("capacity", "train", "--tokens", "1e9"), 2, "--parameters 7e9"),
        ((*TRAIN, "--model", "llama-3.1-8b"), 2, "leave out --parameters or --model"),
        ((*TRAIN, "--gpu", "H1000"), 2, "H100"),
        ((*TRAIN, "--rank", "1.5"), 2, "not a whole number"),
        ((*SERVE, "--requests-per-month", "0"), 2, "is not between"),
        (SERVE, 2, "--requests-per-month"),
        (("capacity", "serve", "--model", "lama-3.1-8b", "--input-tokens", "1"), 2, "llama-3.1-8b"),
        ((*SERVE, *VOLUME, "--trace", "nowhere.csv"), 1, "nowhere.csv is not there"),
        ((*SERVE, *VOLUME, "--trace", "."), 1, "cannot be read"),
        ((*SERVE, *VOLUME, "--gpu", "A10", "--precision", "fp8"), 1, "no FP8"),
        (("capacity", "serve", "--model", "gpt-3-175b", "--gpu", "A10", *SERVE[4:], *VOLUME), 1, "8 A10"),
    ],
)
def test_what_cannot_be_is_told_in_one_message(desk: Any, words: tuple[str, ...], code: int, told: str) -> None:
    said = desk.rung(*words)
    assert said.code == code
    assert told in " ".join(said.err.split())
    assert "Traceback" not in said.err


def test_an_empty_trace_is_refused(desk: Any, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    said = desk.rung("capacity", "serve", "--model", "llama-3.1-8b", "--trace", str(path))
    assert said.code == 1
    assert "no column holds the time" in said.err


def test_extreme_amounts_give_finite_figures(desk: Any) -> None:
    said = desk.rung(*SERVE, "--requests-per-month", "1e13", "--json")
    assert said.code == 0
    json.loads(said.out, parse_constant=pytest.fail)
    said = desk.rung("capacity", "train", "--parameters", "1e14", "--tokens", "1e17", "--json")
    assert said.code == 0
    json.loads(said.out, parse_constant=pytest.fail)
