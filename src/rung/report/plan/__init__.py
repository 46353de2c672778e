"""A plan as it is told: on a terminal, as Markdown, as a page, as JSON."""

from rung.report.plan.document import plan_document
from rung.report.plan.files import write_plan
from rung.report.plan.markdown import render_plan_markdown
from rung.report.plan.page import render_plan_html
from rung.report.plan.terminal import render_plan

__all__ = ["plan_document", "render_plan", "render_plan_html", "render_plan_markdown", "write_plan"]
