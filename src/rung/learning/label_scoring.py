"""The one rule by which a local language model chooses among labels.

    score(label | prompt) = log p(label, end of turn | prompt) - log p(label, end of turn | content-free prompt)

The first term is the log-probability of the label's tokens followed by the token that ends the turn, so a label
that is the beginning of another competes fairly with it. The second takes away what the model would say without
having been asked anything: the same instructions with the question "N/A" (contextual calibration, Zhao et al.
2021, arXiv:2102.09690; as a difference of log-probabilities it is domain-conditional PMI, Holtzman et al. 2021,
arXiv:2104.08315). Labels of more tokens, or rarer ones, are not punished for it. Confidence is the softmax of
the scores over the labels.

Where we differ from both papers: their shots are the same for every item, and stay in the content-free prompt.
Ours, like the notes, are retrieved for the item, so what they say about the label is evidence and not bias, and
is not taken away. The content-free prompt therefore has neither, and is computed once for all items. This was
settled on data that no decision is made from (docs/concepts/models.md).

All labels are scored in one forward pass: they form a trie, whose nodes follow the prompt as one flat sequence
in which every node sees the prompt and its own ancestors only. The instructions, being the same for every item,
are passed through the model once and their keys and values kept. Each prompt is a forward pass of its own on one
thread: a matrix product of another shape rounds differently, and an answer must not depend on the other questions
in the batch. Several prompts run side by side, one to a core.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import torch

from rung.errors import InvalidTask
from rung.learning.chat_prompt import RenderedPrompt, answer_ids, end_of_turn_id, render
from rung.learning.kept_prefix import KEPT_PREFIXES, KeptPrefixes
from rung.learning.one_thread import each_on_one_thread
from rung.task.protocols import FloatArray, Prompt

CONTENT_FREE = "N/A"
MAX_PROMPT_TOKENS = 4096
"""Longer prompts are not scored: half of SmolLM2's context, and about ten seconds of one core."""


@dataclass(frozen=True, slots=True)
class LabelScores:
    """The scores of one prompt, in the order of `labels`; `scores` is None when the prompt was too long.

    `input_tokens` is the length of the whole prompt, kept parts included.
    """

    labels: tuple[str, ...]
    scores: FloatArray | None
    input_tokens: int

    @property
    def probabilities(self) -> FloatArray | None:
        """Softmax of the scores, shape (n_labels,), sums to 1."""
        if self.scores is None:
            return None
        weights = np.exp(self.scores - self.scores.max())
        shares: FloatArray = weights / weights.sum()
        return shares

    @property
    def best(self) -> str | None:
        """The label with the highest score, the first of equals."""
        return None if self.scores is None else self.labels[int(np.argmax(self.scores))]

    @property
    def confidence(self) -> float | None:
        """The probability of `best` among the labels."""
        probabilities = self.probabilities
        return None if probabilities is None else float(probabilities.max())


class LabelTrie:
    """The labels' tokens as a tree in flat form, parents before children.

    Node i bears `tokens[i]` and hangs below node `parents[i]` (-1: directly after the prompt) at `depths[i]`
    (0 for the first token). `ends[j]` is the node at which label j is complete. `sees[i, k]` is True when k is
    an ancestor of i, or i itself.
    """

    def __init__(self, labels: Sequence[str], tokenizer: Any) -> None:
        self.labels = tuple(labels)
        self.end_of_turn = end_of_turn_id(tokenizer)
        self.tokens: list[int] = []
        self.parents: list[int] = []
        self.depths: list[int] = []
        children: dict[tuple[int, int], int] = {}
        ends: dict[int, str] = {}
        for label in self.labels:
            node = -1
            for depth, token in enumerate(answer_ids(label, tokenizer)[:-1]):
                if (node, token) not in children:
                    children[node, token] = len(self.tokens)
                    self.tokens.append(token)
                    self.parents.append(node)
                    self.depths.append(depth)
                node = children[node, token]
            if node == -1:
                raise InvalidTask(f"label {label!r} is empty; give it a name")
            if node in ends:
                raise InvalidTask(f"labels {ends[node]!r} and {label!r} are the same text to the model; rename one")
            ends[node] = label
        self.ends = list(ends)
        self.sees = np.eye(len(self.tokens), dtype=bool)
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                self.sees[node] |= self.sees[parent]

    def label_log_probabilities(self, log_probabilities: torch.Tensor) -> FloatArray:
        """Shape (n_labels,): log p of each label and end of turn.

        `log_probabilities`: shape (1 + n_nodes, vocabulary), row 0 what follows the prompt, row 1 + i what
        follows node i.
        """
        rows = torch.tensor([parent + 1 for parent in self.parents])
        steps = log_probabilities[rows, torch.tensor(self.tokens)].double().cpu().numpy()
        closing = log_probabilities[torch.tensor(self.ends) + 1, self.end_of_turn].double().cpu().numpy()
        result: FloatArray = self.sees[self.ends] @ steps + closing
        return result


class LabelScorer:
    """Scores labels under prompts with one model, which must not change while the scorer is used."""

    def __init__(self, model: Any, tokenizer: Any, labels: Sequence[str], *, calibrate: bool = True) -> None:
        """`model`: a `transformers` causal LM, adapters included, in evaluation mode. `calibrate=False` leaves
        the second term of the rule out."""
        self._model = model
        self._tokenizer = tokenizer
        self._trie = LabelTrie(labels, tokenizer)
        self._calibrate = calibrate
        self._prefixes = KeptPrefixes(model)
        self._free: OrderedDict[tuple[int, ...], FloatArray] = OrderedDict()
        self._keeping = RLock()

    def score(self, prompts: Sequence[Prompt]) -> list[LabelScores]:
        """One `LabelScores` per prompt, in order; each independent of the others."""
        return each_on_one_thread(self._score_one, prompts)

    def _score_one(self, prompt: Prompt) -> LabelScores:
        rendered = render(prompt, self._tokenizer)
        length = len(rendered.ids)
        if length > MAX_PROMPT_TOKENS:
            return LabelScores(self._trie.labels, None, length)
        scores = self._log_likelihoods(rendered)
        if self._calibrate:
            scores = scores - self._content_free(prompt)
        return LabelScores(self._trie.labels, scores, length)

    def _content_free(self, prompt: Prompt) -> FloatArray:
        rendered = render(content_free(prompt), self._tokenizer)
        with self._keeping:
            if rendered.ids not in self._free:
                self._free[rendered.ids] = self._log_likelihoods(rendered)
                while len(self._free) > KEPT_PREFIXES:
                    self._free.popitem(last=False)
            return self._free[rendered.ids]

    @torch.inference_mode()
    def _log_likelihoods(self, rendered: RenderedPrompt) -> FloatArray:
        from transformers import DynamicCache

        trie, tail = self._trie, rendered.tail
        past = self._prefixes.of(rendered.head)
        device = self._model.device
        ids = torch.tensor([[*tail, *trie.tokens]], device=device)
        start, stop = len(rendered.head), len(rendered.head) + len(tail)
        positions = torch.tensor([[*range(start, stop), *(stop + depth for depth in trie.depths)]], device=device)
        output = self._model(
            input_ids=ids,
            attention_mask=self._mask(len(rendered.head), len(tail)).to(device),
            position_ids=positions,
            past_key_values=DynamicCache(past) if past else None,
            use_cache=bool(past),
            logits_to_keep=1 + len(trie.tokens),
        )
        return trie.label_log_probabilities(torch.log_softmax(output.logits[0].float(), dim=-1))

    def _mask(self, head: int, tail: int) -> torch.Tensor:
        """Additive attention mask, shape (1, 1, tail + nodes, head + tail + nodes)."""
        nodes = len(self._trie.tokens)
        sees = np.ones((tail + nodes, head + tail + nodes), dtype=bool)
        sees[:tail, head : head + tail] = np.tri(tail, dtype=bool)
        sees[:tail, head + tail :] = False
        sees[tail:, head + tail :] = self._trie.sees
        dtype = self._model.dtype
        mask = torch.zeros(sees.shape, dtype=dtype).masked_fill(~torch.from_numpy(sees), torch.finfo(dtype).min)
        return mask[None, None]


def content_free(prompt: Prompt) -> Prompt:
    """The prompt that asks nothing: the same instructions, no notes, no shots, and "N/A" for the question."""
    return Prompt(prompt.instructions, CONTENT_FREE)
