"""Which number format a machine gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from rung.adapters.local.precision import preferred_precision


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 sse\n", "bfloat16"),
        ("flags : fpu amx_bf16\n", "bfloat16"),
        ("flags : fpu avx2 avx512f avx512_vnni\n", "float32"),
        ("flags : not_avx512_bf16_at_all\n", "float32"),
    ],
)
def test_half_precision_needs_a_processor_that_multiplies_it(tmp_path: Path, facts: str, expected: str) -> None:
    (tmp_path / "cpuinfo").write_text(facts)
    assert preferred_precision(tmp_path / "cpuinfo") == expected


def test_a_system_that_does_not_say_gets_single_precision(tmp_path: Path) -> None:
    assert preferred_precision(tmp_path / "nothing") == "float32"
