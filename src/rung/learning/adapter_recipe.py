"""The recipe of an adapter, the same for every task and for every strategy that trains one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the adapter is trained; docs/concepts/training.md argues each value.

    `texts_seen` is what the number of passes aims at, kept within `fewest_passes` and `most_passes` and the
    token budget. A batch is computed in packs of `texts_together`, side by side. `longest_example_tokens` bounds a
    training example without the instructions.
    """

    version: int = 2
    rank: int = 8
    alpha: int = 16
    learning_rate: float = 2e-3
    warmup_steps: int = 10
    batch_size: int = 8
    texts_together: int = 4
    texts_seen: int = 1_400
    fewest_passes: float = 2.0
    most_passes: float = 10.0
    longest_example_tokens: int = 512
    save_every: int = 10

    def passes(self, texts: int) -> float:
        """Passes over `texts` training texts, before the token budget: many over few texts, few over many."""
        return min(self.most_passes, max(self.fewest_passes, self.texts_seen / texts))


RECIPE = Recipe()
