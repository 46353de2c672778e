"""The beginning that prompts have in common, passed through the model once."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import Any

import torch

KEPT_PREFIXES = 4
KeysAndValues = list[tuple[torch.Tensor, torch.Tensor]]


class KeptPrefixes:
    """Keys and values of the last few beginnings, by their token ids. Safe to share by threads.

    A beginning is a forward pass of its own, so what follows is computed the same whether it was kept or not.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: OrderedDict[tuple[int, ...], KeysAndValues] = OrderedDict()
        self._keeping = RLock()

    def of(self, head: tuple[int, ...]) -> KeysAndValues:
        """Keys and values of `head`, one pair a layer, shapes (1, heads, tokens, width); empty for an empty head."""
        if not head:
            return []
        with self._keeping:
            if head not in self._kept:
                self._kept[head] = self._computed(head)
                while len(self._kept) > KEPT_PREFIXES:
                    self._kept.popitem(last=False)
            return self._kept[head]

    @torch.inference_mode()
    def _computed(self, head: tuple[int, ...]) -> KeysAndValues:
        from transformers import DynamicCache

        cache = DynamicCache(config=self._model.config)
        ids = torch.tensor([head], device=self._model.device)
        self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        return [(keys, values) for keys, values, _ in cache]
