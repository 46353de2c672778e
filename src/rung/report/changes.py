"""What changed between two decisions, told on a terminal, in Markdown and as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rung.decide.change import KINDS, Change, ChangeKind
from rung.decide.changes import Changes
from rung.decide.codec import encode
from rung.estimate import LEVEL
from rung.report.markdown_text import bullets, escape_markdown
from rung.report.page import Page

TITLES: dict[ChangeKind, str] = {
    "verdict": "Verdict",
    "candidate": "Recommendation and current system",
    "targets": "Targets",
    "constraints": "Constraints",
    "data": "Data",
    "models": "Models and machine",
    "sealed": "Sealed split",
    "strategies": "What became of the strategies",
    "metrics": "Metrics",
    "costs": "Cost",
    "scores": "Scores",
    "guardrails": "Guardrails",
    "excluded": "Exclusions",
}
WITHIN = "Moved within the intervals, which is no change that these data could show"
SAME = "The two are the same decision."
EQUAL = "Nothing differs that a decision concludes or stands on."
NOTE = (
    f"Intervals are two-sided {LEVEL:.0%}. A figure counts as changed when the interval of the difference, taken from "
    "the two as independent, excludes zero."
)


def render_changes(found: Changes, width: int, *, colour: bool = False) -> str:
    """The comparison as text of at most `width` columns."""
    page = Page(width, colour=colour)
    page.say(_head(found))
    if found.equal:
        page.console.print()
        page.say(_nothing(found))
    for title, sentences in _sections(found):
        page.sentences(title, sentences)
    page.sentences("Notes", found.notes)
    if not found.equal:
        page.console.print()
        page.say(NOTE)
    return page.text


def changes_markdown(found: Changes) -> str:
    """The same in CommonMark, ending in a line break."""
    parts = ["# What changed", escape_markdown(_head(found))]
    if found.equal:
        parts.append(escape_markdown(_nothing(found)))
    parts += [f"## {title}\n\n{bullets(sentences)}" for title, sentences in _sections(found)]
    if found.notes:
        parts.append(f"## Notes\n\n{bullets(found.notes)}")
    return "\n\n".join([*parts, *([] if found.equal else [escape_markdown(NOTE)])]) + "\n"


def changes_document(found: Changes) -> dict[str, Any]:
    """The same as JSON values."""
    return {"equal": found.equal, **encode(found)}


def _head(found: Changes) -> str:
    return (
        f"From decision {found.before_id[:16]}, made {found.before_made_at}, to {found.after_id[:16]}, made "
        f"{found.after_made_at}."
    )


def _nothing(found: Changes) -> str:
    return SAME if found.before_id == found.after_id else EQUAL


def _sections(found: Changes) -> Iterator[tuple[str, list[str]]]:
    """By kind in order; what moved within the intervals last."""
    real: list[Change] = [one for one in found.changes if not one.within_intervals]
    for kind in KINDS:
        told = [one.sentence for one in real if one.kind == kind]
        if told:
            yield TITLES[kind], told
    within = [one.sentence for one in found.changes if one.within_intervals]
    if within:
        yield WITHIN, within
