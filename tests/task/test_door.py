from __future__ import annotations

import subprocess
import sys


def test_the_door_of_task_loads_neither_pydantic_nor_yaml() -> None:
    probe = "import sys, rung.task; print([n for n in ('pydantic', 'ruamel.yaml', 'torch') if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
