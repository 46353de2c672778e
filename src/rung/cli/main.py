"""The command line: a table of commands, and what happens when one fails."""

from __future__ import annotations

import errno
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

import rung
from rung.errors import RungError

COMMANDS = {
    # name: (module, the line that `rung --help` shows; kept here so that help imports no command)
    "init": ("rung.cli.init", "Write a rung.yaml with comments, and example data."),
    "doctor": ("rung.cli.doctor", "Check this machine: processor, memory, packages, models."),
    "demo": ("rung.cli.demo", "Work a real example from data to decision."),
    "plan": ("rung.cli.plan", "Plan without data: a decision from a questionnaire alone."),
    "models": ("rung.cli.models", "List, check and prepare the embedded models."),
    "ingest": ("rung.cli.ingest", "Take production logs into the project."),
    "baseline": ("rung.cli.baseline", "Measure what runs today from the production log."),
    "data": ("rung.cli.data", "Show what the examples hold and how they are split."),
    "run": ("rung.cli.run", "Fit and evaluate strategies on the dev split."),
    "compare": ("rung.cli.compare", "Compare two strategies on the same items."),
    "diagnose": ("rung.cli.diagnose", "Say why a strategy fails, and what would mend it."),
    "forecast": ("rung.cli.forecast", "Say what more labels or more compute would bring."),
    "capacity": ("rung.cli.capacity", "Say what a model of your own takes to train or serve."),
    "cost": ("rung.cli.cost", "Price a year of each strategy, line by line, with ranges."),
    "decide": ("rung.cli.decide", "Run what is missing, then decide and record why."),
    "report": ("rung.cli.report", "Show a recorded decision and rewrite its files."),
    "audit": ("rung.cli.audit", "Show the append-only record of events."),
}

INTERRUPTED = 130
SURROUNDINGS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
"""A full disk or a missing permission, wherever it is met: the person can mend it, and a traceback would not help."""


class LazyGroup(click.Group):
    """Imports a command only when it is called, so that `rung --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        close = get_close_matches(word, COMMANDS, n=1)
        if close and word not in COMMANDS:
            raise click.UsageError(f"No such command {word!r}. Did you mean {close[0]!r}?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(rung.__version__, "-V", "--version", message="%(prog)s %(version)s")
def rung_command() -> None:
    """Find the lightest model strategy that reliably meets your targets.

    rung runs pre-trained, fine-tuned and from-scratch strategies on your own
    labelled data, measures task success, correction rate, p95 latency and cost
    per successful outcome with intervals, and records a decision with reasons.

    \b
    Start here:
      rung demo                        a real decision, in a few minutes
      rung init my-task                a project of your own
      rung decide --project my-task    the decision
      rung ingest, rung baseline       what runs today, from its log
    """


def main() -> None:
    """Exits 0 done, 1 an error, 2 wrong usage, 3 none meets, 4 not enough evidence, 130 stopped."""
    _write_what_the_terminal_can_show()
    # Read when torch loads its thread pool: threads that wait by spinning stop a fit on a machine that is not idle
    # (docs/decisions/0008).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        code = rung_command.main(standalone_mode=False, prog_name="rung")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Everything finished so far is kept; the same command goes on from here.", err=True)
        sys.exit(INTERRUPTED)
    except RungError as error:
        click.echo(f"{click.style('Error:', fg='red', bold=True)} {printable(str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno not in SURROUNDINGS:
            raise
        place = f"{error.filename}: " if error.filename else ""
        click.echo(
            f"{click.style('Error:', fg='red', bold=True)} {printable(place)}{error.strerror}; make room or give "
            "permission there, then run the same command again: everything finished so far is kept",
            err=True,
        )
        sys.exit(RungError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _write_what_the_terminal_can_show() -> None:
    """A terminal that is not UTF-8 gets a question mark for a symbol it lacks; no symbol stands alone."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """The text without control characters: a message may quote a file that tries to steer the terminal."""
    return "".join(character if character == "\n" or character.isprintable() else "�" for character in text)
