"""What this machine is, in words that stay the same from run to run and name nobody."""

from __future__ import annotations

import os
import platform
import re
from math import ceil
from pathlib import Path

GIBIBYTE = 1024**3


def describe_machine(root: Path = Path("/")) -> str:
    """One line such as "AMD EPYC 7B13, 2 cores, 24 GB, no GPU".

    Cores are those this process may use and memory, in whole GiB, is what it may take: the machine's, or the limit
    of its control group where that is lower. GPUs are those that the NVIDIA driver lists, or Apple's. No host name,
    user or serial number enters. `root` is where `proc` and `sys` are looked for.
    """
    return f"{_processor(root)}, {_cores(root)}, {_memory(root)}, {_gpus(root)}"


def _processor(root: Path) -> str:
    text = _read(root / "proc/cpuinfo")
    match = re.search(r"^(?:model name|Model|Hardware|Processor)\s*:\s*(.+)$", text, re.MULTILINE)
    name = match[1] if match else platform.processor() or platform.machine() or "unknown processor"
    # Clock speed and marks differ between readings of one chip and say nothing.
    name = re.sub(r"\((?:R|TM|tm|C)\)|@.*$|\bCPU\b|\bProcessor\b", " ", name)
    return " ".join(name.split())


def _cores(root: Path) -> str:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # "quota period" in microseconds: how much processor time the control group gets per period; "max 100000" is none.
    quota = re.fullmatch(r"(\d+) (\d+)\s*", _read(root / "sys/fs/cgroup/cpu.max"))
    if quota and int(quota[2]) > 0:
        count = min(count, max(1, ceil(int(quota[1]) / int(quota[2]))))
    return "1 core" if count == 1 else f"{count} cores"


def _memory(root: Path) -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return "unknown memory"
    for limit_file in ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"):
        limit = _read(root / limit_file).strip()
        if limit.isdigit():
            total = min(total, int(limit))
    return f"{max(1, round(total / GIBIBYTE))} GB"


def _gpus(root: Path) -> str:
    names: list[str] = []
    for card in sorted((root / "proc/driver/nvidia/gpus").glob("*/information")):
        match = re.search(r"^Model:\s*(.+)$", _read(card), re.MULTILINE)
        names.append(match[1].strip() if match else "NVIDIA GPU")
    if not names and platform.system() == "Darwin" and platform.machine() == "arm64":
        names.append("Apple GPU")
    if not names:
        return "no GPU"
    return " and ".join(f"{names.count(name)} x {name}" for name in dict.fromkeys(names))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
