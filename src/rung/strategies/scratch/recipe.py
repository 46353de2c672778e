"""The recipe of the model of one's own, the same for every task of a kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size and training of the model; docs/concepts/training.md argues each value.

    `texts_seen` is what the number of passes aims at, kept within `fewest_passes` and `most_passes` and the
    token budget. `language_weight` is the share of the next-token loss beside the label loss. `aside_share` of
    the labelled examples is set aside by group; training is looked at `looks` times, evenly, and the weights that
    do best there are kept.
    """

    version: int = 1
    vocabulary: int = 1_500
    hidden: int = 192
    layers: int = 2
    heads: int = 4
    longest_text_tokens: int = 510
    attention_dropout: float = 0.1
    label_smoothing: float = 0.1
    language_weight: float = 0.5
    learning_rate: float = 2e-3
    weight_decay: float = 0.1
    warmup_steps: int = 30
    batch_size: int = 32
    texts_seen: int = 20_000
    fewest_passes: float = 2.0
    most_passes: float = 40.0
    aside_share: float = 0.12
    looks: int = 10
    save_every: int = 50

    def passes(self, texts: int) -> float:
        """Passes over `texts` training texts, before the token budget: many over few texts, few over many."""
        return min(self.most_passes, max(self.fewest_passes, self.texts_seen / texts))


@dataclass(frozen=True, slots=True)
class WritingRecipe:
    """What is different where the model writes its answers: positions for `longest_answer_tokens` behind the longest
    text."""

    version: int = 1
    longest_answer_tokens: int = 256


RECIPE = Recipe()
WRITING = WritingRecipe()
