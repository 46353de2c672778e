"""Retrieved passages in the prompt."""

from __future__ import annotations

from rung.strategies.retrieval_prompt.strategy import RetrievalPrompt

__all__ = ["RetrievalPrompt"]
