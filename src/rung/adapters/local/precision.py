"""Which number format this machine should compute in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

Precision = Literal["float32", "bfloat16"]


@cache
def preferred_precision(cpu_facts: Path = Path("/proc/cpuinfo")) -> Precision:
    """bfloat16 where the processor multiplies it natively (avx512_bf16 or amx_bf16), else float32.

    Emulated bfloat16 is slower than float32. Read from the kernel's description, not from torch, because a
    model's identity contains its precision and must not cost an import of torch; a system that does not say
    gets float32.
    """
    try:
        flags = cpu_facts.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return "float32"
    return "bfloat16" if {"avx512_bf16", "amx_bf16"} & set(flags) else "float32"
