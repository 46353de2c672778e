"""`rung run`: fit and evaluate strategies, without deciding."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, project_option, task_file


@click.command()
@click.argument("strategies", nargs=-1)
@project_option
@json_option
def command(strategies: tuple[str, ...], project: Path, as_json: bool) -> int:
    """Fit and evaluate STRATEGIES on the dev split (default: those of rung.yaml).

    The sealed split stays closed. Finished work is kept and interrupted work
    goes on where it stopped.

    \b
    Example:
      rung run zero-shot retrieval --project my-task
    """
    from rung.cli.live import watching
    from rung.pipeline import run_strategies
    from rung.report.figures import show

    with watching() as observer:
        measured = run_strategies(task_file(project), strategies, observer=observer)
    if as_json:
        from rung.decide.codec import encode

        document = [
            {
                "strategy": one.run.strategy,
                "run": one.run.id,
                "split": one.run.split,
                "model_calls": one.run.model_calls,
                "fit_seconds": one.run.fit_seconds,
                "metrics": {name: encode(figure) for name, figure in one.metrics.overall.items()},
            }
            for one in measured
        ]
        tell_document(document)
        return 0
    for one in measured:
        click.echo(one.run.strategy)
        for name, figure in one.metrics.overall.items():
            click.echo(f"  {name:<22} {show(figure)}")
    return 0
