"""A year of each strategy as a terminal page, a document and a section of the decision; `files` writes the page too."""

from rung.report.cost.account import account_of, account_of_decision
from rung.report.cost.document import cost_document
from rung.report.cost.markdown import cost_section
from rung.report.cost.terminal import render_cost

__all__ = ["account_of", "account_of_decision", "cost_document", "cost_section", "render_cost"]
