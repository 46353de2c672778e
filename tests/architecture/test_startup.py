"""What a start may not import: the light commands stay light."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "peft", "sklearn", "scipy", "pandas", "altair", "vl_convert", "sqlalchemy", "aiohttp"}


def modules_after(code: str) -> set[str]:
    """Top-level modules loaded in a fresh interpreter after running `code`."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['rung', '--help']\n"
        "from rung.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass"
    )
    assert modules_after(code) & HEAVY == set()
    assert "numpy" not in modules_after(code)


def test_the_ladder_can_be_listed_without_loading_a_model_library() -> None:
    code = "from rung.strategies.registry import all_cards\nassert len(all_cards()) >= 8"
    assert modules_after(code) & {"torch", "transformers", "peft", "sklearn", "scipy"} == set()


@pytest.mark.parametrize("door", ["rung.task", "rung.evidence", "rung.evaluate", "rung.economics", "rung.decide"])
def test_the_door_of_a_pure_stage_imports_no_heavy_library(door: str) -> None:
    assert modules_after(f"import {door}") & HEAVY == set()
