"""The network that both models of one's own have: a small decoder of the Llama type, from random weights."""

from __future__ import annotations

from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from rung.strategies.scratch.recipe import RECIPE


def new_network(vocabulary: int, positions: int, seed: int) -> Any:
    """A `LlamaForCausalLM` with random weights from `seed`, without effect on torch's own generators."""
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=RECIPE.hidden,
        intermediate_size=2 * RECIPE.hidden,
        num_hidden_layers=RECIPE.layers,
        num_attention_heads=RECIPE.heads,
        max_position_embeddings=positions,
        attention_dropout=RECIPE.attention_dropout,
        tie_word_embeddings=True,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)


def parameters_of(network: Any) -> int:
    """Number of weights, the shared embedding counted once."""
    return sum(tensor.numel() for tensor in network.parameters())
