"""A written answer without what a parser takes off: thoughts before it, a fence, a lead such as "Answer:", quotes."""

from __future__ import annotations

import re

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\A```[A-Za-z]*[ \t]*\n(.*?)```\Z", re.DOTALL)
_LEAD = re.compile(r"\A\W{0,3}(?:final\W+)?answer\W{0,3}[:=]\W{0,3}(?=\w)", re.I)
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "`": "`"}


def bare_text(text: str) -> str:
    """The text that is left, each of them taken off once, from the outside in."""
    text = _THOUGHTS.sub("", text).strip()
    text = _FENCE.sub(r"\1", text).strip()
    text = _LEAD.sub("", text).strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        return text[1:-1].strip()
    return text
