"""`rung data`: what the examples hold and how they are split."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.data_check import check
from rung.cli.document import tell_document
from rung.cli.options import json_option, project_option, task_file


@click.group()
def command() -> None:
    """Show what the examples hold and how they are split.

    \b
    Example:
      rung data split --project my-task
    """


@command.command(short_help="Sizes, segments, groups and hashes of the three parts.")
@project_option
@json_option
@click.option(
    "--write",
    "write",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Write the parts below it, the sealed one apart; no file that is there is overwritten.",
)
def split(project: Path, as_json: bool, write: Path | None) -> int:
    """Show the train, dev and sealed split: sizes, segments, groups, hashes.

    Shows counts and hashes only; the sealed items stay sealed. With --write, the parts become train.jsonl, dev.jsonl
    and sealed/sealed.jsonl, each item with its segment, its group and how it was made.

    \b
    Example:
      rung data split --project my-task
      rung data split --project my-task --write my-task/eval
    """
    from rung.pipeline import look
    from rung.report.evidence import evidence_document, evidence_lines

    looked = look(task_file(project), write=write)
    if as_json:
        tell_document(evidence_document(looked))
        return 0
    for line in evidence_lines(looked):
        click.echo(line)
    return 0


command.add_command(check)
