"""The files of an account: the page for people, the text for a repository, the document for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rung.report.cost.account import Account
from rung.report.cost.document import cost_document
from rung.report.cost.markdown import render_cost_markdown
from rung.report.cost.page import render_cost_html
from rung.report.whole_files import json_text, write_whole

if TYPE_CHECKING:
    from rung.pipeline.cost import Priced


def write_cost(priced: Priced, account: Account) -> tuple[Path, Path, Path]:
    """Write cost.html, cost.md and cost.json into the folder of the account; returns their paths.

    All are rendered before the first is replaced. Raises `RungError` when they cannot be written.
    """
    page, text, document = (priced.folder / f"cost.{end}" for end in ("html", "md", "json"))
    write_whole(
        {
            page: render_cost_html(account, priced.made_at),
            text: render_cost_markdown(account),
            document: json_text(cost_document(priced, account)),
        }
    )
    return page, text, document
