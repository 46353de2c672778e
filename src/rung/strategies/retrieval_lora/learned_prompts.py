"""What the adapter learns from: the examples behind the passages that are found for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.learning.chat_prompt import answer_ids
from rung.learning.labelled_text import LabelledText
from rung.strategies.contract import TrainData
from rung.strategies.learned_texts import examples_to_learn, learned_text, nothing_to_learn
from rung.strategies.retrieval_lora.passages import Passages
from rung.strategies.retrieval_lora.prompts import Filler
from rung.strategies.retrieval_lora.reading import READING, affordable
from rung.task.example import CorpusEntry, Example


@dataclass(frozen=True, slots=True)
class LearnedPrompts:
    """The training texts with their passages, what filled them, and the most tokens that one may have behind the
    instructions, its answer included."""

    texts: tuple[LabelledText, ...]
    filler: Filler
    longest_tokens: int


def learned_prompts(
    train: TrainData, passages: Passages, tokenizer: Any, instructions: str, *, positions: int, train_tokens: int
) -> LearnedPrompts:
    """The examples with an answer to learn, each behind its passages.

    They get `READING.passages`, or the largest number below, down to one, at which the budget of `train_tokens` allows
    the recipe's fewest passes. `positions` is how many tokens the model can read. The corpus itself is read in the
    prompts and not learned: a labelled entry without itself beside it would teach that passages lead astray.
    InvalidData where no example has an answer.
    """
    examples = examples_to_learn(train)
    if not examples:
        raise nothing_to_learn("retrieval-lora")
    found = passages.find_for_training(examples)
    count = READING.passages
    while True:
        filler = Filler(train.task, tokenizer, instructions, count=count)
        prefix = filler.prefix_tokens
        longest = min(READING.longest_example_tokens, positions - prefix)
        texts, tokens = _filled(train, examples, found, filler, tokenizer, longest)
        if count == 1 or affordable(tokens, prefix=prefix, train_tokens=train_tokens):
            return LearnedPrompts(tuple(texts), filler, longest)
        count -= 1


def _filled(
    train: TrainData,
    examples: Sequence[Example],
    found: Sequence[Sequence[CorpusEntry]],
    filler: Filler,
    tokenizer: Any,
    longest: int,
) -> tuple[list[LabelledText], list[int]]:
    """The examples behind the passages that have room, and the tokens that each passes through the model."""
    texts: list[LabelledText] = []
    tokens: list[int] = []
    for example, entries in zip(examples, found, strict=True):
        # The last token of an answer is predicted, never read.
        read = len(answer_ids(learned_text(train.task, example).label, tokenizer)) - 1
        filled = filler.filled(example.input, entries, longest=longest - read)
        texts.append(learned_text(train.task, example, filled.found))
        tokens.append(filled.tokens + read)
    return texts, tokens
