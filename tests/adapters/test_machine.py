from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from rung.adapters.machine import describe_machine

INTEL = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz\nmodel name\t: Intel(R) Xeon(R) CPU\n"
PI = "processor\t: 0\nBogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n"


def root_with(directory: Path, **files: str) -> Path:
    for name, content in files.items():
        path = directory / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return directory


def test_the_processor_is_named_without_marks_and_clock_speed(tmp_path: Path) -> None:
    assert describe_machine(root_with(tmp_path, proc__cpuinfo=INTEL)).startswith("Intel Xeon E5-2690 v4, ")


def test_a_processor_without_a_model_name_is_called_by_its_board(tmp_path: Path) -> None:
    assert describe_machine(root_with(tmp_path, proc__cpuinfo=PI)).startswith("Raspberry Pi 5 Model B Rev 1.0, ")


def test_the_limit_of_the_control_group_is_the_memory_that_counts(tmp_path: Path) -> None:
    root = root_with(tmp_path, proc__cpuinfo=INTEL)
    (root / "sys/fs/cgroup").mkdir(parents=True)
    (root / "sys/fs/cgroup/memory.max").write_text(f"{1024**3}\n", encoding="utf-8")
    assert ", 1 GB, " in describe_machine(root)


def test_no_limit_means_the_memory_of_the_machine(tmp_path: Path) -> None:
    root = root_with(tmp_path, proc__cpuinfo=INTEL)
    without = describe_machine(root)
    (root / "sys/fs/cgroup").mkdir(parents=True)
    (root / "sys/fs/cgroup/memory.max").write_text("max\n", encoding="utf-8")
    assert describe_machine(root) == without


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system has no processor affinity")
def test_only_the_cores_that_this_process_may_use_count() -> None:
    one = next(iter(os.sched_getaffinity(0)))
    code = (
        f"import os; os.sched_setaffinity(0, {{{one}}}); from rung.adapters.machine import *; print(describe_machine())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ", 1 core, " in done.stdout


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs more than one core to take one away")
def test_a_quota_of_the_control_group_lowers_the_number_of_cores(tmp_path: Path) -> None:
    root = root_with(tmp_path, proc__cpuinfo=INTEL)
    (root / "sys/fs/cgroup").mkdir(parents=True)
    quota = root / "sys/fs/cgroup/cpu.max"
    without = describe_machine(root)
    quota.write_text("max 100000\n", encoding="utf-8")
    assert describe_machine(root) == without
    quota.write_text("50000 100000\n", encoding="utf-8")
    assert ", 1 core, " in describe_machine(root)


def test_gpus_are_counted_by_their_model(tmp_path: Path) -> None:
    root = root_with(tmp_path, proc__cpuinfo=INTEL)
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        card = root / "proc/driver/nvidia/gpus" / bus
        card.mkdir(parents=True)
        (card / "information").write_text("Model: \t\t NVIDIA H200\nIRQ: 5\nGPU UUID: GPU-secret\n", encoding="utf-8")
    words = describe_machine(root)
    assert words.endswith(", 2 x NVIDIA H200")
    assert "secret" not in words


def test_this_machine_has_the_same_words_every_time_and_they_name_nobody() -> None:
    words = describe_machine()
    assert words == describe_machine()
    assert len(words) <= 400
    assert platform.node() not in words.split(", ")
    assert words.count(", ") >= 3
