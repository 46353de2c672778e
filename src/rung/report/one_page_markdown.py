"""The page to sign, at the head of the Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from rung.decide.decision import Decision
from rung.report import table
from rung.report.figures import show
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.one_page import CostLine, OnePage, left_words, one_page
from rung.report.words import STATES, VERDICTS


def one_page_section(decision: Decision) -> str:
    """From the title to the lines for names and dates."""
    page = one_page(decision)
    parts = (
        _head(decision),
        _list("Because", page.reasons, left_words(page.reasons_left, "reason")),
        _targets(decision, page),
        _cost(page),
        _list("What could be wrong", page.risks, left_words(page.risks_left, "point")),
        _list("Next step", page.steps, left_words(page.steps_left, "step")),
        _list("What reopens it", page.reopens, left_words(page.reopens_left, "threshold")),
        f"### Approvals\n\n{pipe_table(('Role', 'Name', 'Date'), [(one, '', '') for one in page.signatures])}",
        _identity(decision),
    )
    return "\n\n".join(part for part in parts if part)


def _head(decision: Decision) -> str:
    mark = VERDICTS[decision.verdict]
    lines = [
        f"# {escape_markdown(decision.headline)}",
        "",
        f"**{mark.symbol} {mark.word}** for {escape_markdown(decision.task_name)}",
    ]
    if decision.sealed.exploratory:
        lines += ["", f"**Exploratory.** {escape_markdown(decision.sealed.because)}"]
    return "\n".join([*lines, "", "## On one page"])


def _list(title: str, sentences: Sequence[str], left: str) -> str:
    told = [*sentences, *([left] if left else [])]
    return f"### {title}\n\n{bullets(told)}" if told else ""


def _targets(decision: Decision, page: OnePage) -> str:
    """What the one strategy in question shows against each target, on dev and on the sealed split."""
    subject = page.subject
    if subject is None or not decision.targets:
        return ""
    rows = []
    for column in table.columns(decision):
        if column.target is not None:
            dev, sealed = table.cell(subject, column), table.cell(subject, column, sealed=True)
            rows.append([f"{column.title} {column.bound}", _told(dev), _told(sealed)])
    head = ("Target", "On dev", "On the sealed split")
    return f"### {escape_markdown(subject.card.title)}, target by target\n\n{pipe_table(head, rows)}"


def _told(found: table.Cell) -> str:
    if found.figure is None:
        return "not run"
    return (f"{STATES[found.state].symbol} {found.state}: " if found.state else "") + show(found.figure)


def _cost(page: OnePage) -> str:
    lines = [_amount(one) for one in page.cost] or ["No strategy in question was priced."]
    note = f"{escape_markdown(page.cost_note)}\n\n" if page.cost_note else ""
    return f"### Cost\n\n{note}{bullets(lines)}" if page.cost or not page.cost_note else f"### Cost\n\n{note}".rstrip()


def _amount(line: CostLine) -> str:
    state = f" {STATES[line.state].symbol} {line.state}" if line.state else ""
    against = f"; {line.against}" if line.against else ""
    return f"{line.what}: {show(line.figure)}{against}{state}"


def _identity(decision: Decision) -> str:
    data = decision.data_hash[:16] or "unknown"
    words = f"Decision {decision.id[:16]}, made {decision.made_at}; data {data}; intervals are two-sided 90%."
    return escape_markdown(words)
