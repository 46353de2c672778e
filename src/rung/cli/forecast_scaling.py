"""`rung forecast scaling`: what a model of one's own would take."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.main import printable
from rung.cli.options import json_option, page_width, project_option, task_file
from rung.errors import UsageError


@click.command(short_help="What a model of your own would take, by small runs.")
@project_option
@click.option("--needed", type=float, metavar="BITS", help="Loss to reach, bits per byte of held-out text.")
@click.option(
    "--minutes",
    type=click.FloatRange(0, 100_000),
    default=20.0,
    show_default=True,
    help="Train for no longer than this; 0 uses the runs that are kept.",
)
@click.option("--gpu", metavar="NAME", help="GPU of the large training, such as H100.")
@click.option("--gpu-peak-flops", type=float, metavar="FLOPS", help="Its peak, operations a second.")
@click.option("--gpu-usd-per-hour", type=float, metavar="USD", help="Its price, USD per GPU-hour.")
@click.option("--gpus", type=click.IntRange(1, 1_000_000), default=8, show_default=True, help="GPUs at once.")
@click.option("--published", is_flag=True, help="Ask the published laws instead: no project, no runs.")
@click.option("--compute", type=float, metavar="FLOPS", help="With --published: what this compute buys.")
@click.option("--parameters", type=float, metavar="N", help="With --published and --tokens: their loss.")
@click.option("--tokens", type=float, metavar="D", help="With --published and --parameters: their loss.")
@click.option("--loss", type=float, metavar="NATS", help="With --published: what this loss takes, nats a token.")
@click.option("--unique", type=float, metavar="U", help="With --published: distinct tokens that there are.")
@click.option("--characters", type=float, metavar="C", help="With --parameters: your own text to tune it on.")
@json_option
def scaling(
    project: Path,
    needed: float | None,
    minutes: float,
    gpu: str | None,
    gpu_peak_flops: float | None,
    gpu_usd_per_hour: float | None,
    gpus: int,
    published: bool,
    compute: float | None,
    parameters: float | None,
    tokens: float | None,
    loss: float | None,
    unique: float | None,
    characters: float | None,
    as_json: bool,
) -> int:
    """Say what training from scratch would take to reach a needed loss.

    Trains small models of several sizes on your own texts, fits the scaling law
    L = E + A/N^alpha + B/D^beta to their losses on held-out text, and
    extrapolates to parameters, text, compute, GPU-hours, money and weeks, each
    with its interval. Refuses where the runs do not support it. Without
    --needed, the loss to reach is that of the project's pre-trained model on
    the same text. Finished runs are kept: the same command goes on.

    \b
    Example:
      rung forecast scaling --project my-task --gpu H100
      rung forecast scaling --published --compute 1e21
    """
    laws = {
        "--compute": compute,
        "--parameters": parameters,
        "--tokens": tokens,
        "--loss": loss,
        "--unique": unique,
        "--characters": characters,
    }
    if published:
        return _published(compute, parameters, tokens, loss, unique, characters, as_json=as_json)
    stray = [name for name, value in laws.items() if value is not None]
    if stray:
        raise UsageError(f"{', '.join(stray)} ask the published laws; add --published")
    from rung.cli.live import watching
    from rung.pipeline.forecast_scaling import ScalingAsked, forecast_scaling
    from rung.report.forecast.scaling_document import scaling_document
    from rung.report.forecast.scaling_files import write_scaling
    from rung.report.forecast.scaling_terminal import render_scaling

    asked = ScalingAsked(minutes, needed, gpu, gpu_peak_flops, gpu_usd_per_hour, gpus)
    with watching() as observer:
        found = forecast_scaling(task_file(project), asked, observer=observer)
    files = write_scaling(found.forecast, found.folder)
    if as_json:
        tell_document(scaling_document(found.forecast))
        return 0
    width, colour = page_width()
    click.echo(render_scaling(found.forecast, width, colour=colour), nl=False)
    click.echo("\nFiles")
    for path in files:
        click.echo(f"  {printable(str(path))}")
    return 0


def _published(
    compute: float | None,
    parameters: float | None,
    tokens: float | None,
    loss: float | None,
    unique: float | None,
    characters: float | None,
    *,
    as_json: bool,
) -> int:
    from rung.forecast.scaling.calculator import published_tables
    from rung.report.forecast.scaling_document import published_document
    from rung.report.forecast.scaling_published import render_published

    tables = published_tables(
        compute=compute, parameters=parameters, tokens=tokens, loss_nats=loss, unique=unique, characters=characters
    )
    if as_json:
        tell_document(published_document(tables))
        return 0
    width, colour = page_width()
    click.echo(render_published(tables, width, colour=colour), nl=False)
    return 0
