"""`rung forecast scaling` on the worked example's own texts: killed, gone on, refused for want of runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from rung.errors import InvalidData, UsageError
from rung.evidence.prepare import prepare_evidence
from rung.forecast.scaling import planned_runs
from rung.pipeline import create
from rung.pipeline.forecast_scaling import ScalingAsked, forecast_scaling, texts_of
from rung.pipeline.gpu_hardware import hardware_for
from rung.task.file import read_task

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example, with its texts."""
    directory = tmp_path_factory.mktemp("coding")
    create(directory, "medical-coding")
    return directory / "rung.yaml"


def small_project(directory: Path, texts: list[str]) -> Path:
    rows = [{"input": f"parcel {n} is late", "expected": "delivery" if n % 2 else "billing"} for n in range(60)]
    (directory / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    entries = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
    (directory / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in entries), encoding="utf-8")
    (directory / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl, corpus: corpus.jsonl}\n", encoding="utf-8"
    )
    return directory / "rung.yaml"


def test_killed_runs_are_kept_and_gone_on_with_and_too_few_end_in_a_refusal(project: Path) -> None:
    kept = project.parent / ".rung" / "scaling"
    script = (
        "import sys, torch; from pathlib import Path; torch.set_num_threads(1);"
        "from rung.pipeline.forecast_scaling import ScalingAsked, forecast_scaling;"
        "forecast_scaling(Path(sys.argv[1]), ScalingAsked(minutes=5, needed_bits=1.0))"
    )
    worker = subprocess.Popen([sys.executable, "-c", script, str(project)], env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 120
    # Killed as soon as a run is under way and has a checkpoint: its result is not there yet.
    while not list(kept.glob("*/training/step-*")) and time.monotonic() < deadline:
        assert worker.poll() is None
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    finished = {path.parent.name: path.read_bytes() for path in kept.glob("*/result.json")}
    under_way = {path.parents[1].name for path in kept.glob("*/training/step-*")}
    assert len(under_way) == 1

    # However little time is given, each call gets as far as the next checkpoint, and so the run is ended.
    [name] = under_way
    for _ in range(20):
        if (kept / name / "result.json").exists():
            break
        with suppress(InvalidData):
            forecast_scaling(project, ScalingAsked(minutes=0.005, needed_bits=1.0))
    found = forecast_scaling(project, ScalingAsked(minutes=0, needed_bits=1.0, gpu="H100")).forecast
    assert len(found.runs) > len(finished)
    assert all((kept / one / "result.json").read_bytes() == before for one, before in finished.items())
    assert (kept / name / "result.json").exists()
    assert not (kept / name / "training").exists()
    assert {"too few runs", "too few sizes"} <= {one.reason for one in found.refusals}
    assert found.fit is None
    assert found.planned == 20
    assert all(run.nats_per_token is not None and run.seconds > 0 for run in found.runs)
    assert all(run.bits_per_byte < 6 for run in found.runs)

    # Nothing is trained again, and no time at all reads what is kept.
    again = forecast_scaling(project, ScalingAsked(minutes=0, needed_bits=1.0)).forecast
    assert again.runs == found.runs


def test_no_text_of_dev_or_sealed_is_read(project: Path) -> None:
    task = read_task(project)
    evidence = prepare_evidence(task)
    texts = texts_of(task, evidence)
    told = (texts.train.tobytes() + texts.held_out.tobytes()).decode()
    known = {" ".join(text.split()).casefold() for text in told.splitlines()}
    corpus = {" ".join(entry.passage.split()).casefold() for entry in evidence.corpus}
    train = {" ".join(example.input.split()).casefold() for example in evidence.split.train}
    assert known <= corpus | train
    assert train <= known


def test_no_time_and_no_runs_is_an_error_that_says_so(tmp_path: Path) -> None:
    project = small_project(tmp_path, [f"passage number {n} says {n * n} and {n**3} in words" for n in range(2_500)])
    with pytest.raises(InvalidData, match="no run was finished in 0 minutes"):
        forecast_scaling(project, ScalingAsked(minutes=0, needed_bits=1.0))


@pytest.mark.parametrize("texts", [["one line"] * 5_000, ["\x00\x01\x02 � " * 20]], ids=["one line", "garbage"])
def test_a_text_too_small_is_an_error_before_anything_is_trained(tmp_path: Path, texts: list[str]) -> None:
    project = small_project(tmp_path, texts)
    with pytest.raises(InvalidData, match=r"distinct bytes of text to train on.*at least 50,000"):
        forecast_scaling(project, ScalingAsked(needed_bits=1.0))
    assert not (tmp_path / ".rung" / "scaling").exists()


@pytest.mark.parametrize("needed", [-1.0, 0.0, float("nan"), 1e9])
def test_a_needed_loss_that_is_none_is_wrong_usage(project: Path, needed: float) -> None:
    with pytest.raises(UsageError, match="--needed"):
        forecast_scaling(project, ScalingAsked(needed_bits=needed))


def test_a_gpu_comes_from_the_table_with_its_price_and_what_is_stated_stands_above_it() -> None:
    found = hardware_for("h100", peak_flops=None, usd_per_hour=None, gpus=8)
    assert found is not None
    assert 9e14 < found.peak_flops < 1.1e15
    assert found.usd_per_hour is not None
    assert found.usd_per_hour[0] <= found.usd_per_hour[1] <= found.usd_per_hour[2]
    stated = hardware_for("h100", peak_flops=5e14, usd_per_hour=2.5, gpus=1)
    assert stated is not None
    assert (stated.peak_flops, stated.usd_per_hour) == (5e14, (2.5, 2.5, 2.5))
    bare = hardware_for(None, peak_flops=1e15, usd_per_hour=None, gpus=1)
    assert bare is not None
    assert bare.usd_per_hour is None
    assert hardware_for(None, peak_flops=None, usd_per_hour=None, gpus=8) is None


@pytest.mark.parametrize(
    ("name", "peak", "price"),
    [("h1000", None, None), (None, -1.0, None), (None, float("nan"), None), (None, None, 3.0), ("H100", None, 0.0)],
)
def test_a_gpu_that_is_none_is_wrong_usage(name: str | None, peak: float | None, price: float | None) -> None:
    with pytest.raises(UsageError, match="--gpu"):
        hardware_for(name, peak_flops=peak, usd_per_hour=price, gpus=8)


def test_the_grid_of_the_worked_example_is_whole() -> None:
    assert len({run.name for run in planned_runs(80_000)}) == 20
