from __future__ import annotations

import subprocess
import sys

import rung.report


def test_every_public_name_is_there() -> None:
    assert sorted(rung.report.__all__) == list(rung.report.__all__)
    assert all(hasattr(rung.report, name) for name in rung.report.__all__)


def test_the_door_loads_no_charts_and_no_terminal_library() -> None:
    heavy = {"altair", "vl_convert", "rich", "jinja2", "torch", "scipy"}
    code = f"import sys, rung.report; print(*sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
