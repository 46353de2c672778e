"""`rung plan`: a decision from a questionnaire alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width
from rung.errors import UsageError

if TYPE_CHECKING:
    from rung.decide.plan import Answers, Question

KEPT = Path("rung-answers.yaml")
"""Where the answers of a questionnaire that was stopped are kept, unless --write-answers names another file."""


@click.command()
@click.option("--answers", "source", metavar="FILE.yaml", type=click.Path(path_type=Path), help="Read the answers.")
@click.option("--write-answers", "keep", metavar="FILE", type=click.Path(path_type=Path), help="Save the answers.")
@click.option("--output", metavar="DIR", type=click.Path(path_type=Path), help="Write page, Markdown and JSON there.")
@click.option("--template", is_flag=True, help="Print an answers file with comments, and do nothing else.")
@json_option
def command(source: Path | None, keep: Path | None, output: Path | None, template: bool, as_json: bool) -> int:
    """Plan without data: a decision from a questionnaire alone.

    Asks what is to be done, what runs today, what goes wrong and what is there,
    and says which rung fits now, what to do first inside it, what is blocked
    and why, which answer would change that, and what to measure first. Every
    question may stay open: unknown is named in the plan, never filled in.

    \b
    Example:
      rung plan
      rung plan --template > answers.yaml
      rung plan --answers answers.yaml --output plan
    """
    from rung.decide.plan.file import answers_text
    from rung.report.plan.terminal import render_plan

    if template:
        from rung.decide.plan import Answers

        click.echo(answers_text(Answers()), nl=False)
        return 0
    from rung.pipeline.plan import plan_from, plan_from_file

    plan = plan_from_file(source) if source is not None else plan_from(_asked(keep))
    if plan.conflicts and keep is None:
        keep = KEPT
        click.echo(
            f"Some answers contradict each other. They are kept in {keep}; mend them there, then: ", err=True, nl=False
        )
        click.echo(f"rung plan --answers {keep}", err=True)
    if keep is not None:
        _save(keep, plan.answers)
    paths: tuple[Path, ...] = ()
    if output is not None:
        from rung.report.plan.files import write_plan

        paths = write_plan(plan, output)
    if as_json:
        from rung.report.plan.document import plan_document

        tell_document(plan_document(plan))
    else:
        width, colour = page_width()
        click.echo(render_plan(plan, width, colour=colour, files=paths), nl=False)
    return 1 if plan.conflicts else 0


def _asked(keep: Path | None) -> Answers:
    """The answers from the keyboard; what was answered before an interruption is kept."""
    from rung.decide.plan import QUESTIONS, Answers
    from rung.decide.plan.flips import asked, with_answer

    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise UsageError(
            "nobody can be asked here: rung plan --template > answers.yaml, fill it in, then "
            "rung plan --answers answers.yaml"
        )
    answers, section = Answers(), ""
    click.echo("Enter leaves a question open. Ctrl-C stops and keeps the answers so far.", err=True)
    try:
        for question in QUESTIONS:
            if not asked(question, answers):
                continue
            if question.section != section:
                section = question.section
                click.echo(f"\n{section}", err=True)
            answers = with_answer(answers, question, _ask(question))
    except (click.Abort, KeyboardInterrupt):
        path = keep if keep is not None else KEPT
        _save(path, answers)
        click.echo(f"\nThe answers so far are in {path}; go on with: rung plan --answers {path}", err=True)
        raise
    return answers


def _ask(question: Question) -> object:
    """One answer, asked again until it can be taken."""
    from rung.decide.plan.value import value_of_answer

    takes = f" [{', '.join(question.choices)}]" if question.choices else " [yes, no]" if question.form == "flag" else ""
    unit = f" ({question.unit})" if question.unit else ""
    if question.help:
        click.echo(f"    {question.help}", err=True)
    while True:
        raw = click.prompt(f"  {question.text}{unit}{takes}", default="unknown", show_default=False, err=True)
        try:
            return value_of_answer(question, raw)
        except ValueError as error:
            click.echo(f"    {error}", err=True)


def _save(path: Path, answers: Answers) -> None:
    from rung.decide.plan.file import answers_text
    from rung.report.whole_files import write_whole

    write_whole({path: answers_text(answers)})
