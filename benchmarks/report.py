"""How long the files of a decision take: drawn anew, and left alone because they stand as they were drawn.

    python benchmarks/report.py --project my-task [--runs 7]

Needs a project that was decided before. Each run is a process of its own, as a person starts it; the two kinds take
turns, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from main_job import RUNG, timed

from rung.adapters.machine import describe_machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    print(f"machine: {describe_machine()}; Python {sys.version.split()[0]}")
    for command in ("report", "decide"):
        words = (RUNG, command, "--project", arguments.project)
        first = timed(RUNG, command, "--json", "--project", arguments.project)
        folder = arguments.project / ".rung" / "decisions" / json.loads(first.stdout)["id"][:16]
        anew, kept = [], []
        for _ in range(arguments.runs):
            (folder / "manifest.json").unlink()
            anew.append(timed(*words).seconds)
            kept.append(timed(*words).seconds)
        slow, fast = statistics.median(anew), statistics.median(kept)
        print(f"rung {command}, files drawn anew   {slow:6.2f} s (n={len(anew)})")
        print(f"rung {command}, files left alone   {fast:6.2f} s (n={len(kept)}), {1 - fast / slow:.0%} less")


if __name__ == "__main__":
    main()
