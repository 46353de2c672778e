"""An adapter: a few trained weights beside a frozen language model."""

from __future__ import annotations

from rung.strategies.lora.strategy import Lora

__all__ = ["Lora"]
