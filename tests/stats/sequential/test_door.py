from __future__ import annotations

import subprocess
import sys

import rung.stats.sequential as door


def test_the_door_offers_what_it_lists_and_opens_without_scipy() -> None:
    assert [name for name in door.__all__ if not hasattr(door, name)] == []
    assert door.__all__ == sorted(door.__all__)
    code = "import sys, rung.stats.sequential; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
