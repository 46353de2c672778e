"""`rung cost`: what a year of each strategy costs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.driver_option import stated_drivers
from rung.cli.main import printable
from rung.cli.options import json_option, page_width, project_option, task_file


@click.command()
@project_option
@click.option("--strategy", "strategies", multiple=True, metavar="NAME", help="Price only these.")
@click.option("--months", type=int, help="The horizon, 1 to 120 (default: economics.months of rung.yaml).")
@click.option("--draws", type=int, help="Draws of the simulation (default: 5,000).")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="DRIVER=VALUE",
    help="A driver for this call: one number, or LOW:MODE:HIGH.",
)
@click.option("--drivers", is_flag=True, help="Also list every driver: range, source, how to change it.")
@click.option("--xlsx", type=click.Path(path_type=Path), help="Also write a workbook of live formulas.")
@json_option
def command(
    project: Path,
    strategies: tuple[str, ...],
    months: int | None,
    draws: int | None,
    settings: tuple[str, ...],
    drivers: bool,
    xlsx: Path | None,
    as_json: bool,
) -> int:
    """Price a year of each strategy, from what was run already.

    Measures nothing: the figures come from stored runs, rung.yaml and dated
    assumptions, each with its range, drawn thousands of times. Says who meets
    the targets at the least cost and how sure that is, every line down to the
    total, month by month, the cost of a right outcome, the break-even volume,
    what moves the total most, when the decision flips, and what to measure
    next. Writes cost.html, cost.md and cost.json under .rung/costs.

    \b
    Example:
      rung cost --project my-task
      rung cost --set requests_per_month=20000:40000:90000 --xlsx year.xlsx
    """
    from rung.cli.live import watching
    from rung.pipeline.cost import cost, write_xlsx
    from rung.report.cost import account_of, cost_document, render_cost
    from rung.report.cost.files import write_cost

    stated = stated_drivers(settings)
    with watching() as observer:
        priced = cost(
            task_file(project),
            strategies=strategies,
            months=months,
            draws=draws,
            stated=stated,
            observer=observer,
        )
    if xlsx is not None:
        write_xlsx(priced, xlsx)
    account = account_of(priced)
    # The answer comes before the files: to draw the page takes longer than to work it out.
    if as_json:
        tell_document(cost_document(priced, account))
    else:
        width, colour = page_width()
        click.echo(render_cost(account, width, colour=colour, drivers=drivers), nl=False)
        sys.stdout.flush()
    written = write_cost(priced, account)
    if not as_json:
        click.echo("\nFiles")
        for path in (*written, *([xlsx] if xlsx is not None else [])):
            click.echo(f"  {printable(str(path))}")
    return 0
