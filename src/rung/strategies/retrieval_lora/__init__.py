"""An adapter tuned with the retrieved passages in its prompts."""

from __future__ import annotations

from rung.strategies.retrieval_lora.strategy import RetrievalLora

__all__ = ["RetrievalLora"]
