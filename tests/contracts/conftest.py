"""Models that every strategy can be tried with: quick stand-ins, and a real, tiny language model to train."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rung.task.protocols import Choice, Embeddings, Prompt

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class TrigramEncoder:
    """Hashed character trigrams, unit rows. As with padding in a real model, companions move the last digits."""

    identity = "trigrams"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {text.casefold()}  "
            for start in range(len(padded) - 2):
                row[crc32(padded[start : start + 3].encode("utf-8", "replace")) % 256] += 1
            row += np.float32(1e-4 * len(texts))
            row /= np.linalg.norm(row)
        return rows


class OverlapGenerator:
    """Chooses the label whose shots, notes and description share most words with the question."""

    identity = "overlap"
    hosted = False
    metered = False

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        return [self._choose(prompt, labels) for prompt in prompts]

    def _choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        words = set(prompt.question.casefold().split())
        if len(words) > 2_000:
            return Choice(None, None, len(words), 0, failure="truncated")
        lines = [*prompt.instructions.splitlines(), *prompt.notes, *(f"{s.input} {s.answer}" for s in prompt.shots)]
        weights = np.array(
            [sum(len(words & set(line.casefold().split())) for line in lines if label in line) for label in labels]
        )
        shares = np.exp(weights) / np.exp(weights).sum()
        best = int(weights.argmax())
        return Choice(labels[best], float(shares[best]), input_tokens=len(words), output_tokens=1)


class TinyBase:
    """A Llama of two layers with random weights, the same at every load, and a byte-level tokenizer."""

    identity = "tiny-llama"

    def __init__(self) -> None:
        self._model: Any = None

    def load(self) -> tuple[Any, Any]:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        tokenizer = _byte_tokenizer()
        if self._model is None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(5)
                config = LlamaConfig(
                    vocab_size=len(tokenizer),
                    hidden_size=32,
                    intermediate_size=48,
                    num_hidden_layers=2,
                    num_attention_heads=4,
                    num_key_value_heads=2,
                    max_position_embeddings=8192,
                    initializer_range=0.2,
                )
                model: Any = LlamaForCausalLM(config)
                self._model = model.eval()
        return copy.deepcopy(self._model), tokenizer


def _byte_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={symbol: number for number, symbol in enumerate(alphabet)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        additional_special_tokens=["<|im_start|>"],
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


@pytest.fixture(scope="session")
def stand_ins() -> tuple[OverlapGenerator, TrigramEncoder, TinyBase]:
    return OverlapGenerator(), TrigramEncoder(), TinyBase()


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """Keep small matrices from competing for cores, and sums in one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(limits=1, user_api="blas"):
        yield
    torch.set_num_threads(before)
