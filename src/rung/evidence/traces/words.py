"""Which words of a log mean yes or no, and which say that a request went well, failed or was refused for its rate."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rung.evidence.traces.columns import Status

_YES = """
    true yes y t 1 1.0 pass passed correct right success successful succeeded good accepted
    thumbs_up thumbsup up positive like liked
"""
_NO = """
    false no n f 0 0.0 fail failed incorrect wrong failure unsuccessful bad rejected
    thumbs_down thumbsdown down negative dislike disliked
"""
_OK = """
    ok success successful succeeded completed complete finished done stop unset default status_code_ok
    status_code_unset
"""
_ERROR = """
    error failed failure fail exception timeout timed_out cancelled canceled incomplete rejected denied
    status_code_error
"""
_RATE_LIMITED = """
    rate_limited rate_limit ratelimit rate_limit_error rate_limit_exceeded ratelimiterror throttled throttling
    throttlingexception too_many_requests toomanyrequests resource_exhausted quota_exceeded insufficient_quota
"""

YES_WORDS = frozenset(_YES.split())
NO_WORDS = frozenset(_NO.split())
"""Declared, lower case. Any other word or grade says nothing: 0.7 is not a success, and neither is `ok-ish`."""

STATUS_WORDS: Mapping[str, Status] = MappingProxyType(
    {
        **dict.fromkeys(_OK.split(), "ok"),
        **dict.fromkeys(_ERROR.split(), "error"),
        **dict.fromkeys(_RATE_LIMITED.split(), "rate_limited"),
    }
)
"""By the word in lower case with one underscore for each space or dash."""

RATE_LIMIT_MARKS = ("rate limit", "rate_limit", "ratelimit", "too many requests", "throttl", "429")
"""What the text of an error holds, in lower case, when the rate was the reason."""


def flag_of(value: object) -> bool | None:
    """Whether a value says yes or no; None where it says neither."""
    if isinstance(value, bool):
        return value
    word = _word(value)
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else None


def status_of(value: object) -> Status | None:
    """The status that a word or an HTTP code says; None where it says none."""
    word = _word(value)
    code = _code(word)
    if code is not None:
        if code == 429:
            return "rate_limited"
        return "ok" if 100 <= code < 400 else "error" if 400 <= code < 600 else None
    return STATUS_WORDS.get(word)


def status_of_failure(*told: object) -> Status:
    """The status of a request that failed, from what the log tells of it: codes, types and texts."""
    for value in told:
        if value is not None and (
            status_of(value) == "rate_limited" or any(mark in str(value).casefold() for mark in RATE_LIMIT_MARKS)
        ):
            return "rate_limited"
    return "error"


def _word(value: object) -> str:
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value).strip().casefold().replace(" ", "_").replace("-", "_")


def _code(word: str) -> int | None:
    digits = word.removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else None
