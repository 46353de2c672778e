"""How a decision is told: on a terminal, in Markdown and as one HTML file. Nothing here computes a figure."""

from rung.report.escape import plain, shorten
from rung.report.figures import show, show_target
from rung.report.files import ReportPaths, write_reports
from rung.report.html import render_html
from rung.report.markdown import render_markdown
from rung.report.terminal import render_terminal

__all__ = [
    "ReportPaths",
    "plain",
    "render_html",
    "render_markdown",
    "render_terminal",
    "shorten",
    "show",
    "show_target",
    "write_reports",
]
