"""From what a model wrote to the label that it meant, as charitably as is safe.

The reader never looks at the right answer, so what it wins back is what a better parser would win back. It looks, in
this order, at the whole text, at JSON, at a line such as "Label: billing", and at the labels that stand in the text as
whole words. Letter case, Unicode form, quotes, and signs between words never matter ("card_arrival" is "Card arrival"),
unless two labels differ in nothing else: such labels are not read at all. A longer label hides those inside it
("billing" in "billing dispute"), and a label that is denied ("not billing") is not named.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from rung.evidence.duplicates import normalised

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\n(.*?)```", re.DOTALL)
_STATED = re.compile(
    r"^[^\w\n]{0,9}(?:final[^\w\n]{1,4})?(?:labels?|category|categories|class|answer)[^\w\n]{0,4}[:=](.+)$", re.I | re.M
)
_LIST_SIGNS = re.compile(r"[,;\n]+")
_SENTENCE_ENDS = re.compile(r"[.!?;](?=\s|\Z)|\n")
_SINGLE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
"""Ideographs and kana: nothing separates their words."""
_DENIALS = frozenset({"not", "never", "neither", "nor", "isnt", "t"})
"""Words that deny the label after them; "t" is what is left of "isn't" once its sign is gone."""
_DENIAL_REACH = 2
"""Words between a denial and the label that it still denies: "not a billing"."""
_NO_LABEL = frozenset({"none", "none apply", "none of the labels", "none of the labels apply", "no label", "no labels"})

Words = tuple[str, ...]


class LabelReader:
    """Reads the labels of one closed set. Building it takes a pass over the labels; each text is read in one pass."""

    def __init__(self, labels: Sequence[str]) -> None:
        by_words: dict[Words, list[str]] = {}
        for label in dict.fromkeys(labels):
            by_words.setdefault(_words(label), []).append(label)
        self._exact = frozenset(labels)
        self._labels = {form: names[0] for form, names in by_words.items() if form and len(names) == 1}
        self._longest = max((len(form) for form in self._labels), default=0)

    def one(self, text: str) -> str | None:
        """The one label that the text gives; None where it gives none or several."""
        text = _bare(text)
        for found in (self._whole(text), *self._in_json(text), *self._stated(text)):
            if found is not None:
                return found
        named = self.named(text)
        return named[0] if len(named) == 1 else None

    def several(self, text: str) -> list[str] | None:
        """All labels that the text gives, sorted; [] where it says that there is none, and None where it names none."""
        text = _bare(text)
        if normalised(text) in _NO_LABEL or text == "[]":
            return []
        stated = [line.group(1) for line in _STATED.finditer(text)]
        parts = [part for line in stated for part in _LIST_SIGNS.split(line)]
        listed = [self._whole(part) for part in parts]
        if listed and all(label is not None for label in listed):
            return sorted({label for label in listed if label is not None})
        return sorted(self.named(text)) or None

    def named(self, text: str) -> list[str]:
        """The labels that stand in the text as whole words and are not denied there, in order of first appearance."""
        found: dict[str, None] = {}
        for sentence in _SENTENCE_ENDS.split(text):
            plain, cased = _words(sentence), _words(sentence, fold=False)
            place = free = 0
            while place < len(plain):
                form = self._longest_at(plain, cased, place)
                if form:
                    before = plain[max(free, place - _DENIAL_REACH - 1) : place]
                    if not _DENIALS.intersection(before):
                        found[self._labels[form]] = None
                    free = place + len(form)
                place += max(1, len(form))
        return list(found)

    def _longest_at(self, plain: Words, cased: Words, place: int) -> Words:
        for length in range(min(self._longest, len(plain) - place), 0, -1):
            form = plain[place : place + length]
            label = self._labels.get(form)
            if label is None:
                continue
            # A single letter is a label only as the label writes it: "a" is a word of every other sentence.
            if len("".join(form)) > 1 or (len(cased) == len(plain) and cased[place] in label):
                return form
        return ()

    def _whole(self, text: str) -> str | None:
        if text in self._exact:
            return text
        return self._labels.get(_words(text))

    def _in_json(self, text: str) -> Iterator[str | None]:
        """The label that is the text of a JSON value, or the only one among its parts."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        labels = {label for part in _texts(value) if (label := self._whole(part)) is not None}
        if len(labels) == 1:
            yield labels.pop()

    def _stated(self, text: str) -> Iterator[str | None]:
        labels = {label for line in _STATED.finditer(text) if (label := self._whole(line.group(1))) is not None}
        if len(labels) == 1:
            yield labels.pop()


def _bare(text: str) -> str:
    """The text without thoughts before it; what a single fence holds, where there is one."""
    text = _THOUGHTS.sub("", text).strip()
    fenced = _FENCE.findall(text)
    return str(fenced[0]).strip() if len(fenced) == 1 else text


def _texts(value: Any) -> Iterator[str]:
    """The texts in a JSON value, one or two levels deep."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            yield from (one for one in part if isinstance(one, str))


def _words(text: str, *, fold: bool = True) -> Words:
    """The words of the text; with `fold` without regard to case. A text of signs alone is one word."""
    plain = unicodedata.normalize("NFKC", text)
    same = normalised(plain) if fold else re.sub(r"[\W_]+", " ", plain).strip()
    return tuple(_SINGLE.sub(r" \g<0> ", same).split())
