"""Training texts as token ids, rendered and checked to be what scoring will read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.learning.adapter_recipe import RECIPE
from rung.learning.chat_prompt import answer_ids, end_of_turn_id, messages, render
from rung.learning.greedy import answer_text
from rung.learning.label_scoring import LabelTrie
from rung.learning.labelled_text import LabelledText
from rung.learning.packed_batch import Supervised
from rung.learning.preflight import check_end_of_turn, check_same_text, check_same_tokens, within_length
from rung.task.protocols import Prompt

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Material:
    """The training set in token ids: the constant prefix, the examples behind it, and the ids of the texts that
    were too long and left out."""

    prefix: tuple[int, ...]
    examples: tuple[Supervised, ...]
    left_out: tuple[str, ...]

    @property
    def longest_answer_tokens(self) -> int:
        """Tokens of the longest answer, its end included."""
        return max(len(example.answer) for example in self.examples)

    @property
    def tokens_a_text(self) -> float:
        """Mean positions a text takes in a packed batch, prefix apart."""
        return sum(example.tokens for example in self.examples) / len(self.examples)


def training_material(
    texts: Sequence[LabelledText],
    tokenizer: Any,
    labels: Sequence[str],
    instructions: str,
    *,
    strategy: str,
    limit: int = RECIPE.longest_example_tokens,
) -> Material:
    """The material for `texts` (at least one), each of at most `limit` tokens behind the instructions.

    `labels` are what the scorer will choose among; empty where the model is to write its answers. Raises TrainingFailed
    or InvalidData when a check fails. `strategy` is named where texts are left out.
    """
    prompts = [Prompt(instructions, text.text, notes=text.notes, shots=text.shots) for text in texts]
    rendered = [render(prompt, tokenizer) for prompt in prompts]
    examples = [
        Supervised(prompt.tail, answer_ids(text.label, tokenizer)) for prompt, text in zip(rendered, texts, strict=True)
    ]
    # Packed sequences have no padding, so a padding token that is also the end of turn (as here) can mask nothing.
    check_end_of_turn(examples, end_of_turn=end_of_turn_id(tokenizer), padding=None)
    prefix = rendered[0].head
    if labels:
        _check_as_scored(texts, examples, tokenizer, labels)
    else:
        _check_as_written(texts, examples, tokenizer)
    _check_as_served(prompts[0], (*prefix, *examples[0].prompt), tokenizer)
    fitting = within_length(examples, [text.id for text in texts], limit=limit)
    if fitting.left_out:
        _log.warning("%s: too long to train on and left out: %s", strategy, ", ".join(fitting.left_out))
    return Material(prefix, tuple(examples[index] for index in fitting.kept), fitting.left_out)


def _check_as_scored(
    texts: Sequence[LabelledText], examples: Sequence[Supervised], tokenizer: Any, labels: Sequence[str]
) -> None:
    """Each label's answer is the path that the scorer sums over."""
    trie = LabelTrie(labels, tokenizer)
    paths = {
        label: [trie.tokens[node] for node in range(len(trie.tokens)) if trie.sees[end, node]]
        for label, end in zip(trie.labels, trie.ends, strict=True)
    }
    for text, example in zip(texts, examples, strict=True):
        check_same_tokens(example.answer, [*paths[text.label], trie.end_of_turn], where=f"label {text.label!r}")


def _check_as_written(texts: Sequence[LabelledText], examples: Sequence[Supervised], tokenizer: Any) -> None:
    """Each answer reads from its tokens as it was given: a tokenizer that changes text could never write it."""
    for text, example in zip(texts, examples, strict=True):
        check_same_text(text.label, answer_text(example.answer, tokenizer), where=f"example {text.id!r}")


def _check_as_served(prompt: Prompt, trained: Sequence[int], tokenizer: Any) -> None:
    """The prompt is what the model's own template gives in one piece; left out where its text spells special
    tokens, which a template would take for its own."""
    turns = messages(prompt)
    if any(token in turn["content"] for turn in turns for token in tokenizer.get_added_vocab()):
        return
    served = tokenizer.apply_chat_template(turns, tokenize=True, add_generation_prompt=True, return_dict=False)
    check_same_tokens(trained, served, where="the training prompt")
