"""`rung data`: what the examples hold and how they are split."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.main import printable
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
def split(project: Path, as_json: bool) -> int:
    """Show the train, dev and sealed split: sizes, segments, groups, hashes.

    Shows counts and hashes only; the sealed items stay sealed.

    \b
    Example:
      rung data split --project my-task
    """
    from rung.pipeline import look

    summary = look(task_file(project))
    if as_json:
        document = {
            "items": summary.items,
            "segments": summary.segments,
            "groups": summary.groups,
            "labels": list(summary.labels),
            "corpus_entries": summary.corpus_entries,
            "data_hash": summary.data_hash,
            "split_hash": summary.split_hash,
            "notes": list(summary.notes),
        }
        tell_document(document)
        return 0
    for part, count in summary.items.items():
        segments = ", ".join(f"{name} {number}" for name, number in summary.segments.get(part, {}).items())
        click.echo(f"{part:<7} {count:>6} items in {summary.groups.get(part, 0)} groups  {segments}")
    click.echo(f"{len(summary.labels)} labels, {summary.corpus_entries} corpus entries")
    click.echo(f"data {summary.data_hash[:16]}, split {summary.split_hash[:16]}")
    for note in summary.notes:
        click.echo(printable(f"note: {note}"))
    return 0
