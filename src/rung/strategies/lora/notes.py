"""The passages that a question about a corpus is trained and asked with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.errors import InvalidData
from rung.retrieval import HybridIndex
from rung.strategies.index_prompting import Found
from rung.strategies.lora.recipe import WRITING
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Encoder

LOOKED_AT = 2 * WRITING.notes
"""Of so many found, the best that have room are taken."""


class Notes:
    """Finds passages by shared terms and by meaning, as the prompts with retrieval do, and takes those that fit."""

    def __init__(self, corpus: Sequence[CorpusEntry], encoder: Encoder, tokenizer: Any) -> None:
        """Raises `InvalidData` where the corpus holds no text."""
        self._entries = tuple(entry for entry in corpus if entry.passage.strip())
        if not self._entries:
            raise InvalidData("strategy lora found no text in the corpus; name one under data.corpus")
        self._tokens = [
            len(tokenizer(entry.passage.encode("utf-8", "replace").decode(), verbose=False)["input_ids"])
            for entry in self._entries
        ]
        self._index = HybridIndex([entry.passage for entry in self._entries], encoder)

    def find(self, questions: Sequence[str]) -> list[Found]:
        """For each question the passages to read, best first; one too long for the room that is left is passed over."""
        return [self._found(self._fitting(positions)) for positions in self._index.search(questions, LOOKED_AT)]

    def find_for_training(self, examples: Sequence[Example]) -> list[Found]:
        """As `find`, but with a passage that holds the answer, where the example names one.

        Where none of them was found, the first that fits takes the last place: an answer that stands in no note would
        teach the model to make answers up (Zhang et al. 2024, RAFT, arXiv:2403.10131).
        """
        places = {entry.id: position for position, entry in enumerate(self._entries)}
        chosen = []
        for example, found in zip(
            examples, self._index.search([example.input for example in examples], LOOKED_AT), strict=True
        ):
            positions = self._fitting(found)
            gold = [places[passage] for passage in example.passages if passage in places]
            fitting = self._fitting(gold)[:1]
            if fitting and not set(gold) & set(positions):
                others = self._fitting([*fitting, *positions])
                positions = [*others[1 : WRITING.notes], *fitting]
            chosen.append(self._found(positions))
        return chosen

    def _found(self, positions: Sequence[int]) -> Found:
        entries = [self._entries[position] for position in positions]
        return Found(notes=tuple(entry.passage for entry in entries), ids=tuple(entry.id for entry in entries))

    def _fitting(self, positions: Sequence[int]) -> list[int]:
        """The first few passages that have room together, in order."""
        room = WRITING.notes_tokens
        taken: list[int] = []
        for position in positions:
            if len(taken) < WRITING.notes and self._tokens[position] <= room:
                taken.append(position)
                room -= self._tokens[position]
        return taken
