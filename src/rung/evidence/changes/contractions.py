"""Contractions of English, opened or closed where the sentence stays a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PRONOUNS = "i|you|he|she|it|we|they|this|that|these|those|there|one|anyone|someone|everyone|anybody|somebody|everybody"
_DETERMINERS = "the|a|an|my|your|our|his|her|its|their"
_VERBS = "is|are|was|were|do|does|did|has|have|had|would|could|should"
_NOT = re.compile(rf"(?<![\w'’-])(ca|wo|{_VERBS})n['’]t(?![\w'’])", re.IGNORECASE)
_IRREGULAR = {"ca": "cannot", "wo": "will not"}
# "Why doesn't it", "Isn't the fee due": the subject follows, so nothing can be put between.
_SUBJECT_FOLLOWS = re.compile(rf"\s+(?:{_PRONOUNS}|{_DETERMINERS})\b", re.IGNORECASE)
_QUESTION_BEFORE = re.compile(r"(?:\b(?:why|how|when|where))\s*$", re.IGNORECASE)
_SENTENCE_BEFORE = re.compile(r"(?:^|[.!?:;,\n(\"“])\s*$")
_ORDERS = frozenset({"ca", "do"})
_SUBJECT = re.compile(r"\b(I|[Yy]ou|[Ww]e|[Tt]hey)['’](m|re|ve|ll)(?=\s+\w)")
_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will"}
_WHAT_IS = re.compile(rf"\b([Ww]hat|[Ww]here|[Ww]ho)['’]s(?=\s+(?:{_DETERMINERS}|this|that)\b)")
_OPEN = re.compile(rf"\b(?:({_VERBS}|will) not|(cannot))(?=\s+(?!only|just|merely|even|to\b)\w)")
_I_AM = re.compile(r"\bI am(?=\s+(?:not|a|an|the|still|unable|sure|also|[a-z]+ing)\b)")


def opened(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, words in full) of each contraction that can be said in full in its place. "It's" and "I'd" are left:
    they stand for two things each."""
    for found in _NOT.finditer(text):
        verb = found.group(1)
        at_start = _SENTENCE_BEFORE.search(text, 0, found.start()) is not None
        if (
            _SUBJECT_FOLLOWS.match(text, found.end())
            or _QUESTION_BEFORE.search(text, 0, found.start())
            or (at_start and verb.casefold() not in _ORDERS)
        ):
            continue
        full = _IRREGULAR.get(verb.casefold(), f"{verb.casefold()} not")
        yield found.start(), found.end(), full[0].upper() + full[1:] if verb[0].isupper() else full
    for found in _SUBJECT.finditer(text):
        yield found.start(), found.end(), f"{found.group(1)} {_ENDINGS[found.group(2)]}"
    for found in _WHAT_IS.finditer(text):
        yield found.start(), found.end(), f"{found.group(1)} is"


def closed(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, contraction) of what is said in full and commonly contracted. Words in capitals are left, as they
    stress something."""
    for found in _OPEN.finditer(text):
        verb = found.group(1)
        short = "can't" if verb is None else "won't" if verb == "will" else f"{verb}n't"
        yield found.start(), found.end(), short
    for found in _I_AM.finditer(text):
        yield found.start(), found.end(), "I'm"
