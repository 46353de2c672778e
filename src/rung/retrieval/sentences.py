"""A passage cut into its sentences."""

from __future__ import annotations

import re

_END = re.compile(
    r"(?<=[.!?…])[\"'”’»)\]]*(?P<space>\s+)(?=[\"'“‘«(\[]*(?P<next>[^\W_]))"  # a stop, then white space
    r"|(?<=[。！？])(?=[^。！？”’」』）\s])"  # these need no space behind them
    r"|(?P<line>\s*\n\s*)"
)
_SHORT = re.compile(
    r"(?:\b(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|No|Nr|Fig|vs|cf|ca|etc|approx|e\.g|i\.e|z\.B|d\.h)\.)$", re.IGNORECASE
)


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, each as written, without white space around it; none is empty.

    A line break ends a sentence. So does a full stop, exclamation or question mark before white space and anything but
    a small letter, unless an abbreviation or a single letter stands before it; it is a rule, not a parser, and a
    rare abbreviation may still cut one sentence in two.
    """
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match["line"] is None and "\n" not in match.group() and _goes_on(text[start : match.start()], match):
            continue
        found.append(text[start : match.start("space") if match["space"] else match.start()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _goes_on(before: str, match: re.Match[str]) -> bool:
    """True where the stop ends no sentence."""
    return bool(_SHORT.search(before)) or (match["next"] or "").islower()
