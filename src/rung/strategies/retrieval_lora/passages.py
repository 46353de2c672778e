"""The passages of the corpus that a question is trained and asked with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rung.evidence.duplicates import normalised
from rung.retrieval import HybridIndex
from rung.strategies.contract import TrainData
from rung.strategies.corpus_passages import entries_with_text, solves
from rung.strategies.retrieval_lora.reading import READING
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Encoder
from rung.task.task import Task


class Passages:
    """Finds passages by shared terms and by meaning, as the prompts with retrieval do, and cuts the long ones."""

    def __init__(self, train: TrainData, encoder: Encoder, tokenizer: Any) -> None:
        """Encodes the corpus once. Raises `InvalidData` where it holds no text."""
        entries = entries_with_text(train.corpus, strategy="retrieval-lora")
        self._index = HybridIndex([entry.passage for entry in entries], encoder)
        self._shown = [_cut(entry, tokenizer) for entry in entries]
        self._places = {entry.id: position for position, entry in enumerate(entries)}
        self._own = _positions_by_text(entries, train.task)

    def find(self, questions: Sequence[str]) -> list[list[CorpusEntry]]:
        """The `READING.passages` best for each question, best first, as a prompt shows them."""
        return [self._entries(found) for found in self._index.search(questions, READING.passages)]

    def find_for_training(self, examples: Sequence[Example]) -> list[list[CorpusEntry]]:
        """As `find`, with two differences. What else was found stays, as the distractors of use.

        A passage that is the example's own text is passed over: it would give away an answer that in use nothing
        gives away. And of the passages that the example names as holding its answer, the first leads where none was
        found: an answer that stands in no note would teach the model to make answers up (Zhang et al. 2024, RAFT,
        arXiv:2403.10131).
        """
        own = [self._own.get(normalised(example.input), frozenset()) for example in examples]
        looked_at = READING.passages + max((len(positions) for positions in own), default=0)
        searched = self._index.search([example.input for example in examples], looked_at)
        chosen = []
        for example, given_away, positions in zip(examples, own, searched, strict=True):
            found = [position for position in positions if position not in given_away][: READING.passages]
            named = [self._places[entry] for entry in example.passages if entry in self._places]
            gold = [position for position in named if position not in given_away]
            if gold and not set(gold) & set(found):
                found = [gold[0], *found[: READING.passages - 1]]
            chosen.append(self._entries(found))
        return chosen

    def _entries(self, positions: Sequence[int]) -> list[CorpusEntry]:
        return [self._shown[position] for position in positions]


def _positions_by_text(entries: Sequence[CorpusEntry], task: Task) -> Mapping[str, frozenset[int]]:
    """Which entries are a given text: by their passage or their text alone, and by their title where they are solved
    examples. Letter case, punctuation and white space aside."""
    positions: dict[str, set[int]] = defaultdict(set)
    for position, entry in enumerate(entries):
        for text in (entry.passage, entry.text, entry.title if solves(entry, task) else ""):
            if text.strip():
                positions[normalised(text)].add(position)
    return {text: frozenset(found) for text, found in positions.items()}


def _cut(entry: CorpusEntry, tokenizer: Any) -> CorpusEntry:
    """The entry with the first `READING.passage_tokens` tokens of its passage."""
    plain = entry.passage.strip().encode("utf-8", "replace").decode()
    ids = tokenizer(plain, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
    if len(ids) <= READING.passage_tokens:
        return entry
    kept: str = tokenizer.decode(ids[: READING.passage_tokens], clean_up_tokenization_spaces=False)
    # A character of several tokens may have been cut in two.
    return replace(entry, title="", text=kept.rstrip("\ufffd").strip())
