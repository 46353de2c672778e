"""`rung models`: the embedded models and their cache."""

from __future__ import annotations

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int:
    """List the embedded models: where they are, whether they are ready.

    \b
    Example:
      rung models
    """
    if context.invoked_subcommand is not None:
        return 0
    from rung.adapters.local import status

    found = status()
    if as_json:
        document = [
            {
                "name": one.card.name,
                "role": one.card.role,
                "package": f"{one.card.package}=={one.card.version}",
                "sha256": one.card.sha256,
                "licence": one.card.licence,
                "ready": one.directory is not None,
                "problem": one.problem,
            }
            for one in found
        ]
        tell_document(document)
        return 0
    for one in found:
        state = one.problem or ("ready" if one.directory else "installed, not prepared yet")
        click.echo(
            f"{one.card.name:<14} {one.card.role:<10} {one.card.licence:<11} {one.size_bytes / 1e6:>5.0f} MB  {state}"
        )
    return 0


@command.command(short_help="Check the models and convert them, once.")
@click.argument("names", nargs=-1)
def prepare(names: tuple[str, ...]) -> int:
    """Check the models NAMES (default: all) against their sha256 and convert them once.

    \b
    Example:
      rung models prepare
    """
    from rung.adapters.local import CATALOG
    from rung.adapters.local import prepare as prepare_model

    for name in names or tuple(CATALOG):
        directory = prepare_model(name, lambda line: click.echo(line, err=True))
        click.echo(f"{name}: ready in {directory}")
    return 0
