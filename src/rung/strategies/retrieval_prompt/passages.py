"""The corpus as texts to search, and what of it a prompt gets."""

from __future__ import annotations

from collections.abc import Sequence

from rung.strategies.contract import TrainData
from rung.strategies.corpus_passages import entries_with_text, found_in
from rung.strategies.index_prompting import Found, IndexedTexts


def corpus_passages(train: TrainData, *, notes: int) -> IndexedTexts:
    """The entries that have a text; `notes` of them go into a prompt. Raises `InvalidData` where none has one."""
    entries = entries_with_text(train.corpus, strategy="retrieval-prompt")

    def find(positions: Sequence[int]) -> Found:
        return found_in([entries[position] for position in positions], train.task)

    return IndexedTexts([entry.passage for entry in entries], notes, find, passages=True, what="corpus")
