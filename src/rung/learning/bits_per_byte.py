"""How well a pre-trained model already knows a text: its loss in nats of each part, however it cuts it into tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy


@torch.inference_mode()
def text_nats(model: Any, tokenizer: Any, texts: Sequence[str]) -> list[float]:
    """Summed nats of each text, read on its own after the model's mark of a beginning.

    Nats over bytes compares models with different tokenizers, bytes too. A text longer than the model reads is cut
    there into parts of their own.
    """
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    longest = min(512, model.config.max_position_embeddings) - 1
    found: list[float] = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False)
        nats = 0.0
        for first in range(0, len(ids), longest):
            part = torch.tensor([[begin, *ids[first : first + longest]]], device=model.device)
            logits = model(input_ids=part, use_cache=False).logits[0, :-1].float()
            nats += float(cross_entropy(logits, part[0, 1:], reduction="sum"))
        found.append(nats)
    return found
