"""`rung decide`: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.options import json_option, project_option, task_file

EXIT_CODES = {"recommend": 0, "none_meets": 3, "insufficient_evidence": 4}


@click.command(
    epilog="Exit codes: 0 a strategy is recommended, 1 an error, 2 wrong usage, 3 none meets the targets, "
    "4 not enough evidence (it says how much more is needed)."
)
@project_option
@json_option
def command(project: Path, as_json: bool) -> int:
    """Run whatever is missing, then decide and record why.

    Evaluates the strategies named in rung.yaml on the dev split, picks the
    lightest that meets every target, confirms it once on the sealed split, and
    writes decision.json, decision.md and report.html under .rung/decisions.
    Finished work is kept: a second run repeats no model call.

    \b
    Example:
      rung decide --project my-task
    """
    from rung.cli.live import watching
    from rung.cli.told import tell, tell_effort
    from rung.pipeline import decide

    with watching() as observer:
        decided = decide(task_file(project), observer=observer)
    tell(decided, as_json=as_json)
    tell_effort(decided)
    return EXIT_CODES[decided.decision.verdict]
