"""`rung ingest`: production logs into the project."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, project_option, task_file


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_name", metavar="NAME", help="Format of the logs; without it, found out for each.")
@click.option("--outcomes", "only_outcomes", is_flag=True, help="The rows are outcomes, by the id of their request.")
@click.option("--redact", type=click.Choice(["mask", "drop"]), help="Mask what looks personal, or drop all content.")
@click.option("--map", "maps", multiple=True, metavar="NAME=COLUMN", help="What a name of your own means; repeatable.")
@click.option("--strict", is_flag=True, help="Take nothing when a single row is bad.")
@project_option
@json_option
def command(
    paths: tuple[str, ...],
    format_name: str | None,
    only_outcomes: bool,
    redact: str | None,
    maps: tuple[str, ...],
    strict: bool,
    project: Path,
    as_json: bool,
) -> int:
    """Take production logs into the project.

    PATH is a file or a pattern: JSONL, CSV, Parquet, OpenAI-style request logs,
    OpenTelemetry GenAI spans, exports of Langfuse, MLflow and LiteLLM, gzipped
    or not. Rows that are already there are skipped, and rows that cannot be
    taken are kept in .rung/quarantine with line and reason.

    Exits 1 when a file cannot be read or no row could be taken.

    \b
    Example:
      rung ingest 'logs/*.jsonl.gz' --redact mask --project my-task
      rung ingest corrections.csv --outcomes --project my-task
    """
    from rung.cli.live import watching
    from rung.pipeline.ingest import ingest
    from rung.report.ingested import as_document, as_lines

    with watching() as observer:
        ingested = ingest(
            task_file(project),
            paths,
            observer=observer,
            format_name=_format(format_name),
            names=dict(map(_pair, maps)),
            redact="mask" if redact == "mask" else "drop" if redact == "drop" else None,
            only_outcomes=only_outcomes,
            strict=strict,
        )
    if as_json:
        tell_document(as_document(ingested))
    else:
        for line in as_lines(ingested):
            click.echo(line)
    return 0 if ingested.took_rows and not ingested.failed else 1


def _format(name: str | None) -> str | None:
    from rung.evidence.traces.formats import FORMATS

    if name is not None and name not in FORMATS:
        raise click.UsageError(f"--format {name!r} is not known; give one of {', '.join(FORMATS)}")
    return name


def _pair(text: str) -> tuple[str, str]:
    name, _, column = text.rpartition("=")
    if not name or not column:
        raise click.UsageError(f"--map {text!r} is not NAME=COLUMN, such as --map took=latency_ms")
    return name, column
