"""A sentence beside the request that says what it is not about: the right answer stays, word counts are misled.

Sound only where the other topic is surely another one, so the rules are narrow:

* classify: another label whose words name a topic, none of which the text or the right labels share. Grades and
  opinions ("high", "negative", "yes") are no topics: a task with such labels has no negations.
* answer: the title of a passage that the item does not name among those that hold its answer. An item that has an
  answer and names no passages has none.
* extract and generate: none. Every word of the text may have to be in the record or shape the text.

Only beside an English text: a sentence in another language than the request would be no change of the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from rung.evidence.changes.english import is_english
from rung.evidence.changes.injection import followed_by
from rung.evidence.changes.right_labels import right_labels
from rung.task.example import CorpusEntry, Example
from rung.task.task import Kind

LONGEST_TOPIC = 8
"""Words of a topic that can still be said in passing."""
_STEM = 4
_ENDINGS = ("ings", "ing", "ed", "ers", "er", "es", "e", "s")
_WORDS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[_\-/.:\s]+")
_LITTLE_WORDS = (
    "a an and are as at by due for from get has have how in is it my of on or other our the this to unspecified "
    "what when where which who with without your"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
_DENIALS = frozenset({"no", "non", "not", "without"})
_GRADES_WORDS = (
    "agree agreement bad best better contradiction correct critical disagree entailment failure false fine good "
    "happy high harmful harmless incorrect invalid irrelevant large low major medium minor mixed moderate "
    "negative neutral neutrality no not objective offensive pass poor positive possible relevant right sad safe "
    "severe small spam subjective success toxic true unrelated unsafe urgent valid wrong yes angry anger joy fear "
    "sadness surprise sarcasm ironic irony sentiment hate polite rude "
    "english german french spanish injection jailbreak malicious"
)
_GRADES = frozenset(_GRADES_WORDS.split())
_NO_TOPIC_WORDS = (
    "all any else general miscellaneous misc none nothing null oos others outside scope something undefined "
    "unknown unclear various default fallback"
)
_NO_TOPIC = frozenset(_NO_TOPIC_WORDS.split())


def _stem(word: str) -> str:
    """At most four letters without the ending: "ride" and "riding", "billing" and "billed" count as the same."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)][:_STEM]
    return word[:_STEM]


# What asks for a price may be meant by "Prices" though no word is shared; the same for times, places and people.
_FAMILIES = {
    "price": "bill charge cheap cost deposit euro fare fee fees free invoice money much owe paid pay payment price "
    "rate refund tariff",
    "time": "date day days duration hour late long month opening schedule soon time week when year",
    "place": "address city direction location near place station where",
    "people": "adult age child children customer family old person staff team user who whom",
}
_FAMILY = {_stem(word): family for family, words in _FAMILIES.items() for word in words.split()}


def titles_of(corpus: Sequence[CorpusEntry], task_kind: Kind) -> dict[str, str]:
    """What else a request could be about. answer: titles by the id of their entry. classify: by the label that an entry
    stands for, where the label itself is a code; the first entry of each."""
    if task_kind == "classify":
        return {entry.label: entry.title for entry in reversed(corpus) if entry.label is not None and entry.title}
    return {entry.id: entry.title for entry in corpus if entry.title}


def negated(
    example: Example, rng: np.random.Generator, *, task_kind: Kind, labels: Sequence[str], titles: Mapping[str, str]
) -> str | None:
    """The input with such a sentence before or after it; None where none is sound."""
    if not is_english(example.input):
        return None
    if task_kind == "classify":
        topics, sentence = _other_labels(example, labels, titles), "This is not about {}."
    elif task_kind == "answer":
        topics, sentence = _other_titles(example, titles), "I am not asking about {}."
    else:
        return None
    if not topics:
        return None
    topic = topics[int(rng.integers(len(topics)))].strip().rstrip(".?!")
    said = sentence.format(f'"{topic}"')
    return f"{said} {example.input.lstrip()}" if rng.integers(2) else followed_by(example.input, said)


def _other_labels(example: Example, labels: Sequence[str], titles: Mapping[str, str]) -> list[str]:
    if _has_grades(tuple(labels)):
        return []
    right = right_labels(example.expected, labels)
    taken = _marks(example.input, *(_spaced(titles.get(label, label)) for label in right))
    topics = _topics(tuple((label, titles.get(label, label)) for label in sorted(labels)))
    return [said for label, said, marks in topics if label not in right and not marks & taken]


def _other_titles(example: Example, titles: Mapping[str, str]) -> list[str]:
    if example.expected and not example.passages:
        return []
    own = (titles.get(one, "") for one in example.passages)
    taken = _marks(example.input, example.expected, *example.references, *own)
    topics = _topics(tuple(sorted(titles.items())))
    return [said for entry, said, marks in topics if entry not in example.passages and not marks & taken]


@lru_cache(maxsize=8)
def _topics(names: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """(key, name in words, marks) of each name that says a topic. Ten thousand names are read once, not per item."""
    return tuple((key, _spaced(name), _marks(_spaced(name))) for key, name in names if _is_topic(_spaced(name)))


@lru_cache(maxsize=8)
def _has_grades(labels: tuple[str, ...]) -> bool:
    found = [_content(_spaced(label)) for label in labels]
    return any(len(words) <= 2 and words & _GRADES for words in found)


def _spaced(label: str) -> str:
    """`card_arrival` and `CardArrival` as words; a name that has spaces stays as it is written."""
    return label if " " in label else _SEPARATORS.sub(" ", _CAMEL.sub(" ", label)).strip()


def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in (one.casefold() for one in _WORDS.findall(text)) if word not in _LITTLE)


def _marks(*texts: str) -> frozenset[str]:
    """Stems of the content words, and what they ask for."""
    stems = {_stem(word) for text in texts for word in (one.casefold() for one in _WORDS.findall(text))}
    content = {_stem(word) for text in texts for word in _content(text)}
    return frozenset(content | {f"asks for {_FAMILY[stem]}" for stem in stems & _FAMILY.keys()})


def _is_topic(spaced: str) -> bool:
    """Whether a name, said in passing, is something that a request could be about: words and no code."""
    words = _content(spaced)
    return (
        bool(words)
        and not words & _NO_TOPIC
        and not _DENIALS & set(spaced.casefold().split())
        and max(map(len, words)) > 2
        and not any(sign.isdigit() for sign in spaced)
        and len(spaced.split()) <= LONGEST_TOPIC
        and all(letter.isascii() for letter in spaced if letter.isalpha())
    )
