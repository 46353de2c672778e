"""A pre-trained model that a strategy may train further."""

from __future__ import annotations

from typing import Any, Protocol


class TrainableBase(Protocol):
    """A causal language model with its tokenizer, fresh at every `load`."""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights; part of every cache key. Costs no loading."""

    def load(self) -> tuple[Any, Any]:
        """(model, tokenizer): a `transformers` causal LM in float32 or bfloat16 on the CPU or one GPU, in
        evaluation mode and safe to modify, and its tokenizer."""
