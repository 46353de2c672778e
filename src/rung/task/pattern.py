"""Regular expressions that other people wrote, searched without letting one stop the work.

`re` may take time out of all proportion to its text, and whether a pattern does cannot be read off it: refusing nested
quantifiers misses `(a|a)*` and `.*.*.*x`. The package regex speaks the same language and takes a time limit. A search
that runs into it is an error with the name of the rule, never a verdict, so that no result depends on how busy a
machine was. docs/decisions/0009 says what else was weighed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rung.errors import InvalidTask

SECONDS = 5.0
"""Far beyond any honest search of `TEXT_LIMIT` characters, which takes under a millisecond."""
TEXT_LIMIT = 10_000
"""Characters of a text that patterns are matched against."""


def pattern_problem(pattern: str) -> str | None:
    """Why this cannot be used as a regular expression, as the end of a sentence; None when it can."""
    import regex

    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression ({error})"
    return None


def found(pattern: str, text: str, *, where: str) -> bool:
    """Whether the pattern matches anywhere in the text.

    InvalidTask naming `where` when it is no regular expression, or the search takes more than `SECONDS`.
    """
    try:
        return _compiled(pattern, where).search(text, timeout=SECONDS) is not None
    except TimeoutError as error:
        raise InvalidTask(
            f"{where}: searching {len(text):,} characters for {pattern!r} took more than {SECONDS:g} seconds; write it "
            "without quantifiers inside quantifiers and without alternatives that match the same text"
        ) from error


@lru_cache(maxsize=256)
def _compiled(pattern: str, where: str) -> Any:
    import regex

    problem = pattern_problem(pattern)
    if problem is not None:
        raise InvalidTask(f"{where}: {pattern!r} {problem}; correct it in rung.yaml")
    return regex.compile(pattern)
