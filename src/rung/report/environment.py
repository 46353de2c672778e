"""The Jinja environment of the pages: everything that comes from outside is escaped on its way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rung.diagnose.remedies import REMEDIES
from rung.diagnose.sentences import CAUSE_NAMES
from rung.report import figures, rollout, table, words
from rung.report.diagnosis import proofs, questions
from rung.report.escape import plain, shorten

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def environment() -> Environment:
    """With the filters and names that the templates use."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def finished(value: Any) -> Any:
        return value if isinstance(value, Markup) else plain(str(value))

    made = Environment(
        loader=PackageLoader("rung.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        shown=figures.shown,
        show=figures.show,
        target=figures.show_target,
        number=figures.show_number,
        probability=figures.show_probability,
        title_words=words.title_words,
        shorten=shorten,
        sentence=table.comparison_sentence,
        # Only what the charts drew, with its text escaped there, and our own style rules pass as markup.
        drawing=lambda drawing: Markup(drawing.svg),  # noqa: S704
    )
    made.globals.update(
        words=words,
        rollout=rollout,
        cell=table.cell,
        told_apart=table.told_apart,
        questions=questions,
        proofs=proofs,
        remedies=REMEDIES,
        cause_names=CAUSE_NAMES,
    )
    return made


def dark_style() -> Markup:
    """The style rules that give the drawings their dark colours."""
    from markupsafe import Markup

    from rung.report.charts.colours import dark_rules

    return Markup(dark_rules(".chart"))  # noqa: S704
