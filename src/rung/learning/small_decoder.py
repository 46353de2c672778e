"""A small decoder that reads bytes, in a family of sizes: what scaling runs train."""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention

BYTES = 256


class SmallDecoder(nn.Module):
    """`layers` blocks of attention and a four times wider layer, normalised before each (Xiong et al. 2020), with
    learned positions and one matrix for embedding and output.

    It reads up to `context` bytes, and has no dropout: a run is its weights, its text and its steps. Simpler than the
    model of one's own in `strategies/scratch` on purpose: at these sizes most of the time of a larger framework goes
    into anything but arithmetic.
    """

    def __init__(self, *, layers: int, width: int, heads: int, context: int, seed: int) -> None:
        """Random weights from `seed`, without effect on torch's own generators. `heads` divides `width`."""
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.bytes = nn.Embedding(BYTES, width)
            self.places = nn.Embedding(context, width)
            self.blocks = nn.ModuleList([_Block(width, heads, layers) for _ in range(layers)])
            self.norm = nn.RMSNorm(width)
            for embedding in (self.bytes, self.places):
                nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits of the next byte, shape (rows, length, 256); `ids` (rows, length)."""
        hidden = self.bytes(ids) + self.places.weight[: ids.shape[1]]
        for block in self.blocks:
            hidden = block(hidden)
        logits: Tensor = self.norm(hidden) @ self.bytes.weight.T
        return logits

    def losses(self, windows: Tensor) -> Tensor:
        """Nats of each byte but the first of each row, shape (rows, length - 1)."""
        logits = self(windows[:, :-1])
        flat = cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten(), reduction="none")
        return flat.view(windows.shape[0], -1)

    @property
    def parameters_without_embeddings(self) -> int:
        """Weights of the blocks and the last gains."""
        parts: tuple[Any, ...] = (self.blocks, self.norm)
        return sum(tensor.numel() for part in parts for tensor in part.parameters())

    @property
    def embedding_parameters(self) -> int:
        """Weights of the embeddings of bytes, which are the output layer too, and of positions."""
        return self.bytes.weight.numel() + self.places.weight.numel()


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_wide = nn.RMSNorm(width), nn.RMSNorm(width)
        self.look, self.gather = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.widen, self.narrow = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)
        nn.init.normal_(self.look.weight, std=1 / sqrt(width))
        nn.init.normal_(self.widen.weight, std=1 / sqrt(width))
        # What a block adds is small at first, the smaller the more blocks add (Radford et al. 2019).
        nn.init.normal_(self.gather.weight, std=1 / sqrt(2 * layers * width))
        nn.init.normal_(self.narrow.weight, std=1 / sqrt(2 * layers * 4 * width))

    def forward(self, hidden: Tensor) -> Tensor:
        rows, length, width = hidden.shape
        asked = self.look(self.before_attention(hidden)).view(rows, length, 3, self.heads, width // self.heads)
        queries, keys, values = asked.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(queries, keys, values, is_causal=True)
        hidden = hidden + self.gather(seen.transpose(1, 2).reshape(rows, length, width))
        wide: Tensor = gelu(self.widen(self.before_wide(hidden)), approximate="tanh")
        deeper: Tensor = hidden + self.narrow(wide)
        return deeper
