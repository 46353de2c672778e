"""The files of a plan: the page, the Markdown, the document, and the answers that it rests on."""

from __future__ import annotations

from pathlib import Path

from rung.decide.plan import Plan
from rung.decide.plan.file import answers_text
from rung.report.plan.document import plan_document
from rung.report.plan.markdown import render_plan_markdown
from rung.report.plan.page import render_plan_html
from rung.report.whole_files import json_text, write_whole


def write_plan(plan: Plan, directory: Path) -> tuple[Path, ...]:
    """Write plan.html, plan.md, plan.json and answers.yaml; all are rendered before the first is replaced.

    Raises `RungError` when they cannot be written.
    """
    texts = {
        directory / "plan.html": render_plan_html(plan),
        directory / "plan.md": render_plan_markdown(plan),
        directory / "plan.json": json_text(plan_document(plan)),
        directory / "answers.yaml": answers_text(plan.answers),
    }
    write_whole(texts)
    return tuple(texts)
