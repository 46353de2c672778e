"""How many passages the adapter reads before a question, and how long they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rung.learning.adapter_recipe import RECIPE


@dataclass(frozen=True, slots=True)
class Reading:
    """Up to `passages` of them, as many as the prompts with retrieval show, each cut to `passage_tokens`.

    A training example, its answer and its passages included, has at most `longest_example_tokens` behind the
    instructions: passages give way to the question, never the reverse.
    """

    version: int = 1
    passages: int = 5
    passage_tokens: int = 256
    longest_example_tokens: int = 1_536


READING = Reading()


def affordable(tokens: Sequence[int], *, prefix: int, train_tokens: int) -> bool:
    """True where the recipe's fewest passes over training texts of so many `tokens` stay within the token budget.

    `prefix` is the tokens that every batch passes through the model once.
    """
    batches = -(-len(tokens) // RECIPE.batch_size)
    return RECIPE.fewest_passes * (sum(tokens) + batches * prefix) <= train_tokens
