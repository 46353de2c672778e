"""Model servers that speak the OpenAI chat-completions format."""

from rung.adapters.openai.generator import OpenAIGenerator

__all__ = ["OpenAIGenerator"]
